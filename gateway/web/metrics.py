"""`/metrics`: the gateway in numbers, open like `/healthz`: nothing in it is about a person."""

from __future__ import annotations

from flask import Blueprint, Response

from gateway import clock
from gateway.services import of_app

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
def show() -> Response:
    # A tenth of the start-up, which nobody should pay who is not asked for numbers.
    from prometheus_client import CONTENT_TYPE_LATEST

    from gateway.metrics import text

    content = text(of_app().db, clock.now())
    return Response(content, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
