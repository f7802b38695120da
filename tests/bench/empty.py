"""The least that Flask can do, to compare with."""

from __future__ import annotations

from flask import Flask, Response

app = Flask(__name__)


@app.post("/at/<token>/<callback>")
def answer(token: str, callback: str) -> Response:
    return Response("END Hatua", 200, mimetype="text/plain")


@app.get("/readyz")
def ready() -> str:
    return "ok"
