"""An SMS understood: verb, references, note. Pure, and never fails: what is no command is a command without a verb.

Case, punctuation, spaces in or before the number, and the order of verb and number do not matter. A number that only
looks like a reference is kept apart and acts on nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gateway.commands import keywords, kinds
from gateway.commands.keywords import BAD, DUP, JOIN, LIST, NO, RATE, REPORT, STATUS, STOP, YES, Keyword
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
    #: Only of REPORT: what it is about, as far as the words say.
    group: str | None = None
    category: str | None = None
    #: A YES or NO that runs on into a sentence without naming a complaint ("Yes I have a problem") is none, but may
    #: have been meant.
    leaning: str | None = None
    #: `Hali yako?`, `Mambo`: answered, but asks for nothing.
    is_greeting: bool = False


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
    r"[\W_]*(?:(?:no|nr|num|number|nambari|namba|ref|reference|kazi|ya|hatua|on|for|about|kuhusu)[\W_]*){0,2}(?=[0-9])",
    re.IGNORECASE,
)
#: DUP 4821759 ni sawa na 4820019
_TO_PARENT = re.compile(
    r"[\W_]*(?:(?:of|to|with|into|same as|is the same as|ni sawa na|sawa na|ni|ya|na|kwa|and)[\W_]*)?(?=[0-9])",
    re.IGNORECASE,
)
_STARS = re.compile(r"[\W_]*([1-5])(?![0-9])[\W_]*")
_BETWEEN_NUMBERS = re.compile(r"[\W_]*(?:(?:and|na)[\W_]*)?(?=[0-9])", re.IGNORECASE)
#: Haijatatuliwa, hazijaondolewa.
_NOT_YET = re.compile(r"ha(?:i|li|zi|ya|wa)ja")
_PUNCTUATION = re.compile(r"[ \t]*(?:[^\w\s]|\n)")
#: What separates a note from the command before it.
_EDGES = " \t\r\n.,;:!-\u2013\u2014#/_=*~"
#: ... and what only ends what stood before it.
_ENDINGS = _EDGES + ")]}>\u201d\u2019\u00bb"


def parse(text: str, longest: int = reference.SHORTEST) -> Command:
    """`longest` is how many digits references have by now: groups of digits are not joined beyond it."""
    text = text.replace("\x00", " ")
    at = _end(_HATUA, text, _end(_NOISE, text, 0))
    before, at = _numbers_at(text, at, longest)
    start = _end(_NOISE, text, at)
    keyword, end = _keyword_at(text, start, longest)
    if keyword is None:
        return _without_keyword(text, before, at, start)
    if keyword.verb == REPORT:
        return _report(text, start, end, keyword, before)
    return _understood(text, start, end, keyword, before, longest) or _nothing(text, before, at)


def references_in(text: str, longest: int = reference.SHORTEST) -> tuple[str, ...]:
    """The references anywhere in a text: of what is no command, whom it may be about."""
    return tuple(dict.fromkeys(number.digits for number in _numbers_within(text, longest)[0] if number.is_valid))


def _keyword_at(text: str, start: int, longest: int) -> tuple[Keyword | None, int]:
    """The keyword of the word that begins here, or behind a "reply" or "please" in front of it; and where it ends."""
    words = [word for word in (_WORD.match(text, start),) if word]
    while words and len(words) < 3 and (word := _WORD.match(text, _end(_NOISE, text, words[-1].end()))):
        words.append(word)
    if not words:
        return None, start
    said = [word[0].lower() for word in words]
    if said[0] in keywords.BEFORE_A_KEYWORD and len(words) > 1:
        keyword, taken = keywords.lookup(said[1], said[2] if len(said) > 2 else None)
        if keyword and (
            (keyword.verb in (YES, NO) and said[0] not in keywords.ALONE_BEFORE)
            or _numbers_at(text, words[taken].end(), longest, _BEFORE_NUMBER)[0]
        ):
            return keyword, words[taken].end()
    keyword, taken = keywords.lookup(said[0], said[1] if len(said) > 1 else None)
    return keyword, words[taken - 1].end()


def _without_keyword(text: str, before: list[_Number], at: int, start: int) -> Command:
    """Nothing but numbers asks how it stands; a number from 1 to 5 behind them rates it."""
    if before and start == len(text):
        return _command(STATUS, None, before, None)
    if before and (stars := _STARS.fullmatch(text, at)):
        return _command(RATE, None, before, stars[1])
    return _nothing(text, before, at)


def _nothing(text: str, before: list[_Number], at: int) -> Command:
    note = _trimmed(text[at:])
    words = _words(note)
    is_greeting = not before and bool(words) and words[0] in keywords.GREETINGS
    language = "sw" if is_greeting and words[0] not in keywords.ENGLISH_GREETINGS else None
    return replace(_command(None, None, before, note), is_greeting=is_greeting, language=language)


def _report(text: str, start: int, end: int, keyword: Keyword, before: list[_Number]) -> Command:
    """Digits in it are plots and stages, not references. What stands behind a reference is about that complaint."""
    if before:
        return _command(None, keyword.language, before, _trimmed(text[start:]))
    if text[start:end].lower() in keywords.PLAIN_REPORTS:
        more, more_end = _keyword_at(text, _end(_NOISE, text, end), reference.SHORTEST)
        if more and more.verb == REPORT:
            keyword, end = replace(more, language=keyword.language), more_end
    said = text[start:]
    # A ditch or a tap: the words may say which, the keyword does not.
    group = keyword.group or kinds.group_of(_WORD.sub("", said, count=1))
    category = kinds.category_of(said, group) or keyword.category if group else None
    language = keyword.language or ("sw" if keywords.KISWAHILI_WORDS & set(_words(said)) else None)
    report = _command(REPORT, language, [], _trimmed(text[end:]))
    # "No water" may also answer whether there is water again, and "taka bado iko" whether it is gone.
    leaning = NO if keywords.STILL & set(_words(said)) else None
    return replace(report, group=group, category=category, leaning=leaning)


def _understood(
    text: str, start: int, end: int, keyword: Keyword, before: list[_Number], longest: int
) -> Command | None:
    """None where the words that follow make it a sentence of its own."""
    verb, word = keyword.verb, text[start:end].lower()
    if verb == RATE:
        return _rating(text, end, keyword, before, longest)
    lead = _BEFORE_NUMBER
    after, at = _numbers_at(text, end, longest, lead, most=1 if verb in (JOIN, DUP) else None)
    if verb == DUP and (before or after):
        parents, at = _numbers_at(text, at, longest, _TO_PARENT)
        after = [*after, *parents]
    numbers, note = [*before, *after], _trimmed(text[at:])
    if not numbers:
        numbers, note = _numbers_within(text[at:], longest)
    if numbers:
        if verb == STOP:
            return None
        return _command(STATUS if verb == LIST else verb, keyword.language, numbers, note)
    words = _words(note)
    if verb in (YES, NO):
        is_answer = (
            not words
            or word in keywords.ALWAYS_AN_ANSWER
            or bool(_PUNCTUATION.match(text, end))
            or (word not in keywords.ONLY_ALONE and words[0] in keywords.AFTER_YES_OR_NO)
        )
        is_answer &= word in keywords.ALWAYS_AN_ANSWER or not _says_otherwise(verb, set(words))
        return _command(verb, keyword.language, [], note) if is_answer else _leaning(text, start, verb)
    if verb == BAD and words and words[0] in keywords.AFTER_YES_OR_NO and not _says_otherwise(NO, set(words)):
        return _command(verb, keyword.language, [], note)
    allowed = keywords.ALONE_STATUS if word in keywords.GREETING_LIKE else keywords.ALONE.get(verb)
    if allowed is not None and not set(words) <= allowed:
        return None
    return _command(verb, keyword.language, [], note)


def _leaning(text: str, start: int, verb: str) -> Command:
    return replace(_command(None, None, [], _trimmed(text[start:])), leaning=verb)


def _says_otherwise(verb: str, words: set[str]) -> bool:
    """`yes still there`, `no it is fixed`."""
    if verb == YES:
        return bool(words & keywords.AGAINST_YES) or any(_NOT_YET.match(word) for word in words)
    return bool(words & keywords.AGAINST_NO) and not words & keywords.NEGATIONS


def _rating(text: str, end: int, keyword: Keyword, before: list[_Number], longest: int) -> Command:
    """`RATE 4821759 4`, `RATE 4 4821759`, `RATE 4`."""
    if stars := _STARS.match(text, end):
        after, at = _numbers_at(text, stars.end(), longest, _BEFORE_NUMBER)
        if after or not _trimmed(text[at:]):
            return _command(RATE, keyword.language, [*before, *after], stars[1])
    after, at = _numbers_at(text, end, longest, _BEFORE_NUMBER, most=1)
    return _command(RATE, keyword.language, [*before, *after], _trimmed(text[at:]))


def _command(verb: str | None, language: str | None, numbers: list[_Number], note: str | None) -> Command:
    return Command(
        verb=verb,
        references=tuple(dict.fromkeys(number.digits for number in numbers if number.is_valid)),
        invalid_references=tuple(dict.fromkeys(number.digits for number in numbers if not number.is_valid)),
        note=note,
        language=language,
    )


def _words(note: str | None) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", (note or "").lower().replace("\u2019", "'"))


def _numbers_at(
    text: str, at: int, longest: int, lead: re.Pattern[str] = _NOISE, most: int | None = None
) -> tuple[list[_Number], int]:
    """The references that begin here, and where they end; where there is none, `at` itself."""
    numbers: list[_Number] = []
    end = at
    while len(numbers) != most and (gap := lead.match(text, end)) and (number := _number(text, gap.end(), longest)):
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
    return note.lstrip(_ENDINGS).rstrip(_EDGES) if any(character.isalnum() for character in note) else None
