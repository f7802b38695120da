"""The language of menu trees: grammar, loader, checker, rendering. Knows nothing of people, Redis or time."""
