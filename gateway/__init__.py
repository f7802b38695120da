"""Flask, complaints, messages, officers, simulator: everything that knows people."""
