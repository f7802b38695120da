"""The command line: one module for each group of `flask --app wsgi ...`."""
