// One USSD call: what was sent and answered in it, and the one notice of its end.

import { IDLE_SECONDS, NetworkFault, SESSION_SECONDS, hex } from "./carrier.js";

const AT_ONCE = 5;

export class Call {
  /** `ahead` is what was dialled behind the code; networks put it into the text, or leave it in the service code. */
  constructor(carrier, { role, number }, { code, ahead }, aheadIn) {
    const inCode = aheadIn === "code" && ahead !== "";
    this.carrier = carrier;
    this.role = role;
    this.number = number;
    this.id = `ATUid_${hex(16)}`;
    this.serviceCode = inCode ? `${code.slice(0, -1)}*${ahead}#` : code;
    this.transcript = inCode ? "" : ahead;
    this.began = performance.now();
    this.shown = this.began;
    this.answers = new Map();
    this.isOver = false;
  }

  /** Every text that was answered, oldest first. */
  get texts() {
    return [...this.answers.keys()];
  }

  get lastAnswer() {
    return this.answers.get(this.texts.at(-1));
  }

  answer(words) {
    this.transcript = this.transcript === "" ? words : `${this.transcript}*${words}`;
  }

  // Hops. Each gives the screen that the gateway answered: {isOpen, text, raw}.

  async hop(what = "Hop") {
    return this.hear(await this.carrier.hop(this, this.transcript, what));
  }

  /** As a network that did not hear the answer. */
  retry() {
    return this.hop("Retry");
  }

  /** As a network whose requests overtake each other: the same hop several times, before any is answered. */
  async atOnce() {
    const hops = Array.from({ length: AT_ONCE }, () => this.carrier.hop(this, this.transcript, "At once"));
    return this.hear(await Promise.any(hops).catch(({ errors }) => Promise.reject(errors[0])));
  }

  /** The hop before the last one arrives now. Its answer comes too late for the phone. */
  async late() {
    await this.carrier.hop(this, this.texts.at(-2), "Late hop");
  }

  hear(raw) {
    this.shown = performance.now();
    const isOpen = raw.startsWith("CON ");
    if (!isOpen) this.end("Success");
    return { isOpen, text: raw.slice(4), raw };
  }

  /** "same" or "other" than the gateway answered before to this text; undefined when it is new. */
  compare(text, raw) {
    const before = this.answers.get(text);
    if (before === undefined) this.answers.set(text, raw);
    else return before === raw ? "same" : "other";
  }

  // The end

  end(status, errorMessage = "") {
    if (this.isOver) return;
    this.isOver = true;
    // The log shows a notice that is lost; the gateway must live without it.
    this.carrier.ended(this, status, errorMessage).catch((fault) => {
      if (!(fault instanceof NetworkFault)) throw fault;
    });
  }

  secondsLeft() {
    const now = performance.now();
    return {
      session: Math.max(0, SESSION_SECONDS - Math.floor((now - this.began) / 1000)),
      idle: Math.max(0, IDLE_SECONDS - Math.floor((now - this.shown) / 1000)),
    };
  }
}
