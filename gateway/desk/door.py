"""Who comes in: nobody sees a page of the desk without a stay of theirs, and no form is taken from another site."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from gateway import clock
from gateway.desk import sign_ins
from gateway.desk.forms import CodeForm, PhoneForm
from gateway.desk.sign_ins import Worker
from gateway.services import of_app

door = Blueprint("door", __name__)

#: Checked for each form of the desk by `admit`, and nowhere else: the carrier's callbacks have a secret of their own.
forgery = CSRFProtect()
CONFIG = {"WTF_CSRF_CHECK_DEFAULT": False, "WTF_CSRF_TIME_LIMIT": None, "WTF_I18N_ENABLED": False}

#: In the cookie, which is signed and not secret: a ticket, the secret of a stay, the page that was wanted first.
_TICKET, _STAY, _WANTED = "ticket", "stay", "wanted"


def admit() -> ResponseReturnValue | None:
    """Before each request of the desk; `g.worker` is whoever asks."""
    forgery.protect()
    g.worker = _worker()
    if g.worker is None and request.blueprint != "desk.door" and request.endpoint != "desk.static":
        if request.method == "GET":
            session[_WANTED] = request.path
        return redirect(url_for("desk.door.sign_in"))
    return None


@door.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    if g.worker:
        return redirect(url_for("desk.complaints.listing"))
    form = PhoneForm()
    if not form.validate_on_submit():
        return render_template("desk/sign_in.html", form=form)
    services = of_app()
    with services.db.transaction() as transaction:
        session[_TICKET] = sign_ins.ask(transaction, services.settings, services.phones, form.number, clock.now())
    return redirect(url_for("desk.door.code"))


@door.route("/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    if _TICKET not in session:
        return redirect(url_for("desk.door.sign_in"))
    form = CodeForm()
    if form.validate_on_submit():
        services = of_app()
        with services.db.transaction() as transaction:
            stay = sign_ins.enter(transaction, services.settings, session[_TICKET], form.code.data or "", clock.now())
        if stay:
            return _come_in(stay)
        form.code.errors = ["This code is not right, or no longer good. Look at the newest SMS, or ask for another."]
    return render_template("desk/code.html", form=form, life=sign_ins.CODE_LIFE, most=sign_ins.MOST_CODES)


@door.route("/link/<ticket>", methods=["GET", "POST"])
def link(ticket: str) -> ResponseReturnValue:
    """Opening it does nothing yet: whatever looks at links before people do must not use it up."""
    if request.method == "GET":
        return render_template("desk/link.html")
    with of_app().db.transaction() as transaction:
        stay = sign_ins.enter_by_link(transaction, ticket, clock.now())
    return _come_in(stay) if stay else (render_template("desk/link.html", is_over=True), 410)


@door.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    if stay := session.get(_STAY):
        with of_app().db.transaction() as transaction:
            sign_ins.end(transaction, stay, clock.now())
    session.clear()
    return redirect(url_for("desk.door.sign_in"))


def _worker() -> Worker | None:
    stay = session.get(_STAY)
    if not stay:
        return None
    with of_app().db.reading() as reading:
        return sign_ins.at_desk(reading, stay, clock.now())


def _come_in(stay: str) -> ResponseReturnValue:
    wanted = session.get(_WANTED) or url_for("desk.complaints.listing")
    # Nothing that anybody else may have put into this browser stays.
    session.clear()
    session.permanent = True
    session[_STAY] = stay
    return redirect(wanted, 303)
