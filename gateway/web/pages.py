"""What every page for a browser has: files that are kept under their version, and a policy that allows little else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Response, send_from_directory

_YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Files:
    """The folder of scripts, styles and pictures of some pages."""

    folder: Path

    @cached_property
    def version(self) -> str:
        """Of all of them together, so that modules which import each other are all of one version."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.iterdir()):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()[:12]

    def send(self, version: str, name: str) -> Response:
        """Under another version as well, but then it is not to be kept. 404 outside of the folder."""
        response = send_from_directory(self.folder, name, max_age=_YEAR_SECONDS if version == self.version else 0)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def protect(response: Response, **allowed: str) -> Response:
    """Nobody keeps the page, frames it, or adds to it. `allowed` names what it loads, e.g. `style_src="'self'"`."""
    rules = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"}
    rules |= {name.replace("_", "-"): source for name, source in allowed.items()}
    response.headers["Content-Security-Policy"] = "; ".join(f"{name} {source}" for name, source in rules.items())
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
