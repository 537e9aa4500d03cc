"""The generator of load: a process of its own, so that it shares no interpreter with what it measures.

It reads plans from standard input, each a line of JSON, and prints what it saw of each as a line. A plan is `{port,
connections, seconds, requests: [{method, path, cookie, body}]}`. Each connection is kept open and asks the requests in
turn, each after the answer to the one before. `{n}` in a body becomes a number that does not come back, so that no two
hand-ins are equal.
"""

import itertools
import json
import socket
import sys
import threading
import time
from typing import Any, BinaryIO

_numbers = itertools.count(time.time_ns())


def encode(request: dict[str, Any]) -> bytes:
    """The request as it goes over the wire, `{n}` filled in."""
    body = request.get("body", "").replace("{n}", str(next(_numbers))).encode()
    lines = [f"{request['method']} {request['path']} HTTP/1.1", "Host: localhost"]
    if request.get("cookie"):
        lines.append(f"Cookie: {request['cookie']}")
    if request["method"] == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answer(stream: BinaryIO) -> tuple[int, int, bool]:
    """Read one answer: its status, the length of its body in bytes, and whether the line stays open."""
    status = int(stream.readline().split(b" ", 2)[1])
    length, chunked, keep = 0, False, True
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.lower().partition(b":")
        if name == b"content-length":
            length = int(value)
        elif name == b"transfer-encoding":
            chunked = b"chunked" in value
        elif name == b"connection":
            keep = b"close" not in value
    if chunked:
        while size := int(stream.readline(), 16):
            length += size
            stream.read(size + 2)
        stream.readline()
    else:
        stream.read(length)
    return status, length, keep


class Line(threading.Thread):
    """One connection: asks until time is up. ``seen`` has (status, bytes, seconds) of each answer."""

    def __init__(self, port: int, requests: list[dict[str, Any]], until: float) -> None:
        super().__init__(daemon=True)
        self.port, self.requests, self.until = port, itertools.cycle(requests), until
        self.seen: list[tuple[int, int, float]] = []
        self.broken = 0

    def run(self) -> None:
        while time.perf_counter() < self.until:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._ask(line)
            except (OSError, IndexError, ValueError):  # the server hung up
                self.broken += 1
                time.sleep(0.005)

    def _ask(self, line: socket.socket) -> None:
        with line.makefile("rb") as stream:
            keep = True
            while keep and time.perf_counter() < self.until:
                wire = encode(next(self.requests))
                begun = time.perf_counter()
                line.sendall(wire)
                status, length, keep = answer(stream)
                self.seen.append((status, length, time.perf_counter() - begun))


def measure(plan: dict[str, Any]) -> dict[str, Any]:
    """Do the plan; times are in milliseconds."""
    count = plan["connections"]
    requests = plan["requests"]
    begun = time.perf_counter()
    # Each connection begins elsewhere in the row, so that not all do the same thing at once.
    shares = [requests[n % len(requests) :] + requests[: n % len(requests)] for n in range(count)]
    lines = [Line(plan["port"], share, begun + plan["seconds"]) for share in shares]
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    took = time.perf_counter() - begun
    seen = [one for line in lines for one in line.seen]
    times = sorted(seconds * 1000 for _status, _bytes, seconds in seen)
    statuses: dict[str, int] = {}
    for status, _bytes, _seconds in seen:
        statuses[str(status)] = statuses.get(str(status), 0) + 1
    return {
        "requests": len(seen),
        "broken": sum(line.broken for line in lines),
        "statuses": statuses,
        "per_second": len(seen) / took,
        "p50": at(times, 0.50),
        "p95": at(times, 0.95),
        "slowest": at(times, 1.0),
        "bytes": max((length for _status, length, _seconds in seen), default=0),
    }


def at(ordered: list[float], share: float) -> float:
    """The value below which that share of them lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(measure(json.loads(line))) + "\n")
        sys.stdout.flush()
