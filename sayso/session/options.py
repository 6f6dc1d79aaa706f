"""The options of a session, and its error."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sayso.errors import UserError
from sayso.memory_store import ReplayedMemory
from sayso.planner.errors import Fallback
from sayso.planner.remote.usage import Prices
from sayso.runtime.planning import DEADLINE_S
from sayso.session import given

if TYPE_CHECKING:
    from sayso.result import RunResult
    from sayso.session.session import Session


SIGHTS = ("pixels", "two views, no depth", "one view, no depth", "truth")


class SessionError(UserError, ValueError):
    """A call that the session cannot serve; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a session beside robot, scene, seed and planner.

    ``sees`` "pixels" is the product, with color and depth; the other `SIGHTS` leave depth or a camera out, and "truth"
    is for benchmarks that leave perception out. With ``eyes`` an arm sees any thing, not blocks and bowls alone; None:
    a real arm with depth does, and a simulated one whose scene has other things. ``limit_s`` is simulated seconds
    allowed; None: by the length of the plan. ``film`` takes snapshots for a video. A stopped arm waits ``go_on_s`` for
    "go on" before the run ends; None: 30 s where time is real and a person stopped it, 1 s in simulation and after
    `Session.stop`. ``answer_s`` is how long a question waits for an answer, beside the phrases that are scheduled; the
    arm holds meanwhile. None: a question ends the run, unless `Session.on_event` was called. ``listen``: whether `sayso
    say` and `sayso stop` reach the session. The planner has ``planner_deadline_s`` s of real time for an answer, and
    ``planner_fallback`` says what happens without one; None: the first plan raises `PlannerError`, a later one asks.
    ``planner_prices`` are those of a model server. ``caution`` (-1 to 1) is how much the local planner asks before it
    acts (`sayso.planner.reader.asking`). With ``hold_to_run`` a real arm moves only while `Session.ask` reports a held
    key. ``keys`` is entered before the arm connects and left after the arm has disconnected. ``viewpoint_yaw`` rad is
    the heading in which the person who speaks looks, counter-clockwise from the arm's own: 0 as the arm, pi towards it.
    ``memory`` is the file of names, rules, preferences and what was done (`sayso.memory_store.memory_path`), or a
    recorded one; None: the session remembers for itself. ``disturb`` are disturbances of the built-in table, NAME[@T]
    each (`sayso.sim.disturbances.kinds`), which happen to every run. ``record`` is entered with each instruction while
    it lasts and yields what takes its result (`sayso.runs.attempts`).
    """

    sees: str = "pixels"
    limit_s: float | None = None
    eyes: bool | None = None
    film: bool = False
    go_on_s: float | None = None
    answer_s: float | None = None
    listen: bool = True
    hold_to_run: bool = False
    viewpoint_yaw: float = 0.0
    planner_deadline_s: float = DEADLINE_S
    planner_fallback: Fallback | None = None
    caution: float = 0.0
    planner_prices: Prices | None = None
    keys: Callable[[Session], AbstractContextManager[object]] | None = None
    memory: Path | ReplayedMemory | None = None
    disturb: tuple[str, ...] = ()
    record: Callable[[Session, str], AbstractContextManager[Callable[[RunResult], None]]] | None = None

    def __post_init__(self) -> None:
        given.one_of("sees", self.sees, SIGHTS)
        for name in ("limit_s", "planner_deadline_s"):
            if getattr(self, name) is not None:
                given.number(name, getattr(self, name), 0.0, above=True)
        for name in ("go_on_s", "answer_s"):
            if getattr(self, name) is not None:
                given.number(name, getattr(self, name), 0.0)
        for name in ("film", "listen", "hold_to_run"):
            given.flag(name, getattr(self, name))
        given.flag("eyes", self.eyes, none=True)
        given.number("viewpoint_yaw", self.viewpoint_yaw, -given.MAX_YAW, given.MAX_YAW)
        given.number("caution", self.caution, -1.0, 1.0)
        if self.planner_fallback is not None:
            given.one_of("planner_fallback", self.planner_fallback, list(Fallback))
        given.is_of("planner_prices", self.planner_prices, Prices, "sayso.planner.remote.usage.Prices")
        given.is_of("memory", self.memory, (Path, ReplayedMemory), "a pathlib.Path")
        given.texts("disturb", self.disturb, '"moved@3"')
        given.callback("keys", self.keys)
        given.callback("record", self.record)
