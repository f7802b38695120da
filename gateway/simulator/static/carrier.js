// The network between the phones and the gateway: it calls the gateway's callbacks exactly as Africa's Talking does.

const NETWORK = "63902";
const PATIENCE_MS = 10_000;

export const SCREEN_SEPTETS = 160;
export const SESSION_SECONDS = 180;
export const IDLE_SECONDS = 30;

/** The gateway did not answer as the network needs it; `message` is for the person at the table. */
export class NetworkFault extends Error {}

/** One USSD session: the network only ever sends the whole transcript, joined with stars. */
export class Session {
  constructor(serviceCode, firstAnswers) {
    this.id = `ATUid_${hex(16)}`;
    this.serviceCode = serviceCode;
    this.transcript = firstAnswers;
    this.began = performance.now();
    this.shown = this.began;
  }

  answer(words) {
    this.transcript = this.transcript === "" ? words : `${this.transcript}*${words}`;
  }

  secondsLeft() {
    const now = performance.now();
    return {
      session: Math.max(0, SESSION_SECONDS - Math.floor((now - this.began) / 1000)),
      idle: Math.max(0, IDLE_SECONDS - Math.floor((now - this.shown) / 1000)),
    };
  }
}

export class Carrier {
  constructor({ token, inbox, codes, smsCode }) {
    this.callbacks = `/at/${encodeURIComponent(token)}`;
    this.inboxAddress = inbox;
    this.codes = codes.split(",");
    this.smsCode = smsCode;
  }

  /** A session for what was dialled, or null if it is not one of the gateway's codes. `*384*1972*2#` answers ahead. */
  open(dialled) {
    for (const code of this.codes) {
      const stem = code.slice(0, -1);
      if (dialled === code) return new Session(code, "");
      if (dialled.startsWith(`${stem}*`) && dialled.endsWith("#")) {
        return new Session(code, dialled.slice(stem.length + 1, -1));
      }
    }
    return null;
  }

  /** One hop. Gives `{isOpen, text, raw}`. */
  async hop(number, session) {
    const response = await post(`${this.callbacks}/ussd`, {
      sessionId: session.id,
      phoneNumber: number,
      serviceCode: session.serviceCode,
      text: session.transcript,
      networkCode: NETWORK,
    });
    const raw = await response.text();
    if (!/^(CON|END) /.test(raw)) throw new NetworkFault("The gateway's answer starts with neither CON nor END");
    session.shown = performance.now();
    return { isOpen: raw.startsWith("CON "), text: raw.slice(4), raw };
  }

  /** Hands an SMS to the gateway. The id stays with the draft, so that sending again is not a second message. */
  async text(number, draft) {
    await post(`${this.callbacks}/sms`, {
      id: draft.id,
      from: number,
      to: this.smsCode,
      text: draft.text,
      date: new Date().toISOString().slice(0, 19).replace("T", " "),
      linkId: "",
      networkCode: NETWORK,
    });
  }

  async delivered(number, messageId) {
    await post(`${this.callbacks}/sms/delivery`, {
      id: messageId,
      status: "Success",
      phoneNumber: number,
      networkCode: NETWORK,
      retryCount: "0",
    });
  }

  /** Number -> its messages, oldest first. */
  async inboxes(numbers) {
    const body = JSON.stringify({ numbers });
    const response = await send(this.inboxAddress, body, "application/json");
    return (await response.json()).inboxes;
  }
}

export function draftId() {
  return hex(16).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

function post(address, fields) {
  return send(address, new URLSearchParams(fields).toString(), "application/x-www-form-urlencoded");
}

async function send(address, body, contentType) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": contentType },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw new NetworkFault("The gateway does not answer");
  }
  if (response.status !== 200) throw new NetworkFault(`The gateway answered ${response.status}`);
  return response;
}

// Not crypto.randomUUID: it is missing on plain http from another machine.
function hex(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (one) => one.toString(16).padStart(2, "0")).join("");
}
