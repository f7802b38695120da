// One feature phone: what is on its screen, what its keys do, and the messages in it.

import { Call } from "./call.js";
import { NetworkFault } from "./carrier.js";
import * as lcd from "./lcd.js";
import { Mailbox } from "./mailbox.js";
import { Meters } from "./meters.js";
import { MultiTap } from "./multitap.js";
import { newDraft, screens } from "./screens.js";

const NUMBER = /^\+[1-9][0-9]{8,14}$/;
const SCROLL_PIXELS = 48;
const hasFinePointer = matchMedia("(pointer: fine)").matches;

export class Phone {
  /** `network`: the carrier, its habits (see drawer.js), and what outlives the page. */
  constructor(stand, network, zone) {
    this.stand = stand;
    this.role = stand.dataset.phone;
    this.network = network;
    this.carrier = network.carrier;
    this.habits = network.habits;
    this.zone = zone;
    this.parts = Object.fromEntries([...stand.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, one]));
    this.meters = new Meters(stand);
    this.number = this.parts.number.value;
    this.lastDialled = this.carrier.codes[0];
    this.insertCard();
    this.listen();
  }

  /** A new number in the phone: nothing of the old one stays. */
  insertCard() {
    this.call?.end("Incomplete");
    this.call = null;
    this.mailbox = new Mailbox(this, this.network);
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
    const dialled = this.carrier.split(typed);
    if (!dialled) {
      this.say("Connection problem or invalid MMI code", "Nambari si sahihi", `This network only knows ${this.carrier.codes.join(" and ")}`);
      return;
    }
    this.call?.end("Incomplete");
    this.call = new Call(this.carrier, this, dialled, this.habits.aheadIn);
    await this.hop((call) => call.hop());
  }

  async answer() {
    const words = this.field.value;
    if (words === "") return;
    this.call.answer(words);
    await this.hop((call) => call.hop());
  }

  /** What is typed, or else the last hop, several times at once. */
  async atOnce() {
    if (this.name === "ussd" && this.field.value !== "") {
      this.call.answer(this.field.value);
      this.field.value = "";
    }
    await this.repeat((call) => call.atOnce());
  }

  /** Sends again; the phone shows what comes back if that call is still on its screen. */
  async repeat(send) {
    if (["ussd", "ended"].includes(this.name)) await this.hop(send, this.field?.value);
    else await send(this.call);
  }

  async hop(send, typed = "") {
    const { call } = this;
    const waiting = {};
    this.show("running", waiting);
    // Whoever hangs up, or goes on to something else, is not called back.
    const isAwaited = () => this.facts === waiting;
    try {
      const screen = await send(call);
      if (isAwaited()) this.showScreen(screen, typed);
    } catch (fault) {
      if (!(fault instanceof NetworkFault)) throw fault;
      call.end("Failed", fault.message);
      if (isAwaited()) this.say("Connection problem", "Tatizo la mtandao", fault.message);
    }
  }

  showScreen({ isOpen, text, raw }, typed) {
    this.show(isOpen && !this.call.isOver ? "ussd" : "ended", { text, typed });
    this.meters.size(raw);
    this.tick();
  }

  hangUp() {
    this.call?.end("Incomplete");
    this.draft = null;
    this.show("home");
  }

  /** The network ends the call: contact is lost. */
  lose() {
    this.drop("Connection lost", "Mawasiliano yamekatika", "The network has ended the call");
  }

  drop(words, swahili, why) {
    this.call.end("Incomplete");
    this.say(words, swahili, why);
  }

  /** Once a second; where it is the network's habit, its clocks end the call. */
  tick() {
    const left = this.name === "ussd" ? this.call.secondsLeft() : undefined;
    this.meters.clocks(left);
    if (left && this.habits.hangsUp && Math.min(left.session, left.idle) === 0) {
      this.drop("Session timed out", "Muda umeisha", left.session === 0 ? "180 s is the longest session" : "30 s without an answer");
    }
    for (const clock of this.stand.querySelectorAll(".time, .clock")) setText(clock, lcd.time(new Date(), this.zone));
  }

  // Messages

  receive(messages) {
    const { isChanged, isNew } = this.mailbox.take(messages);
    if (isNew) this.parts.phone.classList.add("buzz");
    if (!isChanged) return;
    if (["home", "inbox", "menu"].includes(this.name)) this.show(this.name, this.facts);
    else if (this.name === "notice" && this.facts.givesWay) this.show("home");
    this.drawStatus();
  }

  read(message) {
    this.mailbox.read(message);
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
      await this.carrier.text(this, draft);
      this.mailbox.keep(draft);
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
    this.stand.dispatchEvent(new Event("shown"));
  }

  openField(description) {
    this.parts.answer.replaceChildren();
    if (!description) return;
    this.typing = new MultiTap(description.mode);
    this.field = lcd.field(description);
    this.parts.answer.append(this.field);
    // On a touch screen a focused field would raise the other keyboard over this one.
    if (hasFinePointer) this.field.focus({ preventScroll: true });
    this.drawField();
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
    const unread = this.mailbox.unread().length;
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
