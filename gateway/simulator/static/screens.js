// What each screen of a phone shows, and what its keys do. A screen is drawn from the phone and its `facts`:
// {left, right: [word, action], text: nodes, choices, field, digit(key), call(), up()}.

import { draftId } from "./carrier.js";
import { block, code, kiswahili, lines, span, time } from "./lcd.js";

const ANSWER_LENGTH = 80; // Safaricom lets a caller type about eighty characters
const MESSAGE_LENGTH = 306; // two joined parts

export const screens = { home, dial, running, ussd, ended, notice, menu, inbox, sent, reader, write };

function home(phone) {
  const unread = phone.mailbox.unread();
  const news = unread.length === 1 ? "1 new message" : `${unread.length} new messages`;
  const invitation = phone.role === "resident" ? ["Press Hatua to report", "Bonyeza Hatua kuripoti"] : ["On duty", "Kazini"];
  return {
    left: unread.length ? ["Read", () => phone.read(unread[0])] : ["Messages", () => phone.show("menu")],
    right: ["Hatua", () => phone.show("dial", { typed: phone.carrier.codes[0] })],
    text: [
      block("network", "NAIROBI NET"),
      block("clock", time(new Date(), phone.zone)),
      unread.length ? block("news", news, kiswahili("Ujumbe mpya")) : block("hint", invitation[0], kiswahili(invitation[1])),
    ],
    digit: (key) => phone.show("dial", { typed: key }),
    call: () => phone.show("dial", { typed: phone.lastDialled }),
    up: () => phone.toggleTorch(),
  };
}

function dial(phone) {
  const { typed } = phone.facts;
  const type = (value) => (value === "" ? phone.show("home") : phone.show("dial", { typed: value }));
  return {
    left: ["Call", () => phone.dial(typed)],
    right: ["Clear", () => type(typed.slice(0, -1))],
    text: [block("hint", "Call", kiswahili("Piga")), code(typed)],
    digit: (key) => typed.length < 40 && type(typed + key),
    call: () => phone.dial(typed),
  };
}

function running(phone) {
  return {
    right: ["Cancel", () => phone.hangUp()],
    text: [block("waiting", "Running", kiswahili("Inatuma")), block("dots", "")],
  };
}

function ussd(phone) {
  const send = () => phone.answer();
  return {
    left: ["Send", send],
    right: phone.field?.value ? ["Clear", () => phone.erase()] : ["Cancel", () => phone.hangUp()],
    text: [lines(phone.facts.text)],
    field: { kind: "input", label: "Answer", length: ANSWER_LENGTH, mode: "123", value: phone.facts.typed },
    call: send,
  };
}

function ended(phone) {
  const close = () => phone.show("home");
  return { left: ["OK", close], text: [lines(phone.facts.text)], call: close };
}

function notice(phone) {
  const { words, swahili, why, draft } = phone.facts;
  const close = () => phone.show("home");
  return {
    left: draft ? ["Again", () => phone.show("write", { draft })] : ["OK", close],
    right: draft && ["Close", close],
    text: [block("notice", words, kiswahili(swahili)), why ? block("why", why) : ""],
    call: close,
  };
}

function menu(phone) {
  const unread = phone.mailbox.unread().length;
  return list(phone, "Messages", "Ujumbe", [
    { label: "Write message", open: () => phone.write() },
    { label: unread ? `Inbox (${unread} new)` : "Inbox", open: () => phone.show("inbox") },
    { label: "Sent", open: () => phone.show("sent") },
  ], () => phone.show("home"));
}

function inbox(phone) {
  const choices = [...phone.mailbox.messages].reverse().map((message) => ({
    label: first(message.text),
    isNew: !phone.mailbox.isRead(message),
    open: () => phone.read(message),
  }));
  return list(phone, "Inbox", "Ulizopokea", choices, () => phone.show("menu"));
}

function sent(phone) {
  const choices = [...phone.mailbox.sent].reverse().map((message) => ({
    label: first(message.text),
    open: () => phone.show("reader", { message, from: "sent" }),
  }));
  return list(phone, "Sent", "Ulizotuma", choices, () => phone.show("menu"));
}

function reader(phone) {
  const { message, from } = phone.facts;
  const isSent = from === "sent";
  const party = isSent ? `To ${phone.carrier.smsCode}` : message.sender;
  return {
    left: isSent ? ["Again", () => phone.write(message.text)] : ["Reply", () => phone.write()],
    right: ["Back", () => phone.show(from)],
    text: [block("party", party, span(time(new Date(message.sent_at), phone.zone))), lines(message.text)],
  };
}

function write(phone) {
  const send = () => phone.send();
  return {
    left: ["Send", send],
    right: phone.field?.value ? ["Clear", () => phone.erase()] : ["Back", () => phone.show("menu")],
    text: [block("party", `To ${phone.carrier.smsCode}`)],
    field: { kind: "textarea", label: "Message", length: MESSAGE_LENGTH, mode: "abc", value: phone.facts.draft.text },
    call: send,
  };
}

export function newDraft(text) {
  return { id: draftId(), text };
}

function list(phone, title, swahili, choices, back) {
  const selected = Math.min(phone.facts.selected ?? 0, choices.length - 1);
  return {
    left: choices.length ? ["Select", choices[selected].open] : undefined,
    right: ["Back", back],
    text: [block("title", title, kiswahili(swahili)), choices.length ? "" : block("hint", "Nothing here yet", kiswahili("Hakuna kitu bado"))],
    choices,
    selected,
    digit: (key) => choices[Number(key) - 1]?.open(),
  };
}

function first(text) {
  const line = text.split("\n")[0];
  return line.length > 60 ? `${line.slice(0, 58)}..` : line;
}
