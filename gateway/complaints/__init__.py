"""Complaints: their references, states, routing and promise. Knows nothing of channels and screens."""
