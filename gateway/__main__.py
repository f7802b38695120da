"""`python -m gateway web|worker|clock|run`: one process of the gateway, or all of them on this machine."""

from __future__ import annotations

import importlib
import signal
import sys

from gateway.config import SettingsError

#: Imported by name: no process pays for what another needs.
PROCESSES = {
    "web": "gateway.processes.web",
    "worker": "gateway.processes.worker",
    "clock": "gateway.processes.clock_process",
    "run": "gateway.processes.supervisor",
}


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in PROCESSES:
        sys.exit(f"usage: python -m gateway {'|'.join(PROCESSES)}")
    # Asked to stop before it has begun (imports take a while): there is nothing to finish yet.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    try:
        sys.exit(importlib.import_module(PROCESSES[sys.argv[1]]).main())
    except SettingsError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
