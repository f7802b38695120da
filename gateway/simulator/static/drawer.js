// The drawer: what a network does to a call, on purpose. Its switches say how the network behaves from now on.

import { NetworkFault } from "./carrier.js";

const DEEDS = {
  retry: { may: ({ call }) => call, act: (phone) => phone.repeat((call) => call.retry()) },
  late: { may: ({ call }) => call && call.texts.length > 1, act: ({ call }) => call.late() },
  atOnce: { may: ({ call }) => call, act: (phone) => phone.atOnce() },
  drop: { may: ({ call }) => call && !call.isOver, act: (phone) => phone.lose() },
  loseRedis: { may: ({ carrier }) => carrier.loseAddress, act: ({ carrier, role }) => carrier.loseRedis(role) },
};

export class Drawer {
  constructor(element) {
    this.element = element;
    this.buttons = [...element.querySelectorAll("[data-deed]")];
  }

  // How the network behaves

  /** Whether its clocks end a call. */
  get hangsUp() {
    return this.element.querySelector("[data-part=strict]").checked;
  }

  /** Where it puts what was dialled behind the code: `text` or `code`. */
  get aheadIn() {
    return this.element.querySelector("[name=ahead]:checked").value;
  }

  /** How it reports the message that has just come to this phone; the switch is for one message. */
  takeReports(phone) {
    if (phone !== this.phone) return "prompt";
    const { value } = this.element.querySelector("[name=reports]:checked");
    this.element.querySelector("[name=reports][value=prompt]").checked = true;
    return value;
  }

  // What it does now

  serve(phone) {
    this.phone = phone;
    for (const button of this.buttons) button.addEventListener("click", () => this.act(button));
    // What was typed on the phone, and the caret in it, stay where they are.
    this.element.addEventListener("mousedown", (event) => event.target.closest("[data-deed]") && event.preventDefault());
    phone.stand.addEventListener("shown", () => this.draw());
    this.draw();
  }

  async act(button) {
    if (!this.may(button)) return;
    try {
      await DEEDS[button.dataset.deed].act(this.phone);
    } catch (fault) {
      // The log says what failed.
      if (!(fault instanceof NetworkFault)) throw fault;
    }
  }

  may(button) {
    return Boolean(this.phone.name !== "running" && DEEDS[button.dataset.deed].may(this.phone));
  }

  draw() {
    for (const button of this.buttons) button.setAttribute("aria-disabled", !this.may(button));
  }
}
