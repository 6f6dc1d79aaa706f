"""The world suite: a world's own instructions, from its pixels, with its own verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sayso.errors import UserError
from sayso.hardware.robot import RobotError
from sayso.hardware.worlds.open import WORLD, open_world
from sayso.session import Options, Session

Record = dict[str, Any]
OWN_CHOICE = "what the world asks for"
HELD_OUT = 740_000_000  # no seed of a demonstration


def tasks_of(name: str) -> tuple[tuple[str | None, ...], str, str]:
    """The tasks that the world ``name`` has, None for its own choice, the name of its arm, and that of the detector.

    Raises `RobotError`.
    """
    world = open_world(name)
    try:
        return world.tasks or (None,), world.spec.name, "detector" if world.depth else "detector-rgb"
    finally:
        world.close()


@lru_cache(maxsize=1)
def _session(name: str, models: Path) -> Session:
    """A process's only session; models are loaded once for all its episodes."""
    return Session(f"{WORLD}:{name}", seed=HELD_OUT, models=models, options=Options(listen=False))


def attempt(name: str, task: str | None, models: Path, seed: int) -> Record:
    """One episode; "ok": the world says that it is done, and the robot believes so."""
    try:
        session = _session(name, models)
    except RobotError as error:
        raise UserError(str(error)) from error
    asked = session.reset(HELD_OUT + seed, task)
    result = session.run(asked.instruction)
    believed, done = result.outcome == "done", result.success
    return {
        "ok": believed and done is True,
        "believed": believed,
        "done": done,
        "outcome": result.outcome,
        "seconds": round(result.duration_s, 2),
        "said": asked.instruction,
        "why": result.question or result.refusal or "",
    }


def figures(records: Sequence[Record]) -> Record:
    """Believed and true success, apart, and how the runs ended."""
    whole = [r for r in records if "believed" in r]
    return {
        "believed and done": sum(r["believed"] and r["done"] is True for r in whole),
        "believed, not done": sum(r["believed"] and r["done"] is False for r in whole),
        "done, not believed": sum(not r["believed"] and r["done"] is True for r in whole),
        "neither": sum(not r["believed"] and r["done"] is False for r in whole),
        "not judged": sum(r["done"] is None for r in whole),
        "outcomes": dict(sorted(Counter(r["outcome"] for r in whole).items())),
    }
