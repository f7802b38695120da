"""The names a menu file may use, declared beside the functions behind them: what residents can ask and do.

Nothing that is on the way to a screen reads the database, unless the screen shows what is in it.
"""

from gateway.ussd.program import complaints, help, place, report
from gateway.ussd.program.call import Call, program

__all__ = ["Call", "complaints", "help", "place", "program", "report"]
