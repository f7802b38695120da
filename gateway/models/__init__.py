"""The tables and their constraints; no behaviour. One module for each noun."""

from gateway.models.associations import CleanUp, Hotspot
from gateway.models.base import Base
from gateway.models.complaints import Complaint, Event
from gateway.models.escalations import Digest, Escalation
from gateway.models.followers import Follower
from gateway.models.messages import DeliveryReport, IncomingSms, Message, OutboxGate
from gateway.models.people import Person, RosterEntry, StoppedNumber
from gateway.models.questions import SmsQuestion
from gateway.models.readings import Reading
from gateway.models.sign_ins import SignIn
from gateway.models.ussd import MenuPublication, MenuVersion, UssdEffect, UssdSession

__all__ = [
    "Base",
    "CleanUp",
    "Complaint",
    "DeliveryReport",
    "Digest",
    "Escalation",
    "Event",
    "Follower",
    "Hotspot",
    "IncomingSms",
    "MenuPublication",
    "MenuVersion",
    "Message",
    "OutboxGate",
    "Person",
    "Reading",
    "RosterEntry",
    "SignIn",
    "SmsQuestion",
    "StoppedNumber",
    "UssdEffect",
    "UssdSession",
]
