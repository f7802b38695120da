"""Two ways of posting a callback to the gateway: over HTTP to running processes, or into an application in this one."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Flask

#: As the carrier's own requests look.
HEADERS = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "User-Agent": "at-ussd-api/1.0"}
TIMEOUT_SECONDS = 15


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: str


Post = Callable[[str, Mapping[str, str]], Answer]


def over_http(base_url: str) -> Post:
    address = urlsplit(base_url)

    def post(path: str, form: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", path, urlencode(form), HEADERS)
            response = connection.getresponse()
            return Answer(response.status, response.headers.get("Content-Type", ""), response.read().decode())
        finally:
            connection.close()

    return post


def in_process(app: Flask) -> Post:
    def post(path: str, form: Mapping[str, str]) -> Answer:
        response = app.test_client().post(path, data=urlencode(form), headers=HEADERS)
        return Answer(response.status_code, response.content_type, response.text)

    return post
