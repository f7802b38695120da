"""A child that ends with its parent, also when the parent is killed without a chance to say so.

Linux only; elsewhere a killed parent leaves its children, and the next `run` says what is in its way.
"""

from __future__ import annotations

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: after one, only what cannot wait for a lock may be called.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def hold() -> None:
    """For subprocess's `preexec_fn`: SIGTERM comes to this process when the thread that started it is gone."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
