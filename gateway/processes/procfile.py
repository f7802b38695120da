"""The Procfile: which processes there are, and how each is started. The same file serves a host and `run`."""

from __future__ import annotations

import re
from pathlib import Path

_LINE = re.compile(r"([A-Za-z0-9_-]+):\s*(\S.*)")
#: Runs once before the others, not beside them.
RELEASE = "release"


def read(path: Path) -> dict[str, str]:
    """Command by name, in the order of the file, without the release line."""
    found = (_LINE.fullmatch(line.strip()) for line in path.read_text().splitlines())
    return {line[1]: line[2] for line in found if line and line[1] != RELEASE}
