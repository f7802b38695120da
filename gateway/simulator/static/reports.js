// Delivery reports: each is sent again until the gateway has taken it, as the carrier does, but not for twelve hours.

import { NetworkFault } from "./carrier.js";

const TRIES = 8;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;

/** What the network says of a message, in the order in which it arrives. */
const PLANS = {
  prompt: [{ status: "Success" }],
  late: [
    { status: "Success", afterMs: 4000 },
    { status: "Submitted", afterMs: 1000 },
    { status: "Sent", afterMs: 1000 },
  ],
  failed: [{ status: "Failed", failureReason: "DeliveryFailure" }],
};

/** Whether the gateway has taken every report of that plan. */
export async function report(carrier, phone, messageId, plan) {
  for (const { status, failureReason, afterMs = 0 } of PLANS[plan]) {
    await wait(afterMs);
    if (!(await insist(() => carrier.report(phone, messageId, status, failureReason)))) return false;
  }
  return true;
}

async function insist(post) {
  let pause = FIRST_WAIT_MS;
  for (let tries = 1; ; tries += 1) {
    try {
      await post();
      return true;
    } catch (fault) {
      if (!(fault instanceof NetworkFault)) throw fault;
      if (tries === TRIES) return false;
    }
    await wait(pause);
    pause = Math.min(2 * pause, LONGEST_WAIT_MS);
  }
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
