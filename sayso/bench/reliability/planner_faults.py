"""A faulty model server: no plan results, and the loop beside the planner misses no more ticks (P1)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from sayso.bench.reliability.rig import DUE, LATE, STATE, STATES, missed, moves, running, wait_for
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.control.state_machine import State
from sayso.hardware.types import Array, Pose
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.background import GRACE_S, BackgroundPlanner
from sayso.planner.plan import Plan
from sayso.planner.remote.planner import RemotePlanner
from sayso.stats import percentiles

DEADLINE_S = 1.0
SLACK_S = 0.5  # allowed delay of the answer beyond the deadline, on a busy computer
MISSED_SHARE = 0.005
QUIET_S = 1.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
MANY = b" " * (10 << 20)
Behave = Callable[[BaseHTTPRequestHandler, threading.Event], None]


def chat(content: object) -> bytes:
    """The body of a chat completion with this content."""
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": json.dumps(content)}}]}).encode()


def _plan(thing: str) -> bytes:
    return chat({"answer": {"type": "plan", "subtasks": [{"verb": "pick up", "object": thing}]}})


def sends(body: bytes, length: int | None = None) -> Behave:
    """Answer with this body; ``length`` lies about its size."""

    def behave(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
        handler.wfile.write(HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) if length is None else length) + body)

    return behave


def _waits(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    over.wait(10 * DEADLINE_S)
    handler.wfile.write(HEAD + b"\r\n" + _plan("b1"))


def _drips(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    handler.wfile.write(HEAD + b"Content-Length: 100000\r\n\r\n")
    while not over.wait(0.02):
        handler.wfile.write(b"a")


def _endless(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    handler.wfile.write(HEAD + b"\r\n" + MANY)


def _ends(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    """Send no answer."""


RIGHT = sends(_plan("b1"))
FAULTS: dict[str, Behave] = {
    "half an answer": sends(_plan("b1")[:40], 5000),
    "10 MB": sends(b"[" + MANY + b"]"),
    "10 MB without a length": _endless,
    "a plan for what is not there": sends(_plan("b9")),
    "no JSON": sends(b"<html>"),
    "deeply nested": sends(b"[" * 200_000),
    "late": _waits,
    "byte by byte": _drips,
    "nothing": _ends,
}


@contextmanager
def fault_server(behave: Behave) -> Iterator[str]:
    """The base URL of a model server on this computer that answers every request by ``behave``."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            with suppress(OSError):  # the client has closed the connection
                behave(self, over)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def ask(url: str, clock: Clock | None = None) -> tuple[object, float]:
    """The planner's answer with the model server at ``url``, asked as by a session, and its delay in s."""
    clock = clock or MonotonicClock()
    with BackgroundPlanner(RemotePlanner("model", url), deadline_s=DEADLINE_S) as planner:
        asked = clock.now()
        planner.submit("pick up the red block", one_block())
        while (found := planner.poll()) is None:
            clock.sleep_until(clock.now() + 0.005)
        return found[1], clock.now() - asked


def misanswer(arm: str, seed: int) -> dict[str, Any]:
    """Ask a server with each fault while the arm moves: no plan, an answer in time, and no effect on the loop."""
    order = [str(name) for name in np.random.default_rng(seed).permutation(list(FAULTS))]
    with running(arm, load=False) as robot:
        wait_for(robot, moves)
        start = robot.clock.now()
        robot.clock.sleep_until(start + QUIET_S)
        begun, wrong = robot.clock.now(), []
        for name in order:
            with fault_server(FAULTS[name]) as url:
                answer, took = ask(url, robot.clock)
            if isinstance(answer, Plan) or took > DEADLINE_S + GRACE_S + SLACK_S:
                wrong.append(f"{name}: {answer} after {took:.1f} s")
        rows = robot.stamps.rows()
    quiet, beside = rows[(rows[:, DUE] >= start) & (rows[:, DUE] < begun)], rows[rows[:, DUE] >= begun]
    ran = bool((beside[:, STATE] == STATES.index(State.RUNNING)).all())
    ok = not wrong and ran and missed(beside, arm) <= MISSED_SHARE * len(beside) + 1
    lateness = {"ms late before": late(quiet), "ms late beside": late(beside)}
    return {"ok": bool(ok), "ticks": len(beside), "missed": missed(beside, arm), "wrong": wrong} | lateness


def late(rows: Array) -> dict[str, float]:
    """Percentiles of a loop's lateness in ms."""
    return percentiles((1e3 * rows[:, LATE]).tolist(), (50, 99))


def one_block() -> Scene:
    """A red block on the table."""
    block = SceneObject("b1", {"block": 1.0}, {"red": 1.0}, np.array([0.45, 0.1, 0.02]), np.full(3, 0.04))
    return Scene(0.0, (block,), Pose(np.array([0.4, 0.0, 0.3]), np.diag([1.0, -1.0, -1.0])))
