"""The complaints of whoever is at the desk: the list, one with its history, and whom it did not reach."""

from __future__ import annotations

import re
from typing import cast

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import clock
from gateway.complaints import followers, overview, promise, reach, rights, states
from gateway.complaints.overview import View
from gateway.complaints.record import Deed
from gateway.desk import history, rows
from gateway.desk.forms import SomebodyForm
from gateway.desk.sign_ins import Worker
from gateway.models import Complaint, Person
from gateway.services import of_app
from gateway.sms import alarms

complaints = Blueprint("complaints", __name__)

#: Who may see a number in order to call it; for the others it is masked.
MAY_CALL = (*states.ABOVE, states.DESK)
_NO_DIGITS = re.compile(r"\D+")


@complaints.get("/")
def listing() -> str:
    view, now, worker = _view(), clock.now(), _worker()
    with of_app().db.reading() as session:
        after = overview.find(session, worker.person, worker.entries, request.args.get("after", ""))
        found = overview.page(session, worker.person, worker.entries, view, now, after)
        shown = found[: overview.PAGE]
        return render_template(
            "desk/listing.html",
            view=view,
            views=View,
            rows=rows.rows(session, shown, now),
            is_first=after is None,
            next_after=shown[-1].reference if len(found) > len(shown) else None,
            alarms=alarms.ringing(session, now),
        )


@complaints.get("/find")
def find() -> ResponseReturnValue:
    """By its number, as people write it: `482 1759`."""
    reference = _NO_DIGITS.sub("", request.args.get("reference", ""))[:12]
    return redirect(url_for("desk.complaints.show", reference=reference or "-"))


@complaints.get("/complaints/<reference>")
def show(reference: str) -> str:
    with of_app().db.reading() as session:
        return _page(session, _theirs(session, reference))


@complaints.post("/complaints/<reference>/number")
def number(reference: str) -> str:
    """The number of somebody who was not reached, in this answer and nowhere else. Who asked is kept."""
    with of_app().db.transaction() as session:
        complaint = _theirs(session, reference)
        person = _write_down(session, complaint, reach.SHOWN)
        return _page(session, complaint, shown_id=person.id if person else None)


@complaints.post("/complaints/<reference>/told")
def told(reference: str) -> ResponseReturnValue:
    """Somebody who was not reached was called. Pressed twice, it is said once."""
    with of_app().db.transaction() as session:
        _write_down(session, _theirs(session, reference), reach.TOLD)
    return redirect(url_for("desk.complaints.show", reference=reference), 303)


def _write_down(session: Session, complaint: Complaint, verb: str) -> Person | None:
    """None where whom the form names has been reached meanwhile, or is nobody of this complaint."""
    form = SomebodyForm()
    role = _calling_role(session, complaint)
    if role is None or not form.validate_on_submit() or form.person.data is None:
        abort(404)
    deed = Deed(_worker().person, role, "desk", verb, clock.now())
    return reach.write_down(session, complaint, deed, form.person.data)


def _page(session: Session, complaint: Complaint, shown_id: int | None = None) -> str:
    (row,) = rows.rows(session, [complaint], clock.now())
    return render_template(
        "desk/complaint.html",
        row=row,
        people=followers.count(session, complaint),
        filed=rows.local(complaint.filed_at),
        since=rows.local(complaint.state_since),
        target=rows.local(promise.target(session, of_app().settings, complaint)),
        cycle=complaint.cycle,
        missed=rows.missed(session, complaint, shown_id),
        shown_id=shown_id,
        may_call=_calling_role(session, complaint) is not None,
        history=history.entries(session, complaint),
        local=rows.local,
    )


def _worker() -> Worker:
    return cast(Worker, g.worker)


def _theirs(session: Session, reference: str) -> Complaint:
    worker = _worker()
    return overview.find(session, worker.person, worker.entries, reference) or abort(404)


def _calling_role(session: Session, complaint: Complaint) -> str | None:
    """As which they would call somebody; None for whoever may not."""
    roles = rights.roles_on(session, _worker().person, complaint)
    return next((role for role in roles if role in MAY_CALL), None)


def _view() -> View:
    try:
        return View(request.args.get("view", View.OPEN.value))
    except ValueError:
        return View.OPEN
