"""The proof that a menu cannot break: every screen reachable, leading to an end, and fitting a phone in each language.

M01 the file can be read            M09 blanks agree between languages
M02 every go leads somewhere        M10 no blank may be empty
M03 every screen can be reached     M11 numbers are free and plain
M04 every screen leads to an end    M12 the program knows every name and outcome
M05 every text in every language    M13 what is sent has been shown
M06 only characters of GSM-7        M14 no loop without a question
M07 160 septets at the worst        M15 a call is long enough for every path
M08 enough lines on a page          M16 no number changes its meaning (see `menus.compare`)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

from menus.faults import Fault, MenuRefused
from menus.grammar import (
    ENGINE_NUMBERS,
    EVERY_LANGUAGE,
    WORDS,
    Ask,
    Choose,
    End,
    Menu,
    Option,
    Pick,
    Screen,
    Text,
    targets,
)
from menus.gsm7 import BASIC, plain
from menus.load import load
from menus.paths import (
    LETTER_SECONDS,
    all_ways,
    can_end,
    fetched,
    letters,
    quickest_walks,
    reachable,
    seconds_at,
    surely_known,
    typed_before,
    ways_from,
)
from menus.program import Action, Finding, Program
from menus.render import LEAST_LINES_ON_A_PAGE, SCREEN_SEPTETS
from menus.worst import Worst, engine_renderings, renderings

#: What a Kenyan network gives: a whole session, and the caller for one answer.
SESSION_SECONDS = 180
ANSWER_SECONDS = 30
MOST_LINES = 10

#: With one of these a screen cannot be rendered: it needs its words, its alphabet and its numbers.
NOT_RENDERED = frozenset({"M02", "M05", "M06", "M11", "M12"})

Check = Callable[[Menu, Program], Iterator[Fault]]


def check(source: str, program: Program) -> list[Fault]:
    """Every fault of a menu file, in the order of its lines; none means that it may be published."""
    try:
        menu = load(source)
    except MenuRefused as refused:
        return refused.faults
    return check_menu(menu, program)


def check_menu(menu: Menu, program: Program) -> list[Fault]:
    faults = {fault for one in CHECKS for fault in one(menu, program)}
    if not any(fault.code in NOT_RENDERED for fault in faults):
        faults.update(fault for one in RENDERING_CHECKS for fault in one(menu, program))
    return sorted(faults)


def every_target_is_there(menu: Menu, program: Program) -> Iterator[Fault]:
    for key, name in (("start", menu.start), ("first", menu.first)):
        if name is not None and name not in menu.screens:
            yield Fault(1, "M02", "", f"{key} leads to {name}, which is not there; {_did_you_mean(name, menu)}")
    for screen in menu.screens.values():
        for line, name in _targets_of(screen):
            if name not in menu.screens:
                yield Fault(line, "M02", screen.name, f"go to {name}: it is not there; {_did_you_mean(name, menu)}")
        for option in screen.options:
            if option.go is None and screen.go is None:
                yield Fault(option.line, "M02", screen.name, f"option {option.number} leads nowhere; give it a go")
        if isinstance(screen.body, Pick | Ask) and screen.go is None:
            yield Fault(screen.line, "M02", screen.name, "the answer leads nowhere; give the screen a go")


def every_screen_is_reachable(menu: Menu, program: Program) -> Iterator[Fault]:
    reached = reachable(menu)
    for name, screen in menu.screens.items():
        if name not in reached:
            yield Fault(screen.line, "M03", name, "nobody can reach this screen; lead to it with a go, or remove it")


def every_screen_leads_to_an_end(menu: Menu, program: Program) -> Iterator[Fault]:
    ending = can_end(menu)
    for name, screen in menu.screens.items():
        if name not in ending:
            yield Fault(screen.line, "M04", name, "no way from here to an end; let an answer lead to a screen with end")


def every_text_is_there(menu: Menu, program: Program) -> Iterator[Fault]:
    for key in WORDS:
        if key not in menu.words:
            yield Fault(1, "M05", "", f"words: {key} is missing; the engine needs it")
    for screen, text, what in _texts(menu):
        for language in menu.languages:
            words = text.by_language.get(language, text.by_language.get(EVERY_LANGUAGE, ""))
            if not words.strip():
                yield Fault(text.line, "M05", screen, f"{what}: no {language} text; add it beside the others")
        for language in text.by_language:
            if language not in (*menu.languages, EVERY_LANGUAGE):
                yield Fault(text.line, "M05", screen, f"{what}: {language} is not one of the menu's languages")


def every_character_is_gsm7(menu: Menu, program: Program) -> Iterator[Fault]:
    for screen, text, what in _texts(menu):
        for language, words in text.by_language.items():
            bare = words
            for blank in text.blanks(language):
                bare = bare.replace("{" + blank.name + (f":{blank.width}" if blank.width is not None else "") + "}", "")
            for position, character in enumerate(bare, start=1):
                if character not in BASIC or character == "\r":
                    yield Fault(
                        text.line,
                        "M06",
                        screen,
                        f"{what} ({language}): {character} at place {position} is not a character of every phone"
                        f" (GSM-7); {_write_instead(character)}",
                    )


def blanks_agree(menu: Menu, program: Program) -> Iterator[Fault]:
    for screen, text, what in _texts(menu):
        by_language = {language: {blank.name for blank in text.blanks(language)} for language in text.by_language}
        everywhere = set.union(*by_language.values()) if by_language else set()
        for language, names in by_language.items():
            for name in sorted(everywhere - names):
                yield Fault(
                    text.line, "M09", screen, f"{what} ({language}): {{{name}}} is missing, another language has it"
                )


def no_blank_is_empty(menu: Menu, program: Program) -> Iterator[Fault]:
    known = surely_known(menu, program)
    for name, text, what in _texts(menu):
        if name not in known:
            continue  # unreachable, or the engine's words: said elsewhere
        have = known[name] | fetched(menu.screens[name], program)
        for language in text.by_language:
            for blank in text.blanks(language):
                if blank.name not in have:
                    yield Fault(
                        text.line,
                        "M10",
                        name,
                        f"{what} ({language}): {{{blank.name}}} may still be empty here; ask for it on every way to"
                        " this screen",
                    )
    for name, screen in menu.screens.items():
        body = screen.body
        if isinstance(body, Pick) and body.of and name in known and body.of not in known[name]:
            yield Fault(screen.line, "M10", name, f"the list needs {body.of}, which may still be empty here")
    for key, text in menu.words.items():
        for language in text.by_language:
            for blank in text.blanks(language):
                yield Fault(text.line, "M10", "", f"words: {key}: {{{blank.name}}} is always empty here; leave it out")


def numbers_are_free(menu: Menu, program: Program) -> Iterator[Fault]:
    for name, screen in menu.screens.items():
        for option in screen.options:
            if option.number in ENGINE_NUMBERS:
                words = f"{option.number} is taken: 0 is back, 00 home, 98 more on every screen; use another number"
                yield Fault(option.line, "M11", name, words)
            elif option.number.startswith("0"):
                words = f"write {option.number} without the zero; callers may type it either way"
                yield Fault(option.line, "M11", name, words)
        if isinstance(screen.body, Ask) and screen.body.kind == "number":
            for taken in (0, 98):
                if screen.body.least <= taken <= screen.body.most:
                    words = f"the numbers asked for include {taken}, which is a key of every screen; ask for others"
                    yield Fault(screen.line, "M11", name, words)


def the_program_knows_every_name(menu: Menu, program: Program) -> Iterator[Fault]:
    saved = {screen.save for screen in menu.screens.values() if screen.save}
    for name in menu.keeps:
        if name not in saved:
            yield Fault(1, "M12", "", _unknown("keeps", name, dict.fromkeys(saved)).replace("program", "menu"))
    for name, screen in menu.screens.items():
        if screen.fetch and screen.fetch not in program.fetches:
            yield Fault(screen.line, "M12", name, _unknown("fetch", screen.fetch, program.fetches))
        body = screen.body
        if isinstance(body, Pick):
            yield from _pick_faults(name, screen, body, program)
        elif isinstance(body, Ask) and body.kind == "like" and body.pattern not in program.patterns:
            yield Fault(screen.line, "M12", name, _unknown("ask like", body.pattern or "", program.patterns))
        for option in screen.options:
            if option.when and option.when.name not in program.guards:
                yield Fault(option.line, "M12", name, _unknown("when", option.when.name, program.guards))
            if option.do and option.find:
                words = f"option {option.number} has both do and find; let the one lead to a screen with the other"
                yield Fault(option.line, "M12", name, words)
            yield from _outcome_faults(name, option, option.go or screen.go, program)
        if isinstance(body, Pick | Ask):
            yield from _outcome_faults(name, screen, screen.go, program)
        elif screen.find:
            yield Fault(screen.line, "M12", name, "find belongs to an option, a list or a question; write it there")


def _pick_faults(name: str, screen: Screen, pick: Pick, program: Program) -> Iterator[Fault]:
    listing = program.listings.get(pick.source)
    if listing is None:
        yield Fault(screen.line, "M12", name, _unknown("pick from", pick.source, program.listings))
        return
    if (pick.of is None) != (listing.of is None):
        words = f"the list {pick.source} is " + (f"of a {listing.of}: write of:" if listing.of else "of nothing")
        yield Fault(screen.line, "M12", name, words)
    if pick.longest < listing.longest:
        words = f"the list {pick.source} has labels of {listing.longest}, the file allows {pick.longest}: write"
        yield Fault(screen.line, "M12", name, f"{words} longest: {listing.longest}")


def _outcome_faults(name: str, asks: Option | Screen, go: object, program: Program) -> Iterator[Fault]:
    """Of an option, or of a screen whose answer leads on."""
    do = asks.do if isinstance(asks, Option) else None
    what = f"option {asks.number}" if isinstance(asks, Option) else "the answer"
    known: Mapping[str, Action | Finding] = program.actions if do else program.findings
    source = do or asks.find
    if source is None:
        if not isinstance(go, str) and go is not None:
            missing = "do and no find" if isinstance(asks, Option) else "find"
            yield Fault(asks.line, "M12", name, f"{what} has outcomes but no {missing}")
        return
    if source not in known:
        yield Fault(asks.line, "M12", name, _unknown("do" if do else "find", source, known))
        return
    outcomes = set(known[source].outcomes)
    handled = set(go) if isinstance(go, dict) else outcomes
    for outcome in sorted(outcomes - handled):
        yield Fault(asks.line, "M12", name, f"{source} may come to {outcome}: say where that goes")


def what_is_sent_was_shown(menu: Menu, program: Program) -> Iterator[Fault]:
    typed = typed_before(menu)
    for name, screen in menu.screens.items():
        for option in screen.options:
            action = program.actions.get(option.do or "")
            if action is None or not action.sends:
                continue
            sent = typed[name] & set(action.sends) if isinstance(action.sends, tuple) else typed[name]
            for language in menu.languages:
                shown = {blank.name for blank in screen.words.blanks(language)}
                if unseen := sorted(sent - shown):
                    words = f"{option.do} sends {{{unseen[0]}}}, which this screen does not show; add it to say"
                elif not shown:
                    words = f"{option.do} sends what nobody has seen; show it in say before option {option.number}"
                elif option.save is not None:
                    words = f"{option.do} sends the answer {option.save} before it was shown; ask on a screen before"
                else:
                    continue
                yield Fault(option.line, "M13", name, words)
                break


def no_loop_without_a_question(menu: Menu, program: Program) -> Iterator[Fault]:
    passes = {way.source: way.target for way in all_ways(menu) if way.is_pass}
    for name in passes:
        seen, at = {name}, passes[name]
        while at in passes and at not in seen:
            seen.add(at)
            at = passes[at]
        if at == name:
            words = "empty lists lead round in a circle; let empty: lead to a screen that says so"
            yield Fault(menu.screens[name].line, "M14", name, words)


def a_call_is_long_enough(menu: Menu, program: Program) -> Iterator[Fault]:
    for name, seconds in quickest_walks(menu, program).items():
        screen = menu.screens[name]
        if seconds > SESSION_SECONDS:
            words = f"the shortest call over this screen takes {seconds:.0f} s of {SESSION_SECONDS}; ask for less"
            yield Fault(screen.line, "M15", name, words)
        if isinstance(screen.body, Ask) and screen.body.kind == "text":
            least = screen.body.least * LETTER_SECONDS
            if least > ANSWER_SECONDS:
                words = f"{screen.body.least} letters take {least:.0f} s, a caller has {ANSWER_SECONDS}; ask for fewer"
                yield Fault(screen.line, "M15", name, words)


def every_rendering_fits(menu: Menu, program: Program) -> Iterator[Fault]:
    for language in menu.languages:
        for worst in engine_renderings(menu, language):
            yield from _too_long(worst, 1, "", language)
        for name, screen in menu.screens.items():
            for worst in renderings(menu, program, screen, language):
                yield from _too_long(worst, screen.line, name, language)
                if worst.list_lines is not None and worst.list_lines < LEAST_LINES_ON_A_PAGE:
                    words = f"({language}) only {worst.list_lines} list lines fit on a page; shorten say or the labels"
                    yield Fault(screen.line, "M08", name, words)
                if (lines := worst.body.count("\n") + 1) > MOST_LINES + 1:
                    words = f"({language}) {lines - 1} lines, and a phone shows {MOST_LINES}; make two screens of it"
                    yield Fault(screen.line, "M08", name, words)


def _too_long(worst: Worst, line: int, screen: str, language: str) -> Iterator[Fault]:
    if worst.septets > SCREEN_SEPTETS:
        words = f"({language}) up to {worst.septets} of {SCREEN_SEPTETS} septets; shorten it. At its worst:"
        picture = "\n".join(f"    | {row}" for row in worst.body.split("\n"))
        yield Fault(line, "M07", screen, f"{words}\n{picture}")


CHECKS: tuple[Check, ...] = (
    every_target_is_there,
    every_screen_is_reachable,
    every_screen_leads_to_an_end,
    every_text_is_there,
    every_character_is_gsm7,
    blanks_agree,
    no_blank_is_empty,
    numbers_are_free,
    the_program_knows_every_name,
    what_is_sent_was_shown,
    no_loop_without_a_question,
    a_call_is_long_enough,
)
RENDERING_CHECKS: tuple[Check, ...] = (every_rendering_fits,)


def warnings(menu: Menu, program: Program) -> list[Fault]:
    """What may be published but should be known."""
    return sorted([*_slow_questions(menu, program), *_idle_outcomes(menu, program)])


def _slow_questions(menu: Menu, program: Program) -> Iterator[Fault]:
    for name, screen in menu.screens.items():
        seconds = seconds_at(screen, program)
        if isinstance(screen.body, Ask) and seconds > ANSWER_SECONDS:
            words = (
                f"{letters(screen.body, program)} letters take {seconds:.0f} s to type; a caller has {ANSWER_SECONDS}"
            )
            yield Fault(screen.line, "M15", name, words)


def _idle_outcomes(menu: Menu, program: Program) -> Iterator[Fault]:
    for name, screen in menu.screens.items():
        for way in ways_from(screen):
            asks = way.option or screen
            source = asks.do if isinstance(asks, Option) and asks.do else asks.find
            known = program.actions.get(source or "") or program.findings.get(source or "")
            if known and way.outcome and way.outcome not in known.outcomes:
                yield Fault(asks.line, "M12", name, f"{source} never comes to {way.outcome}")


def _targets_of(screen: Screen) -> Iterator[tuple[int, str]]:
    for way in ways_from(screen):
        yield (way.option.line if way.option else screen.line), way.target
    if isinstance(screen.body, Choose):
        for name in targets(screen.go):
            yield screen.line, name


def _texts(menu: Menu) -> Iterator[tuple[str, Text, str]]:
    """Every text of the file: its screen (empty for words), itself, and what it is called."""
    for key, text in menu.words.items():
        yield "", text, f"words: {key}"
    for name, screen in menu.screens.items():
        yield name, screen.words, "end" if isinstance(screen.body, End) else "say"
        for option in screen.options:
            yield name, option.label, f"option {option.number}"


def _unknown(key: str, name: str, known: object) -> str:
    names = sorted(known) if isinstance(known, dict) else []
    close = get_close_matches(name, names, n=1)
    return f"{key}: the program has no {name}; " + (f"did you mean {close[0]}?" if close else f"it has {names}")


def _did_you_mean(name: str, menu: Menu) -> str:
    close = get_close_matches(name, menu.screens, n=1)
    return f"did you mean {close[0]}?" if close else "add it, or lead elsewhere"


def _write_instead(character: str) -> str:
    instead = plain(character).strip()
    return f"write {instead}" if instead else "leave it out"
