"""What runs: web, worker, clock, and `run`, which keeps all of them going on one machine."""
