"""How urgent a message is: an answer to a person's own doing, an update, a digest."""

ANSWER, UPDATE, DIGEST = URGENCIES = (0, 1, 2)
