"""An SMS understood: verb, references, note. Pure, and never fails: what is no command is a command without a verb.

Case, punctuation, spaces in or before the number, and the order of verb and number do not matter. A number that only
looks like a reference is kept apart and acts on nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.commands.keywords import BEFORE_YES_OR_NO, KEYWORDS, NO, STATUS, YES
from gateway.complaints import reference


@dataclass(frozen=True, slots=True)
class Command:
    verb: str | None
    references: tuple[str, ...] = ()
    #: Look like references, but a digit is wrong.
    invalid_references: tuple[str, ...] = ()
    #: What else was written, in the sender's own words.
    note: str | None = None
    #: That of the keyword.
    language: str | None = None
    #: False for YES or NO that runs on into a sentence without naming a complaint ("No water in Kayole").
    is_clear: bool = True


@dataclass(frozen=True, slots=True)
class _Number:
    digits: str
    is_valid: bool
    start: int
    end: int

    @property
    def may_be_meant(self) -> bool:
        """Also in the middle of words: groups of digits there are a reference only if they are a right one."""
        return self.is_valid or self.end - self.start == len(self.digits)


#: Longer runs of digits are phone numbers.
_LONGEST_RUN = 9
#: With one digit forgotten.
_SHORTEST_RUN = 6

_NOISE = re.compile(r"[\W_]*")
_HATUA = re.compile(r"hatua(?![^\W\d_])[\W_]*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"[0-9]+")
_GAP = re.compile(r"[\s.,/_-]{1,3}(?=[0-9])")
_PHONE = re.compile(r"(?:\+?254|0)[\s-]?[17](?:[\s-]?[0-9]){8}(?![0-9])")
_BEFORE_NUMBER = re.compile(
    r"[\W_]*(?:(?:no|nr|num|number|nambari|namba|ref|reference|kazi|ya|hatua)[\W_]*)?(?=[0-9])", re.IGNORECASE
)
_BETWEEN_NUMBERS = re.compile(r"[\W_]*(?:(?:and|na)[\W_]*)?(?=[0-9])", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[ \t]*(?:[^\w\s]|\n)")
#: What separates a note from the command before it.
_EDGES = " \t\r\n.,;:!-\u2013\u2014#/_"


def parse(text: str, longest: int = reference.SHORTEST) -> Command:
    """`longest` is how many digits references have by now: groups of digits are not joined beyond it."""
    text = text.replace("\x00", " ")
    at = _end(_NOISE, text, 0)
    at = _end(_HATUA, text, at)
    before, at = _numbers_at(text, at, longest)
    word_at = _end(_NOISE, text, at)
    word = _WORD.match(text, word_at)
    if word and word[0].lower() in BEFORE_YES_OR_NO:
        after = _WORD.match(text, _end(_NOISE, text, word.end()))
        word = after if after and KEYWORDS.get(after[0].lower(), ("",))[0] in (YES, NO) else None
    keyword = KEYWORDS.get(word[0].lower()) if word else None
    if word is None or keyword is None:
        only_numbers = bool(before) and word_at == len(text)
        return _command(STATUS if only_numbers else None, None, before, _trimmed(text[at:]))

    verb, language = keyword
    after_verb, at = _numbers_at(text, word.end(), longest, _BEFORE_NUMBER)
    numbers, note = [*before, *after_verb], _trimmed(text[at:])
    if not numbers:
        numbers, note = _numbers_within(text[at:], longest)
    is_clear = verb not in (YES, NO) or bool(numbers) or not note or bool(_PUNCTUATION.match(text, word.end()))
    return _command(verb, language, numbers, note, is_clear)


def _command(
    verb: str | None, language: str | None, numbers: list[_Number], note: str | None, is_clear: bool = True
) -> Command:
    return Command(
        verb=verb,
        references=tuple(dict.fromkeys(number.digits for number in numbers if number.is_valid)),
        invalid_references=tuple(dict.fromkeys(number.digits for number in numbers if not number.is_valid)),
        note=note,
        language=language,
        is_clear=is_clear,
    )


def _numbers_at(text: str, at: int, longest: int, lead: re.Pattern[str] = _NOISE) -> tuple[list[_Number], int]:
    """The references that begin here, and where they end; where there is none, `at` itself."""
    numbers: list[_Number] = []
    end = at
    while (gap := lead.match(text, end)) and (number := _number(text, gap.end(), longest)):
        # After a first reference, "12 20 241 bags" is not one more with a wrong digit.
        if numbers and not number.may_be_meant:
            break
        numbers.append(number)
        end, lead = number.end, _BETWEEN_NUMBERS
    return numbers, end


def _numbers_within(text: str, longest: int) -> tuple[list[_Number], str | None]:
    """References anywhere in a note ("truck came 4821759"), and the note without them."""
    numbers: list[_Number] = []
    kept, at = [], 0
    for digits in _DIGITS.finditer(text):
        if digits.start() < at:
            continue
        if (number := _number(text, digits.start(), longest)) and number.may_be_meant:
            numbers.append(number)
            kept.append(text[at : number.start])
            at = number.end
    kept.append(text[at:])
    return numbers, _trimmed(" ".join(filter(None, map(_trimmed, kept))))


def _number(text: str, start: int, longest: int) -> _Number | None:
    """A reference that begins exactly here. Groups are joined only until they make one: `482 1759 12 trucks`."""
    first = _DIGITS.match(text, start)
    if first is None:
        return None
    digits, end = first[0], first.end()
    while not _is_reference(digits) and len(digits) < longest and (gap := _GAP.match(text, end)):
        group = _DIGITS.match(text, gap.end())
        if group is None:
            break
        digits, end = digits + group[0], group.end()
    if _is_reference(digits):
        return _Number(digits, True, start, end)
    if _PHONE.match(text, start):
        return None
    if _SHORTEST_RUN <= len(first[0]) <= _LONGEST_RUN:
        return _Number(first[0], False, start, first.end())
    if reference.SHORTEST <= len(digits) <= _LONGEST_RUN:
        return _Number(digits, False, start, end)
    return None


def _is_reference(digits: str) -> bool:
    return len(digits) <= _LONGEST_RUN and reference.is_valid(digits)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _trimmed(note: str) -> str | None:
    return note.strip(_EDGES) if any(character.isalnum() for character in note) else None
