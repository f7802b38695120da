"""A problem reported by SMS: filed from one text where it says enough, else asked for what is missing.

What was written is kept whole. A ward is never guessed: what is not sure is asked.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from gateway import areas, categories, places
from gateway.areas import Found, FoundIn, Kind
from gateway.commands import alike, exchange, kinds, memory
from gateway.commands.exchange import CHANNEL, Answer, Exchange
from gateway.complaints import service
from gateway.places import Ward

#: More wards than that cannot be listed in one text.
_MOST_WARDS = 6
#: By the number in our question.
GROUPS = {"1": "taka", "2": "mitaro", "3": "maji"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a report that has not been filed."""

    #: All that was written, one text after the other.
    text: str
    #: What may name the place, and describes it.
    words: str
    category: str | None = None
    #: The area that was named; the ward is still to be chosen.
    area: str = ""
    was_asked: bool = False


def start(sms: Exchange) -> Answer | None:
    command = sms.command
    category = command.category or (kinds.OTHER[command.group] if command.group else None)
    return go_on(sms, Draft(sms.text, command.note or "", category))


def offer(sms: Exchange) -> Answer:
    """A text that only speaks of such things is never filed by itself."""
    memory.ask(sms.session, sms.person, memory.OFFER, asdict(Draft(sms.text, sms.text)), sms.now)
    return Answer("sms.report.offer")


def draft_of(facts: dict[str, Any]) -> Draft:
    return Draft(**{name: facts[name] for name in Draft.__dataclass_fields__})


def of_group(sms: Exchange, draft: Draft, group: str) -> Answer | None:
    """The kind was asked for, and chosen."""
    category = kinds.category_of(draft.text, group) or kinds.OTHER[group]
    return go_on(sms, replace(draft, category=category))


def at_place(sms: Exchange, draft: Draft) -> Answer | None:
    """The place was asked for, and this is the answer."""
    found = areas.find(sms.text)
    named = FoundIn(found, "") if found.kind is not Kind.UNKNOWN else areas.find_in(sms.text)
    rest = ", ".join(filter(None, (named.rest if named.found.name else sms.text, draft.words)))
    return _settle(sms, replace(draft, text=f"{draft.text}\n{sms.text}", was_asked=True), named.found, rest)


def in_ward(sms: Exchange, draft: Draft, ward: str) -> Answer | None:
    """The ward was asked for, and chosen."""
    return _file(sms, replace(draft, text=f"{draft.text}\n{sms.text}"), places.ward(ward))


def go_on(sms: Exchange, draft: Draft) -> Answer | None:
    """Asks for what is missing, one thing at a time."""
    if draft.category is None:
        memory.ask(sms.session, sms.person, memory.CATEGORY, asdict(draft), sms.now)
        return Answer("sms.ask.category")
    if not draft.words:
        return ask_area(sms, draft)
    named = areas.find_in(draft.words)
    return _settle(sms, draft, named.found, named.rest)


def ask_area(sms: Exchange, draft: Draft) -> Answer:
    phrase = "sms.area.unknown" if draft.was_asked else "sms.ask.area"
    memory.ask(sms.session, sms.person, memory.AREA, asdict(replace(draft, was_asked=True)), sms.now)
    return Answer(phrase)


def _settle(sms: Exchange, draft: Draft, found: Found, rest: str) -> Answer | None:
    known = replace(draft, words=rest, area=found.name)
    if found.kind is Kind.WARD and found.is_sure:
        return _file(sms, known, found.wards[0])
    if found.kind is Kind.OUTSIDE:
        # Perhaps they meant another place: the question stays open.
        memory.ask(sms.session, sms.person, memory.AREA, asdict(replace(draft, was_asked=True)), sms.now)
        return Answer("sms.area.outside", {"area": found.name, "county": found.county or "-"})
    if 0 < len(found.wards) <= _MOST_WARDS:
        return _ask_ward(sms, known, found.wards)
    return ask_area(sms, replace(draft, words=rest))


def _ask_ward(sms: Exchange, draft: Draft, wards: tuple[Ward, ...]) -> Answer:
    two = len(wards) == 2
    facts = asdict(draft) | {"wards": [ward.code for ward in wards], "none": "3" if two else "0"}
    memory.ask(sms.session, sms.person, memory.WARD, facts, sms.now)
    if two:
        return Answer("sms.ask.area.choose", {"area": draft.area, "ward1": wards[0].label, "ward2": wards[1].label})
    return Answer("sms.ask.area.which", {"choices": exchange.numbered([ward.label for ward in wards])})


def _file(sms: Exchange, draft: Draft, ward: Ward) -> Answer | None:
    """The complaint's own text is the answer; where others seem to have reported the same, they are offered as well."""
    category = categories.category(draft.category or "")
    estate = "" if draft.area.casefold() in ward.label.casefold() else draft.area
    landmark = ", ".join(filter(None, (estate, draft.words))) or draft.area or ward.label
    filed = service.file(
        sms.session,
        sms.settings,
        now=sms.now,
        owner=sms.person,
        category=category.code,
        ward=ward.code,
        landmark=landmark,
        channel=CHANNEL,
        filed_by=f"sms:{sms.incoming.provider_id}",
        words=draft.text,
    )
    return alike.offer(sms, filed.complaint)
