"""Keys of the demo and of a rehearsal: made once under `var/`, readable by their owner only."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
from pathlib import Path

_NAMES = ("AT_API_KEY", "CALLBACK_TOKEN", "SECRET_KEY", "PHONE_KEY")


def read_or_make(var: Path) -> dict[str, str]:
    """Setting name -> value. Processes that start together agree: the first file linked into place wins."""
    path = var / "demo-keys.json"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        made = {name: secrets.token_urlsafe(32) for name in _NAMES} | {"AT_USERNAME": "hatua"}
        handle, draft = tempfile.mkstemp(dir=var)
        with os.fdopen(handle, "w") as file:
            json.dump(made, file)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its keys are read below
        finally:
            Path(draft).unlink()
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def short_folder(var: Path) -> Path:
    """A folder with a short name that belongs to this `var` alone, the same for every process."""
    return Path(tempfile.gettempdir()) / f"hatua-{os.getuid()}-{hashlib.sha256(str(var).encode()).hexdigest()[:12]}"
