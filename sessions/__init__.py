"""A person in a menu tree, kept in Redis. Knows no SQL and no Flask: the gateway hands in what reaches further."""
