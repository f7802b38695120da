// What passed between the network and the gateway, newest first: sizes, answers and times, never a number or what was typed.

import { time } from "./lcd.js";

const MOST = 60;
const VERDICTS = { same: "same screen", other: "another screen", failed: "failed" };

export class EventLog {
  constructor(list, zone) {
    this.list = list;
    this.zone = zone;
  }

  /** An event that has begun: `answered(status)` when the gateway has spoken, `close(...)` when it is understood. */
  open(role, what, sent = "") {
    const began = performance.now();
    let heard = "";
    return {
      answered: (status) => (heard = `${status} `),
      close: (answer, verdict, screen) => {
        const ms = Math.round(performance.now() - began);
        this.add({ role, what, sent, answer: `${heard}${answer}`.trim(), ms, verdict, screen });
      },
    };
  }

  add({ role, what, sent, answer, ms, verdict, screen }) {
    const row = document.createElement("li");
    row.dataset.role = role;
    row.append(part("when", time(new Date(), this.zone, "2-digit")), part("what", what));
    if (verdict) row.append(part(`verdict ${verdict}`, VERDICTS[verdict]));
    row.append(part("passed", `${sent}→ ${answer} · ${ms} ms`));
    // Too late for the phone, so it is only seen here.
    if (what === "Late hop" && screen) row.append(part("screen", screen.split("\n")[0]));
    this.list.prepend(row);
    while (this.list.children.length > MOST) this.list.lastElementChild.remove();
  }
}

function part(kind, words) {
  const made = document.createElement("span");
  made.className = kind;
  made.textContent = words;
  return made;
}
