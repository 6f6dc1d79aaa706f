"""The wire to a model server: each fault, with each fallback, while an arm moves beside it.

Within the deadline there is an answer of the local planner, a question, or the arm holds; no step of a faulty answer is
ever planned; and the loop is no later than before.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sayso.bench.reliability.planner_faults import (
    HEAD,
    MANY,
    MISSED_SHARE,
    QUIET_S,
    SLACK_S,
    Behave,
    chat,
    fault_server,
    late,
    one_block,
    sends,
)  # fmt: skip
from sayso.bench.reliability.rig import DUE, STATE, STATES, missed, moves, running, wait_for
from sayso.hardware.clock import Clock
from sayso.hardware.control.state_machine import State
from sayso.planner.background import GRACE_S
from sayso.planner.checks.preconditions import check_plan
from sayso.planner.errors import Fallback
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Answer, Plan, Question
from sayso.planner.remote.planner import RemotePlanner
from sayso.runtime.log import Log
from sayso.runtime.planning import Planning
from sayso.stats import percentiles

DEADLINE_S = 2.0
INSTRUCTION = "pick up the red block"
TASK = {"type": "pick", "thing": {"type": "mark", "number": 1}}
Wanted = Literal["planned", "question", "fallback"]
Record = dict[str, Any]


def answer(task: object) -> bytes:
    """The body of a right answer with this task."""
    return chat({"answer": {"type": "task", "names": [], "task": task}})


def status(code: int, body: bytes = b"", **headers: str) -> Behave:
    """Answer with an HTTP status."""

    def behave(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
        lines = [f"HTTP/1.1 {code} X", f"Content-Length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
        handler.wfile.write("\r\n".join([*lines, "", ""]).replace("_", "-").encode() + body)

    return behave


def in_turn(*behaviours: Behave) -> Callable[[], Behave]:
    """One behaviour a request, the last one for ever; made anew for each question."""

    def made() -> Behave:
        left = list(behaviours)
        return lambda handler, over: (left.pop(0) if len(left) > 1 else left[0])(handler, over)

    return made


def silence(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    """Say nothing for 30 s, then answer rightly."""
    over.wait(30.0)
    handler.wfile.write(HEAD + b"\r\n" + answer(TASK))


def proxy_of(spoil: Callable[[bytes], bytes]) -> Callable[[], Behave]:
    """Pass on a right answer, spoilt."""
    return in_turn(sends(spoil(answer(TASK))))


@dataclass(frozen=True, slots=True)
class Fault:
    """What the server does to each question, and what must come of it."""

    behave: Callable[[], Behave]
    wanted: Wanted = "fallback"


RIGHT = sends(answer(TASK))
NO_IMAGE = status(400, b'{"error": {"message": "this model does not take images"}}')
FAULTS: dict[str, Fault] = {
    "no fault": Fault(in_turn(RIGHT), "planned"),
    "5xx": Fault(in_turn(status(500, b"oops"))),
    "503 for a moment": Fault(in_turn(status(503), status(503, Retry_After="0"), RIGHT), "planned"),
    "429, Retry-After 0.5 s": Fault(in_turn(status(429, Retry_After="0.5"), RIGHT), "planned"),
    "429, Retry-After 60 s": Fault(in_turn(status(429, Retry_After="60"))),
    "30 s silence": Fault(in_turn(silence)),
    "half JSON": Fault(proxy_of(lambda body: body[: len(body) // 2])),
    "half a body": Fault(in_turn(sends(answer(TASK)[:40], 5000))),
    "10 MB": Fault(proxy_of(lambda body: body[:-1] + MANY + body[-1:])),
    "wrong schema": Fault(in_turn(sends(answer({"type": "pick", "object": "b1"})))),
    "another language": Fault(in_turn(sends(chat({"answer": {"type": "code", "python": "arm.move()"}})))),
    "wrong marks": Fault(in_turn(sends(answer({"type": "pick", "thing": {"type": "mark", "number": 7}})))),
    "wrong ids": Fault(
        in_turn(sends(chat({"answer": {"type": "plan", "subtasks": [{"verb": "pick up", "object": "b9"}]}}))),
        "question",
    ),
    "refused images": Fault(in_turn(NO_IMAGE, RIGHT), "planned"),
    "unclosed thinking": Fault(
        in_turn(sends(chat("<think>" + json.dumps({"answer": {"type": "task", "task": TASK}}))))
    ),
    "hung up": Fault(in_turn(lambda handler, over: None)),
}


def outcome(asked: Planning, clock: Clock, deadline_s: float) -> tuple[Answer | None, float]:
    """The answer and its delay (s); None if the arm holds, because the planner failed or the deadline is over."""
    began = clock.now()
    asked.ask_while_driving(INSTRUCTION, one_block(), ())
    until = began + deadline_s + GRACE_S + SLACK_S
    while (found := asked.poll()) is None and not asked.failed and clock.now() < until:
        clock.sleep_until(clock.now() + 0.005)
    return found, clock.now() - began


def problem(found: Answer | None, wanted: Wanted, fallback: Fallback, failed: str) -> str:
    """What is wrong with what came of a fault, "" for nothing."""
    if found is None:
        held = wanted == "fallback" and fallback is Fallback.HOLD and failed
        return "" if held else f"nothing within the deadline ({failed})"
    local = isinstance(found, Plan) and any("without openai:" in note for note in found.notes)
    planned = isinstance(found, Plan) and not local and [str(s) for s in found.subtasks] == [INSTRUCTION]
    right = {
        "planned": planned,
        "question": isinstance(found, Question),
        "fallback": local if fallback is Fallback.LOCAL else isinstance(found, Question) and fallback is Fallback.ASK,
    }
    return "" if right[wanted] else str(found)[:200]


def invalid(found: Answer | None) -> int:
    """How many of the planned steps cannot be carried out."""
    if not isinstance(found, Plan):
        return 0
    try:
        check_plan(found, one_block())
    except ValueError:
        return len(found.subtasks)
    return 0


def episode(name: str, models: Path, arm: str, seed: int, deadline_s: float = DEADLINE_S) -> Record:
    """Ask a server with the fault three times, once with each fallback, while the arm moves."""
    fault, local = FAULTS[name], LocalPlanner(models)
    local.plan(INSTRUCTION, one_block())  # warm
    picture = np.full((240, 320, 3), 90, np.uint8)
    wrong, took, steps = [], [], 0
    with running(arm, load=False) as robot:
        wait_for(robot, moves)
        start = robot.clock.now()
        robot.clock.sleep_until(start + QUIET_S)
        begun = robot.clock.now()
        for fallback in np.random.default_rng(seed).permutation(list(Fallback)):
            with fault_server(fault.behave()) as url:
                planner = RemotePlanner("model", url, image=lambda: picture)
                asked = Planning(planner, Log(), deadline_s, Fallback(fallback), local)
                found, seconds = outcome(asked, robot.clock, deadline_s)
                if said := problem(found, fault.wanted, Fallback(fallback), asked.failed):
                    wrong.append(f"{fallback}: {said}")
                asked.close()
            took.append(round(seconds, 3))
            steps += invalid(found)
        rows = robot.stamps.rows()
    quiet, beside = rows[(rows[:, DUE] >= start) & (rows[:, DUE] < begun)], rows[rows[:, DUE] >= begun]
    states = beside[:, STATE]
    held = states == STATES.index(State.HOLDING)  # the policy's process was late, as on a busy computer
    ran = bool((held | (states == STATES.index(State.RUNNING))).all())
    ok = not wrong and not steps and ran and missed(beside, arm) <= MISSED_SHARE * len(beside) + 1
    counts = {"asked": len(took), "invalid steps": steps, "ticks": len(beside), "missed": missed(beside, arm)}
    counts["held"] = int(held.sum())
    lateness = {"ms late before": late(quiet), "ms late beside": late(beside)}
    return {"ok": bool(ok), "wrong": wrong, "seconds": took} | counts | lateness


def figures(records: Sequence[Record]) -> Record:
    """Sums of what was asked and planned wrongly, the delay of the outcome, and the median lateness of the loop."""
    kinds = ("ms late before", "ms late beside")
    usual = {k: {p: float(np.median([r[k][p] for r in records])) for p in records[0][k]} for k in kinds}
    sums = {key: sum(r[key] for r in records) for key in ("asked", "invalid steps", "ticks", "missed", "held")}
    wrong = sum(len(r["wrong"]) for r in records)
    return sums | {"otherwise": wrong, "outcome s": percentiles([s for r in records for s in r["seconds"]])} | usual


def cells(models: Path, arm: str) -> list[tuple[str, Callable[[int], Record], int, Callable[..., Record]]]:
    """Name, episode, usual number and figures of each fault."""
    return [(name, partial(episode, name, models, arm), 20, figures) for name in FAULTS]
