"""A town that reports while everything falls over: residents who dial, report and confirm; officers who answer their
SMS; a carrier that repeats, reorders and loses what it says about its messages."""

from __future__ import annotations

import heapq
import itertools
import random
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from uuid import uuid4

from gateway import places
from tests.standin import faults
from tests.standin.carrier import NO_FAULT, Carrier, Sms
from tests.standin.dialogue import Dialogue, new_session_id
from tests.standin.faults import Fault
from tests.standin.screens import MORE

#: Sub-county and ward; an officer for each, because nobody is answered more than twenty times an hour.
WARDS = [(subcounty.name, ward.label) for subcounty in places.SUBCOUNTIES for ward in places.wards_of(subcounty.code)]
OFFICERS = [f"+2547000003{number:02d}" for number, _ in enumerate(WARDS)]
SUPERVISOR = "+254700000202"
ROSTER = f"phone,name,role,department,area\n{SUPERVISOR},Njeri Kimani,supervisor,*,*\n" + "".join(
    f"{phone},Achieng Were,officer,*,{ward}\n" for phone, (_, ward) in zip(OFFICERS, WARDS, strict=True)
)

#: While so many reports are unfinished, people call less often: a machine that is busy otherwise is not flooded.
_MANY, _PATIENCE_SECONDS = 60, 5
_REFERENCE = re.compile(r"\b\d{7,8}\b")
_QUESTION = "county says DONE"
#: What is pressed, in this order of preference, on whichever screen comes.
_PRESSED = (
    "Send",
    "Start again",
    "Mine is different",
    "English",
    "Report a problem",
    "Garbage & dumping",
    "Illegal dumping",
)


#: An SMS that the gateway has taken: id, sender, words.
Taken = tuple[str, str, str]


@dataclass(frozen=True)
class Seen:
    """What one caller was told at the end of one call."""

    phone: str
    session_id: str
    #: None where the call was told that it is saved and the number will follow.
    reference: str | None


@dataclass
class Town:
    carrier: Carrier
    seed: int
    seen: list[Seen] = field(default_factory=list)
    #: SMS of people that were answered 200.
    taken: list[Taken] = field(default_factory=list)
    #: Anything that went wrong in a thread of the town.
    faults: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._stopping = threading.Event()
        self._numbers = itertools.count(1)
        self._answered: set[tuple[str, str]] = set()
        #: References of residents who were asked whether it is fixed.
        self._asked: set[str] = set()
        self._errands: list[tuple[float, int, Callable[[], object]]] = []
        self._errand_came = threading.Condition()
        self._carriers = ThreadPoolExecutor(8, thread_name_prefix="town")
        self._threads = [threading.Thread(target=self._guarded, args=(self._run_errands,), name="errands")]

    def open(self, residents: int) -> None:
        """People begin to call and to answer."""
        self._threads += [threading.Thread(target=self._guarded, args=(self._read_sms,), name="reader")]
        for number in range(residents):
            chance = random.Random(f"{self.seed}:{number}")
            self._threads.append(threading.Thread(target=self._guarded, args=(self._live, chance), name="resident"))
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._stopping.set()
        with self._errand_came:
            self._errand_came.notify_all()
        for thread in self._threads:
            thread.join()
        self._carriers.shutdown()

    def stop_calling(self) -> None:
        """Nobody begins anything new; SMS are still answered."""
        self._is_evening = True

    _is_evening = False

    def weather(self) -> Fault:
        """What the next message meets at the carrier."""
        return self._random.choices(
            [
                NO_FAULT,
                faults.late(0.1),
                faults.late(self._random.uniform(0.3, 3)),
                faults.late(12),
                faults.accepted_then_dropped(),
                faults.dropped_before(),
                faults.http_error(500),
                faults.failed_after_accepting(),
                faults.throttled("1"),
                faults.http_error(401),
                faults.refused(501, "GatewayError"),
                faults.not_json(),
            ],
            [30, 46, 6, 0.5, 4, 2, 3, 1.5, 2, 1, 3, 1],
        )[0]

    # Residents

    def _live(self, chance: random.Random) -> None:
        while not self._stopping.is_set() and not self._is_evening:
            if self._unfinished > _MANY:
                self._stopping.wait(_PATIENCE_SECONDS)
            phone = f"+2547001{next(self._numbers):05d}"
            place = chance.choice(WARDS)
            for _attempt in range(4):
                if seen := self._report(phone, place, chance):
                    self.seen.append(seen)
                    break
            self._stopping.wait(chance.uniform(0.5, 2))

    def _report(self, phone: str, place: tuple[str, str], chance: random.Random) -> Seen | None:
        """One call; None where the caller was told nothing that binds us."""
        call = Dialogue(
            phone, self.carrier.ussd_code, lambda form: self.carrier.callback("ussd", form), session_id=new_session_id()
        )
        if not self._hop(call, call.dial, chance):
            return None
        landmark = f"Stage {next(self._numbers)}"
        for _hop in range(30):
            if call.is_over:
                break
            pressed = _press(call, place) or landmark
            if not self._hop(call, lambda pressed=pressed: call.press(pressed), chance):
                return None
        end = call.screen.text
        found = _REFERENCE.search(end)
        if found:
            return Seen(phone, call.session_id, found[0])
        return Seen(phone, call.session_id, None) if "saved" in end else None

    def _hop(self, call: Dialogue, hop: Callable[[], object], chance: random.Random) -> bool:
        """The carrier asks a few times, and sometimes once more although it was answered."""
        for attempt in range(4):
            try:
                hop() if attempt == 0 else call.repeat()
                if chance.random() < 0.05:
                    call.repeat()
                return True
            except (OSError, HTTPException):
                if self._stopping.wait(0.4):
                    return False
        return False

    @property
    def _unfinished(self) -> int:
        """Reports that were told of and not yet asked about."""
        return len(self.seen) - len(self._asked)

    # What people and the carrier do about an SMS

    def _read_sms(self) -> None:
        read = 0
        while not self._stopping.is_set():
            sent = self.carrier.sent
            while read < len(sent):
                self._answer(sent[read])
                self._report_delivery(sent[read])
                read += 1
            self._stopping.wait(0.05)

    def _answer(self, sms: Sms) -> None:
        for reference in _REFERENCE.findall(sms.text)[:1]:
            if sms.phone in OFFICERS:
                words = (f"ACK {reference}", f"DONE {reference} two lorries took it all away")
                for step in words:
                    if (sms.phone, step) not in self._answered:
                        self._say(sms.phone, step)
                        break
            elif _QUESTION in sms.text:
                self._asked.add(reference)
                self._say(sms.phone, f"YES {reference}")

    def _say(self, phone: str, words: str) -> None:
        """Until it is taken, and then perhaps again: the carrier repeats."""
        if (phone, words) in self._answered:
            return
        self._answered.add((phone, words))
        sms_id = str(uuid4())

        def taken() -> bool:
            return self.carrier.send_sms(phone, words, id=sms_id).status == 200

        def noted() -> None:
            self.taken.append((sms_id, phone, words))
            for _copy in range(self._random.choice((0, 0, 1, 3))):
                self._later(self._random.uniform(0, 3), lambda: self._attempt(taken))

        self._later(self._random.uniform(0, 0.5), lambda: self._persist(taken, noted))

    def _report_delivery(self, sms: Sms) -> None:
        """In any order, some twice, some only once the web process is back, and some never."""
        if self._random.random() < 0.08:
            return
        words = ["Sent", "Success", *self._random.sample(["Success", "Sent", "Buffered"], self._random.randint(0, 2))]
        self._random.shuffle(words)
        for word in words:

            def reported(word: str = word) -> bool:
                answer = self.carrier.post_delivery_report(sms.message_id, word, phone=sms.phone)
                return answer.status == 200

            self._later(self._random.uniform(0, 2), lambda reported=reported: self._persist(reported, lambda: None))

    def _persist(self, deed: Callable[[], bool], then: Callable[[], object]) -> None:
        if self._attempt(deed):
            then()
        else:
            self._later(0.5, lambda: self._persist(deed, then))

    @staticmethod
    def _attempt(deed: Callable[[], bool]) -> bool:
        try:
            return deed()
        except (OSError, HTTPException):
            return False

    def _later(self, seconds: float, errand: Callable[[], object]) -> None:
        with self._errand_came:
            heapq.heappush(self._errands, (time.monotonic() + seconds, next(self._numbers), errand))
            self._errand_came.notify()

    def _run_errands(self) -> None:
        while not self._stopping.is_set():
            with self._errand_came:
                left = self._errands[0][0] - time.monotonic() if self._errands else None
                if left is None or left > 0:
                    self._errand_came.wait(left)
                    continue
                errand = heapq.heappop(self._errands)[2]
            self._carriers.submit(self._guarded, errand)

    def _guarded(self, work: Callable[..., object], *arguments: object) -> None:
        try:
            work(*arguments)
        except BaseException as error:
            self.faults.append(error)
            raise

    @property
    def is_busy(self) -> bool:
        """Whether somebody still has something to say or to report."""
        with self._errand_came:
            return bool(self._errands)


def _press(call: Dialogue, place: tuple[str, str]) -> str | None:
    """What gets this call on; None where words are asked for."""
    options = call.screen.options
    for label in (*_PRESSED, *reversed(place)):
        if label in options:
            return options[label]
    return MORE if MORE in options.values() else None
