"""The table in code is the table that the service was promised by: same steps, same actors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.complaints import states
from gateway.config import ROOT

PAGE = Path(ROOT).parent / "shared" / "reference" / "complaints.md"
LETTERS = {
    states.OWNER: "C",
    states.FOLLOWER: "F",
    states.ASSOCIATION: "RA",
    states.OFFICER: "O",
    states.SUPERVISOR: "S",
    states.DIRECTOR: "S",
    states.CHIEF: "S",
    states.DESK: "D",
    states.SYNC: "X",
    states.TIMER: "T",
    states.ADMIN: "A",
}
NAMES = {"–": (states.NOT_FILED,), "any open": states.OPEN, "any": states.STATES, "previous": (states.BACK,)}
Step = tuple[str, str, str]


def promised() -> set[Step]:
    """(from, to, who) of every row on the page."""
    lines = PAGE.read_text(encoding="utf-8").split("| From → to | Who |")[1].splitlines()[2:]
    steps: set[Step] = set()
    for line in lines:
        if not line.startswith("|"):
            break
        change, who = (cell.strip() for cell in line.strip("| ").split("|")[:2])
        outcome = re.search(r"\((confirmed|silent|withdrawn)\)", change)
        sources, target = (re.sub(r"\(.*?\)", "", side).strip() for side in change.split("→"))
        target = {"previous": states.BACK, "any": states.ANY}.get(target, target)
        who = who.replace("T only suggests", "").split("; else")[0]
        actors = re.findall(r"\b(?:RA|[CFOSDXTA])\b", re.sub(r"\(.*?\)|`.*?`", "", who))
        assert actors, line
        for source in sources.split("/"):
            for state in NAMES.get(source.strip(), (source.strip(),)):
                to = f"{target}.{outcome[1]}" if outcome else target
                steps |= {(state, to, actor) for actor in actors}
    return steps


def coded() -> set[Step]:
    return {
        (source, f"{row.target}.{row.outcome}" if row.outcome else row.target, LETTERS[role])
        for row in states.TRANSITIONS
        for source in row.sources
        for role in row.who
        # What stays where it is, or asks the same again, is no step of the table.
        if row.target not in (states.STAYS, source) or row.verb in (states.ASK, states.REFER)
    }


@pytest.mark.skipif(not PAGE.exists(), reason="the reference is not beside this repository")
def test_every_step_of_the_reference_is_possible_and_no_other() -> None:
    assert len(promised()) > 50
    assert coded() == promised()
