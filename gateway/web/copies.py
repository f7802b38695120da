"""The SMS that this process has stored lately: a copy of one is answered without asking the database.

An SMS is named here only after its commit, and its row stays; so whoever is here is there, and whoever is not may be.
"""

from __future__ import annotations

import threading

#: The carrier repeats each once a minute for twelve hours, while it is not answered.
_MOST = 10_000


class Copies:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[str, None] = {}

    def __contains__(self, identity: str) -> bool:
        return identity in self._ids

    def add(self, identity: str) -> None:
        with self._lock:
            self._ids[identity] = None
            if len(self._ids) > _MOST:
                del self._ids[next(iter(self._ids))]
