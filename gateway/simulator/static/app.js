// The table: two phones, one keyboard, and the network that brings their messages.

import { Carrier, NetworkFault } from "./carrier.js";
import { Drawer } from "./drawer.js";
import { EventLog } from "./eventlog.js";
import { Memory } from "./memory.js";
import { Phone } from "./phone.js";

const POLL_MS = 1000;
const POLL_WHEN_LOST_MS = 4000;
const KEYS = { Enter: "ok", Escape: "end", Backspace: "clear", ArrowUp: "up", ArrowDown: "down" };
const KEYS_INSIDE_A_FIELD = ["Enter", "Escape"];

const table = document.querySelector("[data-part=table]");
const { zone } = table.dataset;
const carrier = new Carrier(table.dataset, new EventLog(document.querySelector("[data-part=events]"), zone));
const drawer = new Drawer(document.querySelector("[data-part=drawer]"));
const network = { carrier, habits: drawer, memory: new Memory() };
const phones = [...document.querySelectorAll("[data-phone]")].map((stand) => new Phone(stand, network, zone));
let active = phones[0];

function activate(phone) {
  active = phone;
  document.body.dataset.shown = phone.role;
  for (const one of phones) one.stand.classList.toggle("active", one === phone);
  for (const button of document.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", button.dataset.show === phone.role);
  }
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  const isField = target === active.field;
  if (isField ? !isForPhone(event) : isBusy(target, event.key)) return;
  const key = KEYS[event.key] ?? (/^[0-9*#]$/.test(event.key) && !isField ? event.key : null);
  if (!key) return;
  event.preventDefault();
  active.press(key);
}

function isForPhone(event) {
  return KEYS_INSIDE_A_FIELD.includes(event.key) && !event.shiftKey;
}

/** Something else on the page wants this key. */
function isBusy(target, key) {
  if (target.matches("[type=radio], [type=checkbox]")) return key.startsWith("Arrow");
  if (target.closest("input, textarea")) return true;
  return key === "Enter" && target.closest("button, summary") !== null;
}

async function poll() {
  let wait = POLL_MS;
  if (document.visibilityState === "visible") {
    try {
      await collect();
      drawSignal(true);
    } catch (fault) {
      if (!(fault instanceof NetworkFault)) throw fault;
      drawSignal(false);
      wait = POLL_WHEN_LOST_MS;
    }
  }
  setTimeout(poll, wait);
}

async function collect() {
  const inboxes = await carrier.inboxes(phones.map((phone) => phone.number));
  for (const phone of phones) {
    if (inboxes[phone.number]) phone.receive(inboxes[phone.number]);
    drawBadge(phone);
  }
}

function drawBadge(phone) {
  const badge = document.querySelector(`[data-badge=${phone.role}]`);
  const unread = phone.mailbox.unread().length;
  badge.hidden = unread === 0;
  badge.textContent = unread;
}

function drawSignal(isOnline) {
  for (const phone of phones) phone.drawSignal(isOnline);
}

for (const phone of phones) {
  for (const kind of ["pointerdown", "focusin"]) phone.stand.addEventListener(kind, () => activate(phone));
}
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => activate(phones.find((phone) => phone.role === button.dataset.show)));
}
document.querySelector("[data-part=call-hatua]").addEventListener("click", () => {
  activate(phones[0]);
  phones[0].dial(carrier.codes[0]);
});
document.addEventListener("keydown", onKey);
addEventListener("pagehide", () => phones.forEach((phone) => phone.hangUp()));
setInterval(() => phones.forEach((phone) => phone.tick()), 1000);

drawer.serve(phones[0]);
activate(active);
phones.forEach((phone) => phone.tick());
poll();
