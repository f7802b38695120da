"""`/`: what this address is, for somebody who opens it in a browser."""

from __future__ import annotations

from flask import Blueprint, render_template

from gateway.services import of_app

front = Blueprint("front", __name__, template_folder="templates")


@front.get("/")
def welcome() -> str:
    return render_template("front.html", settings=of_app().settings)
