"""``result.json`` of a run, schema 1 of the public interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import TypeAdapter, ValidationError

from sayso.errors import UserError
from sayso.files import write_atomic

FILE_NAME = "result.json"
Outcome = Literal["done", "failed", "asked", "refused", "stopped", "timeout"]
Source = Literal["planner", "operator"]
# Every sentence has a level, also those that change nothing.
CorrectionLevel = Literal["stop", "motion", "subtask", "goal", "resume", "remark", "ask", "unknown"]
ReplanLevel = Literal["motion", "subtask", "plan", "ask", "stop"]


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A subtask, its start ``t`` (s from the run's start) and its outcome."""

    t: float
    subtask: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Motion:
    """A language motion in force from ``t`` s on, and its source."""

    t: float
    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Correction:
    """A phrase that arrived at ``t`` s and its reading; ``latency_ms`` is the delay from its arrival to the first
    changed joint target, None if none changed."""

    t: float
    text: str
    level: CorrectionLevel
    read_as: str
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Replan:
    """A change of plan at ``t`` s: level, reason, and the critic's probability of failure ``p``.

    ``cause`` of the failure and ``remedy``, if the critic that looks ahead has called for the change.
    """

    t: float
    level: ReplanLevel
    reason: str
    p: float
    cause: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class RobotEvent:
    """An event of arm or camera at ``t`` s, such as bridged readings, a hold, a fault or a lost camera.

    Differences from the training data are events too.
    """

    t: float
    text: str


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What a disturbance of the simulated world did at ``t`` s, in words; the robot is not told."""

    name: str
    t: float
    what: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request to a model server: for a plan, a motion or a correction, its time in s and its HTTP status (None: no
    answer). ``tokens_in`` and ``tokens_out`` as the server says; ``cost`` in the currency of the prices."""

    purpose: str
    seconds: float
    status: int | None
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class ObjectPose:
    """An object's true pose: ``position`` (3,) m in the base frame, ``quaternion`` (4,) x y z w."""

    kind: str
    color: str
    position: tuple[float, ...]
    quaternion: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """One run. ``outcome`` and ``plan`` are what the robot believes; ``success`` is the simulator's verdict or None,
    and ``success_reason`` then says why there is none. ``options`` are answers to the question. ``reply`` is what the
    robot said to an instruction that asked for words alone, or whose condition did not hold.

    ``rates`` has "loop_hz", "policy_hz", "motion_hz" and "missed", the loop's missed deadlines by the wall clock;
    ``latency_ms`` wall-clock percentiles by part ("policy", "motion", "planner", "scene"); ``models`` digests;
    ``sim`` the ground truth "before" and "after" by object id, written by the simulator alone, None on hardware;
    ``requests`` what a model server was asked; ``disturbances`` what was done to the simulated world.
    """

    schema: Literal[1] = 1
    instruction: str
    outcome: Outcome
    success: bool | None
    robot: str
    planner: str
    seed: int
    duration_s: float
    plan: tuple[PlanStep, ...] = ()
    motions: tuple[Motion, ...] = ()
    corrections: tuple[Correction, ...] = ()
    replans: tuple[Replan, ...] = ()
    events: tuple[RobotEvent, ...] = ()
    question: str | None = None
    refusal: str | None = None
    rates: Mapping[str, float]
    latency_ms: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    sim: Mapping[str, Mapping[str, ObjectPose]] | None = None
    success_reason: str | None = None
    options: tuple[str, ...] = ()
    requests: tuple[ModelRequest, ...] = ()
    reply: str | None = None
    disturbances: tuple[Disturbance, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The object that ``result.json`` holds."""
        return dict(_adapter().dump_python(self, mode="json", exclude=self._left_out()))

    def write(self, folder: Path) -> Path:
        """Write ``result.json`` into ``folder`` in one piece and return its path.

        Raises `UserError` if that cannot be written, `ValueError` for values that could not be read back.
        """
        text = _adapter().dump_json(self, indent=1, exclude=self._left_out())
        _adapter().validate_json(text)
        return write_atomic(folder / FILE_NAME, text + b"\n")

    def _left_out(self) -> dict[str, Any]:
        """Keys added after schema 1 that are empty and so left out."""
        added = ("events", "success_reason", "options", "requests", "reply", "disturbances")
        out: dict[str, Any] = {key: True for key in added if not getattr(self, key)}
        bare = {k: {"cause", "remedy"} for k, change in enumerate(self.replans) if not change.remedy}
        return out | ({"replans": bare} if bare else {})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a ``result.json``, named itself or by its folder. Raises `UserError` saying what is wrong where."""
        file = path / FILE_NAME if path.is_dir() else path
        try:
            return _adapter().validate_json(file.read_bytes())  # type: ignore[return-value]
        except OSError as error:
            raise UserError(f"cannot read {file}: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the file"
            raise UserError(f"{file} is not a result of schema 1: {where}: {first['msg']}") from error


@cache
def _adapter() -> TypeAdapter[RunResult]:
    return TypeAdapter(RunResult)


def deterministic_view(result: RunResult) -> dict[str, Any]:
    """`RunResult.to_json` without wall-clock values: the same seed gives the same view."""
    out = result.to_json()
    del out["latency_ms"]
    out["rates"].pop("missed", None)
    out.pop("requests", None)
    for correction in out["corrections"]:
        del correction["latency_ms"]
    return out
