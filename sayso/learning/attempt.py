"""One attempt at one instruction: every moment of it, and what a person said meanwhile.

An attempt is a file of JSON lines in a run's folder: an `Opening`, then `Moment` and `Said` in order of time, then an
`Ending`. A killed run has no ending. All times are s from the attempt's start, positions m in the base frame.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sayso.errors import UserError
from sayso.result import CorrectionLevel, Outcome, Source

FILE_NAME = "attempt.jsonl"
LIVE_NAME = "attempt-live.jsonl"
"""The file's name until the run is saved."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Point = tuple[Number, Number, Number]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Opening(_Line):
    """The ``instruction``, and who tries it: the ``robot`` by its name, its ``arm``, the digests of its ``models``."""

    kind: Literal["opening"] = "opening"
    version: Literal[1] = 1
    when: AwareDatetime
    instruction: str
    robot: str
    arm: str
    seed: int
    models: dict[str, str] = {}


class Aim(_Line):
    """The goal of the subtask, as `sayso.skills.goal.SubtaskGoal`.

    ``size`` is the width between the fingers, twice, and the height; ``hang`` None: half of that. ``shift`` is by how
    much what was said has shifted the goal, the clearance by its height.
    """

    position: Point
    size: Point
    hang: Number | None = None
    yaw: Number
    held: bool
    place: Point | None = None
    tolerance: Number
    clearance: Number
    shift: Point | None = None


class InForce(_Line):
    """A language motion in force, and who chose it."""

    motion: str
    by: Source


class Moment(_Line):
    """The motion in force at ``t`` and what it was chosen from: the ``features`` of motion planner and policy.

    ``thing`` and ``thing_kind`` are the object of the ``subtask``, ``tool`` is the hand's position.
    """

    kind: Literal["moment"] = "moment"
    t: Number
    motion: str
    by: Source
    subtask: str
    thing: str
    thing_kind: str
    tool: Point
    aim: Aim
    features: tuple[Number, ...]


class SeenThing(_Line):
    """One object of the scene."""

    id: str
    name: str
    position: Point
    size: Point
    yaw: Number


class Said(_Line):
    """What a person said at ``t``, what was understood and answered, and the circumstances.

    ``motion`` for ``seconds`` is what a correction of a motion asks for, ``target`` the object that it names,
    ``instruction`` the new goal, ``nudge`` by how much it shifts the subtask's goal. ``before`` is the motion in force
    until then. A later line of the same ``number`` takes the place of an earlier one.
    """

    kind: Literal["said"] = "said"
    number: int
    t: Number
    text: str
    level: CorrectionLevel
    read_as: str
    answer: str = ""
    motion: str | None = None
    seconds: Number = 0.0
    pace: Number | None = None
    nudge: Point | None = None
    target: str | None = None
    instruction: str | None = None
    before: InForce | None = None
    subtask: str = ""
    held: str | None = None
    tool: Point | None = None
    scene: tuple[SeenThing, ...] = ()


class Ending(_Line):
    """How the attempt ended; ``success`` is the simulator's verdict where there is one."""

    kind: Literal["ending"] = "ending"
    t: Number
    outcome: Outcome
    success: bool | None = None


Line = Annotated[Opening | Moment | Said | Ending, Field(discriminator="kind")]
_LINES: TypeAdapter[Line] = TypeAdapter(Line)


def written(line: Opening | Moment | Said | Ending) -> str:
    """A line of the file, with its end."""
    return json.dumps(line.model_dump(mode="json", exclude_defaults=False), ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as its ``file`` holds it; ``ending`` is None for one that was killed or still lasts.

    ``digest`` is that of the file's content.
    """

    file: Path
    digest: str
    opening: Opening
    moments: tuple[Moment, ...]
    said: tuple[Said, ...]
    ending: Ending | None

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self.file.parent

    @property
    def succeeded(self) -> bool:
        """Whether it was done, by the simulator where it judges, else by the robot's belief."""
        if self.ending is None:
            return False
        return self.ending.outcome == "done" and self.ending.success is not False

    @property
    def outcome(self) -> str:
        """How it ended, in a word."""
        if self.ending is None:
            return "not ended"
        return "failed" if self.ending.outcome == "done" and self.ending.success is False else self.ending.outcome

    def after(self, said: Said) -> Moment | None:
        """The first moment after ``said``; None if there is none."""
        return next((m for m in self.moments if m.t > said.t), None)

    def around(self, said: Said, before_s: float, after_s: float) -> tuple[Moment, ...]:
        """The moments around ``said``."""
        return tuple(m for m in self.moments if said.t - before_s <= m.t <= said.t + after_s)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The attempt of the run in ``folder``, also of one that was killed. Raises `UserError`."""
        file = folder / FILE_NAME if (folder / FILE_NAME).exists() else folder / LIVE_NAME
        try:
            content = file.read_bytes()
        except OSError as error:
            if not folder.exists():
                raise UserError(f"there is no folder {folder}") from None
            raise UserError(f"{folder} holds no attempt: {FILE_NAME}: {error.strerror}") from None
        opening, ending = None, None
        moments: list[Moment] = []
        said: dict[int, Said] = {}
        whole = content[: content.rfind(b"\n") + 1]  # a kill may have cut the last line
        for number, row in enumerate(whole.splitlines(), 1):
            try:
                line = _LINES.validate_json(row)
            except ValidationError as error:
                first: Any = error.errors()[0]
                raise UserError(f"{file}, line {number}: {first['msg']}") from None
            if isinstance(line, Opening):
                opening = line
            elif isinstance(line, Moment):
                moments.append(line)
            elif isinstance(line, Said):
                said[line.number] = line
            else:
                ending = line
        if opening is None:
            raise UserError(f"{file} has no opening line")
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        return cls(file, digest, opening, tuple(moments), tuple(said[n] for n in sorted(said)), ending)


def holds_attempt(folder: Path) -> bool:
    """Whether a run has left an attempt in ``folder``."""
    return (folder / FILE_NAME).is_file() or (folder / LIVE_NAME).is_file()


def attempts_in(places: list[Path]) -> list[Attempt]:
    """The attempts of the runs at ``places``: folders of runs, or folders that hold such. Raises `UserError`."""
    out: list[Attempt] = []
    for place in places:
        if holds_attempt(place):
            out.append(Attempt.load(place))
            continue
        if not place.is_dir():
            raise UserError(f"there is no folder {place}")
        inside = sorted({file.parent for name in (FILE_NAME, LIVE_NAME) for file in place.rglob(name)})
        if not inside:
            raise UserError(f"{place} holds no run with a record of corrections; sayso run leaves one")
        out += [Attempt.load(folder) for folder in inside]
    return out
