"""The desk as a whole: one door for all its pages, one policy, and plain words when something is away."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from gateway import db
from gateway.desk import door
from gateway.desk.complaints import complaints
from gateway.desk.messages import messages
from gateway.services import of_app
from gateway.web.pages import Files, protect

desk = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
FILES = Files(Path(__file__).parent / "static")
_SELF = "'self'"

for part in (door.door, complaints, messages):
    desk.register_blueprint(part)
desk.before_request(door.admit)


@desk.get("/static/<version>/<path:name>")
def static(version: str, name: str) -> Response:
    return FILES.send(version, name)


@desk.after_request
def _protect(response: Response) -> Response:
    if response.mimetype != "text/html":
        return response
    return protect(response, style_src=_SELF, img_src=_SELF, form_action=_SELF)


@desk.context_processor
def _known() -> dict[str, object]:
    return {"files": FILES.version, "settings": of_app().settings}


@desk.errorhandler(CSRFError)
def _forged(_error: CSRFError) -> ResponseReturnValue:
    return _sorry(400, "This page was too old.", "Nothing was changed. Please go back, load the page again and repeat.")


@desk.errorhandler(HTTPException)
def _refused(error: HTTPException) -> ResponseReturnValue:
    if error.code == HTTPStatus.NOT_FOUND:
        return _sorry(error.code, "There is nothing here.", "It is not there, or not for your places and kinds.")
    return _sorry(error.code or 500, "That did not work.", "Please go back and try again.")


def _away(_error: Exception) -> ResponseReturnValue:
    return _sorry(503, "The database is away.", "Calls and SMS go on meanwhile. Please try again in a minute.")


for error in db.AWAY:
    desk.register_error_handler(error, _away)


def _sorry(status: int, title: str, words: str) -> ResponseReturnValue:
    return render_template("desk/sorry.html", title=title, words=words), status
