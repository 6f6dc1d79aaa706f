"""Attempts made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sayso.learning.attempt import Aim, Ending, InForce, Moment, Opening, Said
from sayso.learning.attempt_writer import AttemptWriter
from sayso.result import Outcome

OPENING = Opening(
    when=datetime(2026, 11, 27, 12, tzinfo=UTC), instruction="pick up the red block", robot="sim", arm="panda", seed=3
)
AIM = Aim(position=(0.5, 0.0, 0.02), size=(0.04, 0.04, 0.04), yaw=0.0, held=False, tolerance=0.006, clearance=0.0)


def moment(t: float, motion: str = "move arm down", by: str = "planner", tool: float = 0.2, aim: Aim = AIM) -> Moment:
    """A moment while the red block is picked up, the hand at that height."""
    return Moment(
        t=t, motion=motion, by=by, subtask="pick up the red block", thing="red block", thing_kind="block",
        tool=(0.5, 0.0, tool), aim=aim, features=(0.0, t, tool),
    )  # type: ignore[arg-type]  # fmt: skip


def said(number: int, t: float, motion: str | None = "move arm up", text: str = "higher") -> Said:
    """A correction of a motion, or without one a remark."""
    return Said(
        number=number, t=t, text=text, level="remark" if motion is None else "motion", read_as=motion or "a remark",
        motion=motion, seconds=0.0 if motion is None else 1.0, subtask="pick up the red block",
        before=InForce(motion="move arm down", by="planner"),
    )  # fmt: skip


def leave(
    folder: Path, lines: Sequence[Moment | Said], outcome: Outcome | None = "done", success: bool | None = True
) -> Path:
    """Write an attempt into ``folder`` as a run does; without an ``outcome`` as a killed run leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = AttemptWriter(folder, OPENING)
    for line in lines:
        if isinstance(line, Said):
            assert writer.say(line).wait(10.0)
        else:
            writer.see(line)
    writer.close(None if outcome is None else Ending(t=9.0, outcome=outcome, success=success))
    return folder
