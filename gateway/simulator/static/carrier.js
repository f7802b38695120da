// The network between the phones and the gateway: it calls the gateway's callbacks exactly as Africa's Talking does.

import { septets } from "./gsm7.js";

const NETWORK = "63902";
const PATIENCE_MS = 10_000;
const PRICE_OF_A_SESSION = "KES 0.10";

export const SCREEN_SEPTETS = 160;
export const SESSION_SECONDS = 180;
export const IDLE_SECONDS = 30;

/** The gateway did not answer as the network needs it; `message` is for the person at the table. */
export class NetworkFault extends Error {}

export class Carrier {
  constructor({ token, inbox, lose, codes, smsCode }, log) {
    this.callbacks = `/at/${encodeURIComponent(token)}`;
    this.inboxAddress = inbox;
    this.loseAddress = lose;
    this.codes = codes.split(",");
    this.smsCode = smsCode;
    this.log = log;
  }

  /** `{code, ahead}` of what was dialled, or null if the code is not the gateway's: `*384*1972*2#` answers 2 ahead. */
  split(dialled) {
    for (const code of this.codes) {
      const stem = code.slice(0, -1);
      if (dialled === code) return { code, ahead: "" };
      if (dialled.startsWith(`${stem}*`) && dialled.endsWith("#")) return { code, ahead: dialled.slice(stem.length + 1, -1) };
    }
    return null;
  }

  /** One hop of a call; the network only ever sends the whole transcript, joined with stars. Gives the raw answer. */
  async hop(call, text, what) {
    const event = this.log.open(call.role, what, `text ${text.length} `);
    const answer = await this.post(event, "ussd", {
      sessionId: call.id,
      phoneNumber: call.number,
      serviceCode: call.serviceCode,
      text,
      networkCode: NETWORK,
    });
    const raw = await answer.text();
    if (!/^(CON|END) /.test(raw)) {
      event.close("neither CON nor END");
      throw new NetworkFault("The gateway's answer starts with neither CON nor END");
    }
    event.close(`${raw.slice(0, 3)} ${septets(raw) ?? "??"}/${SCREEN_SEPTETS}`, call.compare(text, raw), raw.slice(4));
    return raw;
  }

  /** The notice of a session that is over. `status`: Success after END, Incomplete after a cut, Failed after a fault. */
  async ended(call, status, errorMessage) {
    const event = this.log.open(call.role, `End: ${status}`);
    const notice = {
      date: now(),
      sessionId: call.id,
      serviceCode: call.serviceCode,
      networkCode: NETWORK,
      phoneNumber: call.number,
      status,
      cost: PRICE_OF_A_SESSION,
      durationInMillis: String(Math.round(performance.now() - call.began)),
      hopsCount: String(call.texts.length),
      hopsMetadata: "",
      input: call.transcript,
      lastAppResponse: call.lastAnswer ?? "",
      errorMessage,
    };
    // A page that is closed still says that its call has ended.
    await this.post(event, "ussd/ended", notice, true);
    event.close("");
  }

  /** Hands an SMS to the gateway. The id stays with the draft, so that sending again is not a second message. */
  async text({ role, number }, draft) {
    const event = this.log.open(role, "SMS", `text ${draft.text.length} `);
    await this.post(event, "sms", {
      id: draft.id,
      from: number,
      to: this.smsCode,
      text: draft.text,
      date: now(),
      linkId: "",
      networkCode: NETWORK,
    });
    event.close("");
  }

  /** What became of a message on its way to a phone. */
  async report({ role, number }, messageId, status, failureReason) {
    const event = this.log.open(role, `Report: ${status}`);
    await this.post(event, "sms/delivery", {
      id: messageId,
      status,
      phoneNumber: number,
      networkCode: NETWORK,
      retryCount: "0",
      ...(failureReason && { failureReason }),
    });
    event.close("");
  }

  /** Number -> its messages, oldest first. */
  async inboxes(numbers) {
    const response = await send(this.inboxAddress, JSON.stringify({ numbers }), "application/json");
    return (await response.json()).inboxes;
  }

  /** Empties the gateway's session store. */
  async loseRedis(role) {
    const event = this.log.open(role, "Lose Redis");
    const response = await this.watched(event, () => send(this.loseAddress, "{}", "application/json"));
    const { lost } = await response.json();
    event.close(`${lost} ${lost === 1 ? "key" : "keys"} gone`);
  }

  post(event, path, fields, outlivesPage = false) {
    const body = new URLSearchParams(fields).toString();
    return this.watched(event, () => send(`${this.callbacks}/${path}`, body, "application/x-www-form-urlencoded", outlivesPage));
  }

  async watched(event, request) {
    try {
      const response = await request();
      event.answered(response.status);
      return response;
    } catch (fault) {
      event.close(fault.message, "failed");
      throw fault;
    }
  }
}

async function send(address, body, contentType, keepalive = false) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": contentType },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
      keepalive,
    });
  } catch {
    throw new NetworkFault("The gateway does not answer");
  }
  if (response.status !== 200) throw new NetworkFault(`The gateway answered ${response.status}`);
  return response;
}

function now() {
  return new Date().toISOString().slice(0, 19).replace("T", " ");
}

export function draftId() {
  return hex(16).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

// Not crypto.randomUUID: it is missing on plain http from another machine.
export function hex(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (one) => one.toString(16).padStart(2, "0")).join("");
}
