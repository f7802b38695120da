"""What a callback says, as it can be stored: PostgreSQL takes no NUL, and a column has a width."""


def storable(given: str, most: int | None = None) -> str:
    return given.replace("\x00", "\ufffd").strip()[:most]
