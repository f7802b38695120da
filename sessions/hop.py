"""One request of the carrier: what the caller has typed so far in this session."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hop:
    """`text` is everything typed since the call began, joined with `*`; nothing in it is escaped."""

    sid: str
    #: E.164, for this request only; never stored in a session.
    phone: str
    #: Keyed hash of the phone: who the session belongs to.
    caller: str
    code: str
    #: What was dialled behind the short code (`*384*1972*1*2#` -> `1*2`), where the carrier leaves it in the code.
    dialled: str
    network: str
    text: str
