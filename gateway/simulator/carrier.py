"""The carrier's side of the rehearsal: what Africa's Talking's send API would answer, and what waits for each phone.

Messages live in Redis for a day, at most `MOST_MESSAGES` for a number, under a keyed hash of the number.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from gateway.config import Settings
from gateway.phones import PhoneBook, normalise
from menus import gsm7

MOST_MESSAGES = 50
MESSAGE_LIFE = timedelta(hours=24)
_PRICE_OF_A_PART = 0.8
_SENT, _INVALID_NUMBER = 101, 403


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    sender: str
    text: str
    sent_at: str


def connect(redis_url: str) -> Redis:
    return Redis.from_url(
        redis_url,
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 1),
        decode_responses=True,
    )


class Inboxes:
    """The SMS that wait for every phone. Raises redis.exceptions.RedisError, within a second, when Redis is away."""

    def __init__(self, redis: Redis, phones: PhoneBook) -> None:
        self._redis = redis
        self._phones = phones

    def put(self, phone: str, message: Message) -> None:
        key = self._key(phone)
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.rpush(key, json.dumps(asdict(message)))
            pipeline.ltrim(key, -MOST_MESSAGES, -1)
            pipeline.expire(key, MESSAGE_LIFE)
            pipeline.execute()

    def messages(self, phone: str) -> list[Message]:
        """Oldest first."""
        kept = cast("list[str]", self._redis.lrange(self._key(phone), 0, -1))
        return [Message(**json.loads(one)) for one in kept]

    def _key(self, phone: str) -> str:
        return f"simulator:inbox:{self._phones.hash(phone)}"


def send(inboxes: Inboxes, settings: Settings, form: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Delivers one request of the send API to the phones and gives the answer that Africa's Talking would give."""
    sender = form.get("from") or settings.sms_code
    if sender not in {*settings.sms_codes, settings.at_sender}:
        return _answer("InvalidSenderId", [])
    parts = max(1, gsm7.parts(form["message"]))
    recipients = []
    for given in filter(None, form["to"].split(",")):
        phone = normalise(given)
        if phone is None:
            recipients.append(_refused(given))
            continue
        message = Message(f"ATXid_{secrets.token_hex(16)}", sender, form["message"], now.isoformat(timespec="seconds"))
        inboxes.put(phone, message)
        recipients.append(_accepted(given, message.id, parts))
    sent = sum(recipient["statusCode"] == _SENT for recipient in recipients)
    cost = f"KES {_PRICE_OF_A_PART * parts * sent:.4f}"
    return _answer(f"Sent to {sent}/{len(recipients)} Total Cost: {cost} Message parts: {parts}", recipients)


def _answer(words: str, recipients: list[dict[str, Any]]) -> dict[str, Any]:
    return {"SMSMessageData": {"Message": words, "Recipients": recipients}}


def _accepted(number: str, message_id: str, parts: int) -> dict[str, Any]:
    return {
        "cost": f"KES {_PRICE_OF_A_PART * parts:.4f}",
        "messageId": message_id,
        "messageParts": parts,
        "number": number,
        "status": "Success",
        "statusCode": _SENT,
    }


def _refused(number: str) -> dict[str, Any]:
    # "None" is a string, as the carrier sends it.
    return {
        "cost": "0",
        "messageId": "None",
        "number": number,
        "status": "InvalidPhoneNumber",
        "statusCode": _INVALID_NUMBER,
    }
