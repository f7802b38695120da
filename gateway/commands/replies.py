"""A text that answers what we asked last: `1`, an estate's name, one of the numbers of a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gateway import areas
from gateway.areas import Kind
from gateway.commands import account, alike, keywords, memory, officer, report, resident, verdicts
from gateway.commands.exchange import Answer, Exchange
from gateway.complaints import queries, states
from gateway.models import Complaint, SmsQuestion

Reply = Callable[[Exchange, dict[str, Any]], Answer | None]
Choose = Callable[[Exchange, str, str | None, list[Complaint]], Answer | None]

_AND = re.compile(r"\s*(?:,|&|\+|\band\b|\bna\b|\s)\s*", re.IGNORECASE)
_ALL = frozenset({"all", "zote", "yote", "both"})
_YES, _NO = (
    frozenset({"1", "yes", "ndiyo", "ndio", "y", "eeh", "sawa", "ok"}),
    frozenset({"2", "0", "no", "hapana", "la", "n"}),
)


class NotAnAnswer(Exception):
    """The text is something else; whoever asked may look at it as a command."""


def to(sms: Exchange, question: SmsQuestion) -> Answer | None:
    """Raises NotAnAnswer."""
    return _REPLIES[question.kind](sms, question.facts)


def to_no_question(sms: Exchange) -> Answer | None:
    """A bare number, when we have not asked for one: 1 and 2 are YES and NO, any to 5 a rating. Raises NotAnAnswer."""
    said = _said(sms)
    if sms.command.verb or sms.command.references or said not in ("1", "2", "3", "4", "5"):
        raise NotAnAnswer
    asked = [one for one in queries.asked(sms.session, sms.person) if one.state == states.RESOLVED]
    rateable = queries.rateable(sms.session, sms.person, sms.now - resident.RATING_LIFE)
    if asked and rateable and said in ("1", "2"):
        # It may be either.
        return verdicts.ask_back(sms, asked[0])
    if rateable:
        return resident.chosen(sms, keywords.RATE, said, rateable[:1])
    if len(asked) == 1 and said in ("1", "2"):
        return verdicts.chosen(sms, keywords.YES if said == "1" else keywords.NO, None, asked)
    raise NotAnAnswer


def _said(sms: Exchange) -> str:
    return " ".join(sms.text.split()).strip(" .,!?#()\"'").lower()


def _choose(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    """Of a numbered list: one, several, all, or the reference itself."""
    shown: list[str] = facts["references"]
    command, said = sms.command, _said(sms)
    places = {str(place): reference for place, reference in enumerate(shown, start=1)}
    # `BAD 4821759` is a command of its own, also where 4821759 is on the list.
    is_bare = command.verb is None or (command.verb == keywords.STATUS and command.language is None)
    if is_bare and command.references and set(command.references) <= set(shown):
        wanted = list(command.references)
    elif said in _ALL:
        wanted = shown
    else:
        numbers = [number for number in _AND.split(said) if number]
        if not numbers or not set(numbers) <= places.keys():
            raise NotAnAnswer
        wanted = [places[number] for number in dict.fromkeys(numbers)]
    complaints = [one for one in (sms.named(reference) for reference in wanted) if one]
    if not complaints:
        return Answer("sms.status.notfound", {"ref": wanted[0]})
    return _chooser(facts["verb"])(sms, facts["verb"], facts["note"], complaints)


def _chooser(verb: str) -> Choose:
    if verb in officer.VERBS:
        return officer.chosen
    return verdicts.chosen if verb in (keywords.YES, keywords.NO, keywords.OK, keywords.BAD) else resident.chosen


def _category(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    draft = report.draft_of(facts)
    if group := report.GROUPS.get(_said(sms)):
        return report.of_group(sms, draft, group)
    # TAKA, or a whole sentence that says it.
    if sms.command.verb == keywords.REPORT and sms.command.group:
        text = f"{draft.text}\n{sms.text}"
        words = ", ".join(filter(None, (sms.command.note, draft.words)))
        return report.of_group(sms, replace(draft, text=text, words=words), sms.command.group)
    raise NotAnAnswer


def _area(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    """Maji Mazuri is an estate: a name that we know comes before a keyword."""
    if sms.command.verb == keywords.REPORT and areas.find(sms.text).kind is Kind.UNKNOWN:
        raise NotAnAnswer
    if sms.command.verb not in (None, keywords.REPORT):
        raise NotAnAnswer
    if not any(character.isalnum() for character in sms.text):
        return report.ask_area(sms, report.draft_of(facts))
    return report.at_place(sms, report.draft_of(facts))


def _ward(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    said, draft, wards = _said(sms), report.draft_of(facts), facts["wards"]
    if said in (facts["none"], *(_NO - {"1", "2", "0"})):
        return report.ask_area(sms, replace(draft, was_asked=False))
    if len(wards) == 1 and said in _YES:
        return report.in_ward(sms, draft, wards[0])
    if said.isascii() and said.isdigit():
        at = int(said[:4])
        if 1 <= at <= len(wards):
            return report.in_ward(sms, draft, wards[at - 1])
        raise NotAnAnswer
    return _area(sms, facts)


def _yes_or_no(
    act: Callable[[Exchange, dict[str, Any]], Answer | None],
) -> Callable[[Exchange, dict[str, Any]], Answer | None]:
    def reply(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
        said = _said(sms)
        if said in _YES:
            return act(sms, facts)
        if said in _NO:
            return _nothing(sms)
        raise NotAnAnswer

    return reply


def _nothing(sms: Exchange) -> Answer:
    """A NO may also say that something is not fixed, where that was asked as well: asked again, so that it is heard."""
    asked = queries.asked(sms.session, sms.person) if sms.command.verb == keywords.NO else []
    return verdicts.ask_back(sms, asked[0]) if asked else Answer("sms.nothing")


def _erase(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    """A YES that may mean that something is fixed erases nobody: FUTA NDIYO leaves no doubt."""
    is_doubtful = bool(queries.asked(sms.session, sms.person) or queries.questioned(sms.session, sms.person))
    return account.ask_to_erase(sms) if is_doubtful else account.erase(sms)


def _add_details(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    return resident.chosen(sms, keywords.INFO, facts["text"], _named(sms, facts))


def _withdraw(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    """Where the county has said meanwhile that it is done, a YES may be about that: asked again."""
    complaints = _named(sms, facts)
    if complaints and complaints[0].state == states.RESOLVED:
        return verdicts.ask_back(sms, complaints[0])
    return resident.chosen(sms, keywords.CANCEL, None, complaints)


def _words(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    """What an officer's verb was still lacking: the note, the reason, the ward."""
    complaints = _named(sms, facts)
    if sms.command.verb or sms.command.references or sms.command.is_greeting or not complaints:
        raise NotAnAnswer
    return officer.chosen(sms, facts["verb"], sms.text.strip(), complaints)


def _offered(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    if _said(sms) in ("0", *(_NO - {"2"})):
        return Answer("sms.nothing")
    return _category(sms, facts)


def _alike(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    """One of the list, by its place or its number; or that theirs is different."""
    said, shown, verb = _said(sms), facts["references"], sms.command.verb
    places = {str(place): reference for place, reference in enumerate(shown, start=1)}
    if verb in (keywords.YES, keywords.NO) and queries.asked(sms.session, sms.person):
        # It rather says whether something is fixed.
        raise NotAnAnswer
    if said in _NO - places.keys() or alike.DIFFERENT & set(said.split()):
        return alike.keep(sms, facts["mine"])
    if said in shown or said in places:
        return alike.join(sms, facts["mine"], places.get(said, said))
    if len(shown) == 1 and said in _YES:
        return alike.join(sms, facts["mine"], shown[0])
    raise NotAnAnswer


def _low_rating(sms: Exchange, facts: dict[str, Any]) -> Answer | None:
    """Their own words, kept with the complaint."""
    complaints = _named(sms, facts)
    if sms.command.verb or not complaints:
        raise NotAnAnswer
    sms.move(complaints[0], states.COMMENT, sms.text)
    return Answer("sms.rate.thanks")


def _named(sms: Exchange, facts: dict[str, Any]) -> list[Complaint]:
    return [one for one in (sms.named(reference) for reference in facts["references"]) if one]


_REPLIES: Mapping[str, Reply] = {
    memory.CHOOSE: _choose,
    memory.ALIKE: _alike,
    memory.AREA: _area,
    memory.WARD: _ward,
    memory.CATEGORY: _category,
    memory.OFFER: _offered,
    memory.DETAILS: _yes_or_no(_add_details),
    memory.CANCEL: _yes_or_no(_withdraw),
    memory.DELETE: _yes_or_no(_erase),
    memory.LOW_RATING: _low_rating,
    memory.WORDS: _words,
}
