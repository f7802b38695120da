// One feature phone: what is on its screen, what its keys do, and the messages in it.

import { NetworkFault } from "./carrier.js";
import * as lcd from "./lcd.js";
import { Meters } from "./meters.js";
import { MultiTap } from "./multitap.js";
import { newDraft, screens } from "./screens.js";

const NUMBER = /^\+[1-9][0-9]{8,14}$/;
const SCROLL_PIXELS = 48;
const hasFinePointer = matchMedia("(pointer: fine)").matches;

export class Phone {
  constructor(stand, carrier, memory, zone) {
    this.stand = stand;
    this.role = stand.dataset.phone;
    this.carrier = carrier;
    this.memory = memory;
    this.zone = zone;
    this.parts = Object.fromEntries([...stand.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, one]));
    this.meters = new Meters(stand);
    this.number = this.parts.number.value;
    this.lastDialled = carrier.codes[0];
    this.insertCard();
    this.listen();
  }

  /** A new number in the phone: nothing of the old one stays. */
  insertCard() {
    this.messages = [];
    this.sent = [];
    this.session = null;
    this.draft = null;
    this.show("home");
  }

  listen() {
    this.stand.addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]");
      if (key) this.press(key.dataset.key);
    });
    // The field keeps the caret while keys are pressed with a finger or a mouse.
    this.parts.phone.addEventListener("pointerdown", (event) => event.target.closest("[data-key]") && this.markPressed(event));
    this.parts.phone.addEventListener("mousedown", (event) => event.target.closest("[data-key]") && event.preventDefault());
    this.parts.phone.addEventListener("animationend", () => this.parts.phone.classList.remove("buzz"));
    this.parts.lcd.addEventListener("input", () => this.drawField());
    this.parts.left.addEventListener("click", () => this.press("left"));
    this.parts.right.addEventListener("click", () => this.press("right"));
    this.parts.number.addEventListener("change", () => this.changeNumber());
  }

  markPressed(event) {
    const key = event.target.closest("[data-key]");
    key.classList.add("pressed");
    addEventListener("pointerup", () => key.classList.remove("pressed"), { once: true });
  }

  changeNumber() {
    const { number: input } = this.parts;
    const given = input.value.replace(/[^0-9+]/g, "").replace(/^0/, "+254");
    if (NUMBER.test(given) && given !== this.number) {
      this.number = given;
      this.insertCard();
    }
    input.value = this.number;
  }

  // Keys

  press(key) {
    if (/^[0-9*#]$/.test(key)) this.pressCharacter(key);
    else this[{ left: "pressLeft", ok: "pressLeft", right: "pressRight", clear: "pressRight", call: "pressCall", end: "hangUp", up: "pressUp", down: "pressDown" }[key]]();
  }

  pressCharacter(key) {
    if (!this.field) {
      this.shown.digit?.(key);
      return;
    }
    this.typing.press(key, this.field);
    this.drawStatus();
  }

  pressLeft() {
    this.shown.left?.[1]();
  }

  pressRight() {
    this.shown.right?.[1]();
  }

  pressCall() {
    this.shown.call?.();
  }

  pressUp() {
    if (this.shown.up) this.shown.up();
    else this.move(-1);
  }

  pressDown() {
    this.move(1);
  }

  move(step) {
    const count = this.shown.choices?.length;
    if (count) this.show(this.name, { ...this.facts, selected: (this.shown.selected + step + count) % count });
    else this.parts.text.scrollBy({ top: step * SCROLL_PIXELS });
  }

  toggleTorch() {
    this.parts.phone.classList.toggle("torch-on");
  }

  // USSD

  async dial(typed) {
    this.lastDialled = typed;
    this.session = this.carrier.open(typed);
    if (this.session) await this.hop();
    else this.say("Connection problem or invalid MMI code", "Nambari si sahihi", `This network only knows ${this.carrier.codes.join(" and ")}`);
  }

  async answer() {
    const words = this.field.value;
    if (words === "") return;
    this.session.answer(words);
    await this.hop();
  }

  async hop() {
    const { session } = this;
    this.show("running");
    try {
      const screen = await this.carrier.hop(this.number, session);
      if (session === this.session) this.showScreen(screen);
    } catch (fault) {
      if (!(fault instanceof NetworkFault)) throw fault;
      if (session === this.session) this.drop("Connection problem", "Tatizo la mtandao", fault.message);
    }
  }

  showScreen({ isOpen, text, raw }) {
    if (!isOpen) this.session = null;
    this.show(isOpen ? "ussd" : "ended", { text });
    this.meters.size(raw);
    this.tick();
  }

  hangUp() {
    this.session = null;
    this.draft = null;
    this.show("home");
  }

  /** The network ends the session. */
  drop(words, swahili, why) {
    this.session = null;
    this.say(words, swahili, why);
  }

  /** Once a second. `isStrict`: the network's clocks end the session. */
  tick(isStrict = false) {
    const left = this.session?.secondsLeft();
    this.meters.clocks(this.name === "ussd" ? left : undefined);
    if (isStrict && this.name === "ussd" && Math.min(left.session, left.idle) === 0) {
      this.drop("Session timed out", "Muda umeisha", left.session === 0 ? "180 s is the longest session" : "30 s without an answer");
    }
    for (const clock of this.stand.querySelectorAll(".time, .clock")) setText(clock, lcd.time(new Date(), this.zone));
  }

  // Messages

  /** All messages of this number, oldest first; those that are new are reported to the gateway as delivered. */
  receive(messages) {
    const arrived = messages.filter((message) => !this.memory.has("delivered", message.id));
    const isChanged = messages.length !== this.messages.length || messages.at(-1)?.id !== this.messages.at(-1)?.id;
    this.messages = messages;
    for (const message of arrived) this.acceptMessage(message);
    if (arrived.length) this.parts.phone.classList.add("buzz");
    if (!isChanged) return;
    if (["home", "inbox", "menu"].includes(this.name)) this.show(this.name, this.facts);
    else if (this.name === "notice" && this.facts.givesWay) this.show("home");
    this.drawStatus();
  }

  acceptMessage(message) {
    this.memory.add("delivered", message.id);
    // A report that is lost changes nothing for the resident; real ones are lost too.
    this.carrier.delivered(this.number, message.id).catch((fault) => console.warn(fault.message));
  }

  unread() {
    return this.messages.filter((message) => !this.memory.has("read", message.id));
  }

  read(message) {
    this.memory.add("read", message.id);
    this.show("reader", { message, from: "inbox" });
  }

  write(text = "") {
    this.draft = newDraft(text);
    this.show("write", { draft: this.draft });
  }

  async send() {
    const { draft } = this;
    if (this.field.value.trim() === "") return;
    draft.text = this.field.value;
    this.show("running");
    try {
      await this.carrier.text(this.number, draft);
      this.sent.push({ ...draft, sent_at: new Date().toISOString() });
      this.settle(draft, { words: "Message sent", swahili: "Ujumbe umetumwa", givesWay: true });
    } catch (fault) {
      if (!(fault instanceof NetworkFault)) throw fault;
      this.settle(draft, { words: "Message not sent", swahili: "Ujumbe haujatumwa", why: fault.message, draft });
    }
  }

  /** Says what became of a message, unless its sender has gone on to something else. */
  settle(draft, outcome) {
    if (this.draft === draft) this.show("notice", outcome);
  }

  say(words, swahili, why) {
    this.show("notice", { words, swahili, why });
  }

  // Drawing

  show(name, facts = {}) {
    this.name = name;
    this.facts = facts;
    this.field = null;
    this.shown = screens[name](this);
    this.parts.lcd.dataset.screen = name;
    const { text, choices, selected } = this.shown;
    this.parts.text.replaceChildren(...text, choices ? lcd.rows(choices, selected) : "");
    this.parts.text.querySelector("[data-selected=true]")?.scrollIntoView({ block: "nearest" });
    this.openField(this.shown.field);
    this.drawWords();
    this.drawStatus();
  }

  openField(description) {
    this.parts.answer.replaceChildren();
    if (!description) return;
    this.typing = new MultiTap(description.mode);
    this.field = lcd.field(description);
    this.parts.answer.append(this.field);
    // On a touch screen a focused field would raise the other keyboard over this one.
    if (hasFinePointer) this.field.focus({ preventScroll: true });
    if (this.name === "write") this.drawField();
  }

  erase() {
    this.typing.erase(this.field);
  }

  drawField() {
    this.shown = { ...this.shown, ...screens[this.name](this) };
    if (this.name === "write") this.meters.size(this.field.value);
    this.drawWords();
  }

  drawWords() {
    for (const side of ["left", "right"]) {
      const word = this.shown[side]?.[0] ?? "";
      this.parts[side].textContent = word;
      this.stand.querySelector(`.soft[data-key=${side}]`).setAttribute("aria-label", word || `${side} key: nothing`);
    }
  }

  drawStatus() {
    const unread = this.unread().length;
    this.parts.envelope.toggleAttribute("hidden", unread === 0);
    this.parts.unread.textContent = unread || "";
    this.parts.mode.textContent = this.field ? this.typing.mode : "";
  }

  drawSignal(isOnline) {
    this.parts.bars.classList.toggle("lost", !isOnline);
  }
}

// A live region speaks whenever its text is set, even to the same words.
function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
