"""What people of these stories write, and what they may be answered."""

from __future__ import annotations

from tests.lives.people import WARDS, WRITE_KISWAHILI

BY_COUNTY = ("ACK", "START", "DONE", "ASK", "NOTE", "REJECT", "REFER", "WARD")
BY_RESIDENTS = ("YES", "YES", "NO", "NO", "INFO", "RATE", "CANCEL", "ESCALATE", "URGENT")

_KISWAHILI = {
    "ACK": "POKEA", "START": "ANZA", "DONE": "MALIZA", "ASK": "ULIZA", "NOTE": "ANDIKA", "REJECT": "KATAA",
    "REFER": "HAMISHA", "DUP": "NAKALA", "WARD": "WADI", "YES": "NDIYO", "NO": "HAPANA", "RATE": "KADIRIA",
    "INFO": "JIBU", "ESCALATE": "JUU", "URGENT": "JUU", "CANCEL": "ONDOA",
}  # fmt: skip

#: What may stand behind the verb and the number; some say too little.
WORDS: dict[str, tuple[str, ...]] = {
    "ACK": ("",),
    "START": ("", "lorry is on its way"),
    "DONE": ("lorry took all away", "lorry took all away", "cleaned"),
    "ASK": ("which side of the road", "is there a gate", ""),
    "NOTE": ("needs a bigger lorry", ""),
    "REJECT": ("private land", "not our road", ""),
    "REFER": ("Nairobi Water", "Kenya Railways", ""),
    "WARD": (*WARDS, ""),
    "DUP": ("",),
    "RETURN": ("",),
    "YES": ("",),
    "NO": ("",),
    "OK": ("",),
    "BAD": ("",),
    "JOIN": ("12/3",),
    "INFO": ("behind the blue gate", ""),
    "RATE": ("5", "1", "2", "9", ""),
    "CANCEL": ("",),
    "ESCALATE": ("",),
    "URGENT": ("URGENT",),
}

#: The one answer to whoever is not told anyhow, also when they say it for the second time.
ACCEPTED: dict[str, tuple[str, ...]] = {
    "ACK": ("officer.ack.ok",),
    "START": ("officer.start.ok",),
    "DONE": ("officer.done.ok", "officer.done.unreached"),
    "ASK": ("officer.ask.ok", "officer.ask.unreached"),
    "NOTE": ("officer.note.ok",),
    "REJECT": ("officer.reject.ok", "officer.rejected.ok"),
    "REFER": ("officer.refer.ok",),
    "DUP": ("officer.dup.ok",),
    "WARD": ("officer.ward.ok",),
    "YES": ("sms.closed.confirmed", "sms.closed.follower", "sms.follower.yes", "association.ok", "sms.info.ok"),
    "NO": ("sms.reopened", "sms.follower.no", "sms.disputed", "sms.parted", "association.bad", "sms.info.ok"),
    "OK": ("association.ok", "sms.closed.confirmed", "sms.closed.follower", "sms.follower.yes", "sms.info.ok"),
    "BAD": ("association.bad", "sms.reopened", "sms.follower.no", "sms.disputed", "sms.info.ok"),
    "JOIN": ("sms.ra.clean_up",),
    "INFO": ("sms.info.ok",),
    "RATE": ("sms.rate.thanks", "sms.rate.low"),
    "CANCEL": ("sms.closed.withdrawn",),
    "ESCALATE": ("sms.escalated",),
    "URGENT": ("sms.escalated",),
}
#: What says that nothing was done, and why.
REFUSALS = (
    "officer.not_now", "officer.unknown_ref", "officer.not_registered", "officer.done.need_note",
    "officer.ask.need_question", "officer.note.need_text", "officer.reject.need_reason", "officer.refer.need_agency",
    "officer.dup.need_parent", "officer.ward.unknown", "sms.not_now", "sms.status.notfound", "sms.ref.invalid",
    "sms.too_late", "sms.appealed", "sms.escalate.early", "sms.rate.invalid", "sms.needs_info",
    "sms.needs_info.place", "sms.ra.clean_up.need_day", "officer.choose.number",
    "officer.list.none", "sms.choose.number", "sms.unknown", "sms.status",
)  # fmt: skip


def spoken(who: str, verb: str) -> str:
    if who in WRITE_KISWAHILI:
        return _KISWAHILI.get(verb, verb)
    return "ESCALATE" if verb == "URGENT" else verb
