"""Africa's Talking: hands over one message and says what came of it, as one of `outcomes`. Never raises.

The SDK builds the request; the transport is ours, because the SDK opens a connection for every call, follows redirects
with the key, and hides the HTTP status, which is all that tells "not sent" from "don't know".
"""

from __future__ import annotations

import json
import logging
import math
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from africastalking.Application import ApplicationService
from africastalking.SMS import SMSService
from urllib3.exceptions import HTTPError, MaxRetryError, NameResolutionError, NewConnectionError

from gateway import clock
from gateway.config import Settings
from gateway.sms.fields import storable
from gateway.sms.outcomes import Accepted, Held, NotSent, Outcome, Refused, Unknown
from gateway.sms.timing import CONNECT_SECONDS, READ_SECONDS

log = logging.getLogger(__name__)

_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_MOST_BYTES = 64 * 1024
#: A connection that has been idle longer may be dead without our knowing, and a dead one makes a doubt.
_IDLE_SECONDS = 20.0
_RETRY_AFTER = 1.0
_LONGEST_RETRY_AFTER = 300.0

_ACCEPTED_CODES = (100, 101, 102)
#: Of a recipient in an answer with HTTP 2xx; what is not here is refused.
_BY_CODE: Mapping[int, Outcome] = {
    401: Held("RiskHold"),
    402: Held("InvalidSenderId"),
    403: Refused("InvalidPhoneNumber"),
    404: Refused("UnsupportedNumberType"),
    405: Held("InsufficientBalance"),
    406: Refused("UserInBlacklist", stops_number=True),
    407: Refused("CouldNotRoute"),
    409: Refused("DoNotDisturbRejection"),
    500: NotSent("InternalServerError"),
    501: NotSent("GatewayError"),
    # Integrations disagree on whether it is final: once more, then it is.
    502: NotSent("RejectedByGateway", tries=2),
}
#: Of an answer with HTTP 2xx that names no recipient.
_BY_WORD: Mapping[str, Outcome] = {
    "invalidsenderid": _BY_CODE[402],
    "invalidphonenumber": _BY_CODE[403],
    "unsupportednumbertype": _BY_CODE[404],
    "insufficientbalance": _BY_CODE[405],
    "userinblacklist": _BY_CODE[406],
    "couldnotroute": _BY_CODE[407],
}
#: Of the HTTP status. 2xx and 409 are read; 429 is "later"; any other 4xx is refused; 3xx is a wrong address; 5xx is
#: a doubt.
_BY_HTTP: Mapping[int, Outcome] = {
    401: Held("HTTP 401"),
    402: Held("HTTP 402"),
    403: Held("HTTP 403"),
    404: Held("HTTP 404"),
    405: Held("HTTP 405"),
    408: Unknown("HTTP 408"),
}


@dataclass(frozen=True, slots=True)
class _Reply:
    http: int
    body: bytes
    retry_after: str


class _Slow(Exception):
    """The answer dribbles in; a timeout of each read never ends that."""


class _Transport:
    """The SDK's requests over connections that stay open, one session for each thread."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.at_username, settings.at_api_key)  # type: ignore[call-arg]
        if settings.at_api_url:
            self._baseUrl = self._contentUrl = f"{settings.at_api_url}/version1"
        self._local = threading.local()

    def _make_request(self, url: str, method: str, headers: Any, data: Any, params: Any, **_: Any) -> _Reply:
        give_up = time.monotonic() + CONNECT_SECONDS + READ_SECONDS
        with self._session().request(
            method,
            url,
            headers=headers,
            data=data,
            params=params,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            body = b""
            while chunk := response.raw.read1(_MOST_BYTES, decode_content=True):
                body += chunk
                if time.monotonic() > give_up or len(body) > _MOST_BYTES:
                    raise _Slow
            self._local.used_at = time.monotonic()
            return _Reply(response.status_code, body, response.headers.get("Retry-After", ""))

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            # Neither a proxy nor a .netrc of this machine sees the key.
            session.trust_env = False
        elif time.monotonic() - self._local.used_at > _IDLE_SECONDS:
            session.close()
        self._local.used_at = time.monotonic()
        return session


class _Sms(_Transport, SMSService):  # type: ignore[misc]
    pass


class _Account(_Transport, ApplicationService):  # type: ignore[misc]
    pass


class Provider:
    """One for a process; safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._sms = _Sms(settings)
        self._account = _Account(settings)
        self._sender = settings.at_sender

    def send_one(self, phone: str, text: str) -> Outcome:
        if not _E164.fullmatch(phone):
            return Refused("no phone number")
        try:
            reply = self._sms.send(text, [phone], sender_id=self._sender)
        except requests.exceptions.ConnectTimeout:
            return NotSent("connect timeout")
        except requests.exceptions.ConnectionError as error:
            return _of_broken_connection(error)
        except _Slow:
            return Unknown("slow answer")
        except (requests.exceptions.RequestException, HTTPError, OSError, ValueError) as error:
            return Unknown(type(error).__name__)
        return _of_reply(reply)

    def balance(self) -> str | None:
        """What is left, e.g. `KES 1785.5000`; None where the carrier does not say."""
        try:
            data = json.loads(self._account.fetch_application_data().body)
            # The documentation spells it in both ways.
            return str((data.get("UserData") or data["userData"])["balance"])
        except (
            requests.exceptions.RequestException,
            HTTPError,
            OSError,
            ValueError,
            KeyError,
            TypeError,
            _Slow,
        ) as error:
            log.warning("balance not known error=%s", type(error).__name__)
            return None


def _of_broken_connection(error: requests.exceptions.ConnectionError) -> Outcome:
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError) and isinstance(cause.reason, (NewConnectionError, NameResolutionError)):
        return NotSent("no connection")
    return Unknown("connection lost")


def _of_reply(reply: _Reply) -> Outcome:
    if 200 <= reply.http < 300 or reply.http == 409:
        return _of_body(reply.body)
    if reply.http == 429:
        return NotSent("HTTP 429", retry_after=_seconds(reply.retry_after))
    if found := _BY_HTTP.get(reply.http):
        return found
    word = f"HTTP {reply.http}"
    if reply.http < 400:
        return Held(word)
    return Refused(word, is_puzzling=True) if reply.http < 500 else Unknown(word)


def _of_body(body: bytes) -> Outcome:
    try:
        data = json.loads(body)["SMSMessageData"]
        recipients = [recipient for recipient in data.get("Recipients") or () if isinstance(recipient, dict)]
        message = str(data.get("Message", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Unknown("answer not understood")
    if not recipients:
        word = message.strip()
        return _BY_WORD.get(word.lower(), NotSent("no recipients"))
    return _of_recipient(recipients[0])


def _of_recipient(recipient: Mapping[str, Any]) -> Outcome:
    code = _integer(recipient.get("statusCode"))
    status = storable(str(recipient.get("status", "")), 40)
    given_id = storable(str(recipient.get("messageId") or ""))
    # A refusal carries the word "None" for an id.
    provider_id = given_id if given_id and given_id != "None" and len(given_id) <= 100 else None
    if code in _ACCEPTED_CODES or (code not in _BY_CODE and provider_id):
        cost = storable(str(recipient.get("cost", "")), 24)
        return Accepted(provider_id, status, _integer(recipient.get("messageParts")), cost or None)
    return _BY_CODE.get(code or 0) or Refused(f"{code} {status}"[:80], is_puzzling=True)


def _integer(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _seconds(retry_after: str) -> float:
    """A number or a date; whatever else it says is nothing."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after) - clock.now()).total_seconds()
        except (ValueError, TypeError):
            seconds = math.nan
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER) if math.isfinite(seconds) else _RETRY_AFTER
