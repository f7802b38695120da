// Below each phone: septets of the screen, and the two clocks of the network.

import { IDLE_SECONDS, SCREEN_SEPTETS, SESSION_SECONDS } from "./carrier.js";
import { septets } from "./gsm7.js";

const NEARLY = 0.85;

export class Meters {
  constructor(stand) {
    this.stand = stand;
  }

  size(text) {
    const used = septets(text);
    if (used === null) this.set("size", 1, "not GSM-7");
    else this.set("size", used / SCREEN_SEPTETS, `${used}/${SCREEN_SEPTETS}`, used > SCREEN_SEPTETS);
  }

  clocks(left) {
    this.clock("session", left?.session, SESSION_SECONDS);
    this.clock("idle", left?.idle, IDLE_SECONDS);
  }

  clock(name, left, whole) {
    const isRunning = left !== undefined;
    this.part(name).classList.toggle("off", !isRunning);
    this.set(name, isRunning ? 1 - left / whole : 0, `${left ?? whole} s`, left === 0);
  }

  set(name, share, words, isOver = share > 1) {
    const part = this.part(name);
    part.style.setProperty("--share", Math.min(1, share));
    part.classList.toggle("nearly", share > NEARLY && !isOver);
    part.classList.toggle("over", isOver);
    part.querySelector("output").textContent = words;
  }

  part(name) {
    return this.stand.querySelector(`[data-part=${name}]`);
  }
}
