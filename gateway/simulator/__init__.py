"""Feature phones in a browser, and the carrier behind them. For rehearsal and demo: only with CARRIER=simulator."""
