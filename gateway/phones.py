"""Phone numbers: one form (E.164), found by keyed hash, kept encrypted, shown masked, never logged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from functools import lru_cache

import phonenumbers
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HOME_REGION = "KE"

#: What stands where a number was.
_GONE = "(...)"
_SEPARATED = r"[\s().-]{0,3}"


@lru_cache(maxsize=20_000)
def normalise(given: str) -> str | None:
    """E.164 (`+254700000001`) of a number in any odd form (`0700...`, ` 254700...`, `tel:+254-700...`), else None.

    Possible, not "valid": prefixes are ported and new ones (011x) appear before number tables know them.
    Short codes and alphanumeric senders are None.
    """
    given = given.strip()
    if not given or len(given) > 40:
        return None
    try:
        number = phonenumbers.parse(given, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code == 254 and len(str(number.national_number)) < 9:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def masked(phone: str) -> str:
    """`+254700000678` -> `0700***678`: enough for an officer to recognise, not to call."""
    national = "0" + phone.removeprefix("+254") if phone.startswith("+254") else phone
    return f"{national[:4]}***{national[-3:]}"


def without(phone: str, text: str) -> str:
    """The text without this number, however it is written in it: `0700-000 678`, `+254 700000678`."""
    if not phone.startswith("+254"):
        return text.replace(phone, _GONE).replace(phone.removeprefix("+"), _GONE)
    return re.sub(r"(?<!\d)(?:\+?254|0)?" + _SEPARATED.join(["", *phone.removeprefix("+254")]) + r"(?!\d)", _GONE, text)


class PhoneBook:
    """Hashes and encrypts numbers with keys derived from `PHONE_KEY`."""

    def __init__(self, phone_key: str) -> None:
        self._hash_key = _derive(phone_key, b"hatua phone hash")
        self._cipher = Fernet(base64.urlsafe_b64encode(_derive(phone_key, b"hatua phone cipher")))

    def hash(self, phone: str) -> str:
        """64 hex digits; the same number always gives the same hash."""
        return hmac.new(self._hash_key, phone.encode(), hashlib.sha256).hexdigest()

    def seal(self, phone: str) -> str:
        return self._cipher.encrypt(phone.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises cryptography.fernet.InvalidToken if sealed with another PHONE_KEY."""
        return self._cipher.decrypt(sealed.encode()).decode()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
