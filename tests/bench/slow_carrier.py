"""A provider that takes 100 ms for each message: prints its port, answers as Africa's Talking, and tells at `/seen` how
many messages it has taken and how long the first and the last were apart."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time

TAKES_SECONDS = 0.1

_times: list[float] = []
_ids = itertools.count(1)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-len")), 0
            )
            await reader.readexactly(length)
            if head.startswith(b"POST /version1/messaging"):
                _times.append(time.monotonic())
                await asyncio.sleep(TAKES_SECONDS)
                answer = _accepted()
            else:
                answer = {"count": len(_times), "seconds": _times[-1] - _times[0] if _times else 0}
                if head.startswith(b"GET /forget"):
                    _times.clear()
            content = json.dumps(answer).encode()
            writer.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n")
            writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def _accepted() -> dict[str, object]:
    recipient = {
        "cost": "KES 0.8000",
        "messageId": f"ATXid_{next(_ids):032x}",
        "messageParts": 1,
        "number": "+254700000101",
        "status": "Success",
        "statusCode": 101,
    }
    return {"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [recipient]}}


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
