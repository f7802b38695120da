// The messages in one phone: which have come, which were read, which were sent, and what the gateway was told of them.

import { report } from "./reports.js";

export class Mailbox {
  /** `owner` is the phone; `habits` say how the network reports the next message. */
  constructor(owner, { carrier, habits, memory }) {
    this.owner = owner;
    this.number = owner.number;
    this.carrier = carrier;
    this.habits = habits;
    this.memory = memory;
    this.messages = [];
    this.sent = [];
    this.reporting = new Set();
  }

  /** All messages of this number, oldest first. Says whether anything changed, and whether anything is new. */
  take(messages) {
    const arrived = messages.filter(({ id }) => !this.memory.has("reported", id) && !this.reporting.has(id));
    for (const message of arrived) this.accept(message);
    const kept = messages.filter(({ id }) => !this.memory.has("lost", id));
    const isChanged = kept.length !== this.messages.length || kept.at(-1)?.id !== this.messages.at(-1)?.id;
    this.messages = kept;
    return { isChanged, isNew: arrived.some((message) => kept.includes(message)) };
  }

  /** A message that failed never reaches the phone. A report that was not taken is sent again when the page is opened again. */
  async accept({ id }) {
    this.reporting.add(id);
    const plan = this.memory.has("lost", id) ? "failed" : this.habits.takeReports(this.owner);
    if (plan === "failed") this.memory.add("lost", id);
    const isTaken = await report(this.carrier, { role: this.owner.role, number: this.number }, id, plan);
    if (isTaken) this.memory.add("reported", id);
  }

  unread() {
    return this.messages.filter((message) => !this.isRead(message));
  }

  isRead(message) {
    return this.memory.has("read", message.id);
  }

  read(message) {
    this.memory.add("read", message.id);
  }

  keep(draft) {
    this.sent.push({ ...draft, sent_at: new Date().toISOString() });
  }
}
