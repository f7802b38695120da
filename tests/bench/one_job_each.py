"""How it is usually done, to compare with: one RQ job for each SMS, which sends it with the carrier's SDK as it comes
and writes down what came of it. `python -m tests.bench.one_job_each Worker|SimpleWorker` works on the queue."""

from __future__ import annotations

import os
import sys

import rq
from africastalking.SMS import SMSService
from redis import Redis

from gateway.models import Message
from gateway.services import current

QUEUE = "one-job-each"


def send(message_id: int) -> None:
    services = current()
    sms = SMSService(services.settings.at_username, services.settings.at_api_key)
    sms._baseUrl = f"{services.settings.at_api_url}/version1"
    with services.db.transaction() as session:
        message = session.get_one(Message, message_id)
        phone, body = services.phones.open(message.person.phone_sealed), message.body
    answer = sms.send(body, [phone])
    with services.db.transaction() as session:
        message = session.get_one(Message, message_id)
        message.state = "submitted"
        message.provider_id = answer["SMSMessageData"]["Recipients"][0]["messageId"]


if __name__ == "__main__":
    with Redis.from_url(os.environ["REDIS_URL"], socket_timeout=600) as redis:
        current()
        getattr(rq, sys.argv[1])([rq.Queue(QUEUE, connection=redis)], connection=redis).work(logging_level="ERROR")
