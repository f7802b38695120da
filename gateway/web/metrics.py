"""`/metrics`: the gateway in numbers, open like `/healthz`: nothing in it is about a person."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from gateway import clock
from gateway.metrics import text
from gateway.services import of_app

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
def show() -> Response:
    content = text(of_app().db, clock.now())
    return Response(content, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
