"""SMS both ways: what we owe, how it is sent and reported, and what came in. Knows nothing of complaints."""
