"""Reaction while the console is open on two screens and the recorder is on, from the person's hand to the arm's target.

The times count from the moment before a screen, a key or a terminal sends the words until the loop has written the
first changed target, on the computer's own clock. The simulated arm keeps real time.
"""

from __future__ import annotations

import math
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.reaction.screens import STOP, run_screens
from sayso.bench.tasks.shell import own_folder
from sayso.bench.tasks.tabletop import put_one
from sayso.commands.terminal import keys
from sayso.console.console import Console
from sayso.console.settings import ConsoleSettings
from sayso.errors import UserError
from sayso.hardware.clock import MonotonicClock
from sayso.hardware.control.loop import Cycle
from sayso.learning.attempt import Attempt
from sayso.runs.run import Run
from sayso.runs.run_config import RunSettings
from sayso.runtime.hearing import command_client
from sayso.runtime.subscriber import Subscriber
from sayso.session import Session
from sayso.sim.arms.own_arm import arm_model
from sayso.stats import percentiles

SEED_BASE = 740_000_000
SENTENCES, STOPS = 40, 0.2  # of an episode; the share of them that stop
PHRASES = (
    "left a bit", "right", "a bit higher", "forward", "back a little", "move up", "further left", "a bit to the right",
    "forward and slightly left", "move arm slightly down",
)  # fmt: skip
SAID, STOPPED = ("page", "sayso say"), ("word", "key", "page", "sayso stop")
GAP_S = (0.25, 0.45)  # between a sentence's effect and the next one
PATIENCE_S, LOOK_S, STAND_S = 2.0, 0.002, 0.2
LIMIT_S = 120.0


class Effects(Subscriber):
    """When what was heard changed the target: (level, s on the monotonic clock), None for what changed nothing.

    ``longest_s`` is the longest time between two cycles of the loop.
    """

    def __init__(self, session: Session) -> None:
        self._log, self._seen = session.executive.log, 0
        self.times: list[tuple[str, float]] = []
        self.cycles, self.longest_s, self._last = 0, 0.0, 0.0
        self._waits: list[Any] = []

    def cycle_ended(self, cycle: Cycle) -> None:
        """Look at what was heard, after the operator has noted what this target has changed."""
        now = time.monotonic()
        self.longest_s = max(self.longest_s, now - self._last if self.cycles else 0.0)
        self.cycles, self._last = self.cycles + 1, now
        if new := self._log.heard[self._seen :]:
            self._waits += new
            self._seen += len(new)
        for one in [h for h in self._waits if h.latency_ms is not None]:
            self._waits.remove(one)
            self.times.append((one.correction.level, now))


@dataclass(frozen=True, slots=True)
class Under:
    """Delays in ms of one episode by the way in which the words came; ``lost`` changed nothing within `PATIENCE_S`."""

    motions: dict[str, list[float]]
    stops: dict[str, list[float]]
    lost: int
    pictures: tuple[int, ...]
    recorded: int
    longest_ms: float

    def record(self) -> dict[str, Any]:
        """The record of the bench."""
        ok = bool(self.lost == 0 and self.recorded and all(self.pictures))
        return {
            "ok": ok, "motions": self.motions, "stops": self.stops, "lost": self.lost, "pictures": self.pictures,
            "recorded": self.recorded, "longest_ms": round(self.longest_ms, 1),
        }  # fmt: skip


def react(seed: int, models: Path | None = None, arm: str = "panda", sentences: int = SENTENCES) -> Under:
    """One run in real time with ``sentences`` sentences; raises `UserError` without the console's libraries."""
    rng = np.random.default_rng(SEED_BASE + seed)
    errand = put_one(rng, arm_model(arm).spec.reach)
    settings = RunSettings(
        scene=errand.scene, instruction=errand.said, robot=f"sim:{arm}", seed=SEED_BASE + seed, limit_s=LIMIT_S
    )
    page = Console(ConsoleSettings(port=0), _quiet)
    with own_folder(), tempfile.TemporaryDirectory() as folder:
        with Run(
            settings, models, live=True, tell=_quiet, pictures=True, go_on_s=math.inf, keys=page.of
        ) as run:  # fmt: skip
            run.keep(Path(folder))
            effects = Effects(run.session)
            run.session.runtime.subscribe(effects)
            with _screens(page.port, page.settings.token) as line:
                with _under_way(run, effects):
                    talk = _Talk(run.session, effects, line, rng)
                    for _ in range(sentences):
                        if not talk.goes_on():
                            break
                line.send(None)
                pictures = tuple(line.recv())
        recorded = len(Attempt.load(Path(folder)).said)
    return Under(talk.motions, talk.stops, talk.lost, pictures, recorded, effects.longest_s * 1e3)


class _Talk:
    """What a person says, one sentence after the other, each once the one before has had its effect."""

    def __init__(self, session: Session, effects: Effects, line: Connection, rng: np.random.Generator) -> None:
        self._session, self._effects, self._line, self._rng = session, effects, line, rng
        self._clock = MonotonicClock()
        self._last = ""
        self._key = keys.Keys(session, False, _quiet)
        self.motions: dict[str, list[float]] = {way: [] for way in SAID}
        self.stops: dict[str, list[float]] = {way: [] for way in STOPPED}
        self.lost = 0

    def goes_on(self) -> bool:
        """Say one sentence and wait for its effect; False once the run has ended."""
        self._sleep(float(self._rng.uniform(*GAP_S)))
        if not self._session.is_running:
            return False
        if self._rng.random() < STOPS:
            way = str(self._rng.choice(STOPPED))
            self._measure(self.stops[way], "stop", partial(self._stop, way))
            self._sleep(STAND_S)
            self._key.press(keys.GO_ON, self._clock.now())
            self._until(lambda: not self._session.stands)
        else:
            way = str(self._rng.choice(SAID))
            text = str(self._rng.choice([p for p in PHRASES if p != self._last]))
            self._measure(self.motions[way], "motion", partial(self._say, way, text))
            self._last = text
        return True

    def _measure(self, times: list[float], level: str, send: Callable[[], float]) -> None:
        before = len(self._effects.times)
        sent = send()

        def effect() -> float | None:
            return next((t for found, t in self._effects.times[before:] if found == level), None)

        self._until(lambda: effect() is not None)
        at = effect()
        if at is None:
            self.lost += 1
        else:
            times.append(round((at - sent) * 1e3, 2))

    def _say(self, way: str, text: str) -> float:
        if way == "page":
            return self._by_page(text)
        at = time.monotonic()
        command_client.say(text, self._session.steering.id)
        return at

    def _stop(self, way: str) -> float:
        if way in ("word", "page"):
            return self._by_page("stop" if way == "word" else STOP)
        at = time.monotonic()
        if way == "key":
            self._key.press(keys.STOP, at)
        else:
            command_client.stop(self._session.steering.id)
        return at

    def _by_page(self, words: str) -> float:
        self._line.send(words)
        return float(self._line.recv())

    def _until(self, true: Callable[[], bool]) -> None:
        end = self._clock.now() + PATIENCE_S
        while not true() and self._session.is_running and self._clock.now() < end:
            self._sleep(LOOK_S)

    def _sleep(self, seconds: float) -> None:
        self._clock.sleep_until(self._clock.now() + seconds)


@contextmanager
def _under_way(run: Run, effects: Effects) -> Iterator[None]:
    """The run in a thread of its own, from its first cycle on; interrupted in the end."""
    problems: list[BaseException] = []

    def work() -> None:
        try:
            run.execute()
        except BaseException as error:  # raised below, in the thread that measures
            problems.append(error)

    thread = threading.Thread(target=work, name="run", daemon=True)
    thread.start()
    clock = MonotonicClock()
    while not effects.cycles and thread.is_alive():
        clock.sleep_until(clock.now() + LOOK_S)
    try:
        yield
    finally:
        run.session.interrupt()
        thread.join()
    if problems:
        raise problems[0]


@contextmanager
def _screens(port: int, token: str) -> Iterator[Connection]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=run_screens, args=(there, port, token), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(PATIENCE_S * 30) or here.recv() != "open":
            raise UserError("the console does not answer its own screens")
        yield here
    finally:
        with suppress(OSError):
            here.close()
        process.join(PATIENCE_S)
        if process.is_alive():
            process.terminate()


def figures(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All episodes together: ms by kind and by way, and the longest time between two cycles of the loop."""
    out: dict[str, Any] = {}
    for kind in ("motions", "stops"):
        ways = {way: [v for r in records for v in r[kind][way]] for way in records[0][kind]} if records else {}
        every = [v for values in ways.values() for v in values]
        out[kind] = {"n": len(every), "ms": percentiles(every, (50, 99, 100))} | {
            way: {"n": len(values), "ms": percentiles(values, (50, 99, 100))} for way, values in ways.items() if values
        }
    out["lost"] = sum(r["lost"] for r in records)
    out["longest cycle ms"] = percentiles([r["longest_ms"] for r in records], (50, 100))
    return out


def _quiet(_: str) -> None:
    """Tell nobody."""
