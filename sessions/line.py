"""Kept connections to Redis for the two round trips of a hop: redis-py's client costs more around each than they do.

The connections are redis-py's (address, password, TLS, timeouts), and so is the rule for faults: what fails is tried
once more on a new connection, then it raises RedisError.
"""

from __future__ import annotations

from typing import Any

from redis import Redis
from redis.connection import AbstractConnection


class Line:
    """As many connections as there are threads asking at once. Opened when asked: a process may fork before."""

    def __init__(self, redis: Redis) -> None:
        self._pool = redis.connection_pool
        self._idle: list[AbstractConnection] = []

    def ask(self, *command: str | bytes | int) -> Any:
        """The answer, strings as bytes. Raises RedisError."""
        connection = self._taken()
        packed = connection.pack_command(*command)  # type: ignore[no-untyped-call]

        def exchange() -> Any:
            connection.send_packed_command(packed)  # type: ignore[no-untyped-call]
            return connection.read_response()

        is_whole = False
        try:
            answer = connection.retry.call_with_retry(exchange, lambda _: connection.disconnect())  # type: ignore[no-untyped-call]
            is_whole = True
        finally:
            if not is_whole:
                # Whatever was not read is the answer to nobody's next question.
                connection.disconnect()  # type: ignore[no-untyped-call]
            self._idle.append(connection)
        return answer

    def _taken(self) -> AbstractConnection:
        try:
            # One step, so that no two threads get the same.
            return self._idle.pop()
        except IndexError:
            connection: AbstractConnection = self._pool.connection_class(**self._pool.connection_kwargs)
            return connection
