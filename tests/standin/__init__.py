"""Stand-ins for the world outside: the carrier, residents with phones, a database server, real processes."""
