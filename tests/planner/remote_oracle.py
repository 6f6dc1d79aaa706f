"""A model server on this machine that plans one task, and says the motions to it from the scene as text."""

from __future__ import annotations

import re
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.planner.remote_server import Script, says

_VECTOR = r"\((-?[\d.]+), (-?[\d.]+), (-?[\d.]+)\)"
_WORDS = (("forward", "back"), ("left", "right"), ("up", "down"))


class Oracle(Script):
    """Answers requests for a plan with ``task``, for the meaning of words with ``meaning``, and all others with the
    next motion of a pick or a put in a bowl."""

    def __init__(self, task: object, meaning: object = "unclear") -> None:
        super().__init__(self._answer)
        self.task, self.meaning = task, meaning

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        content = self.bodies[-1]["messages"][1]["content"]
        text = content if isinstance(content, str) else content[0]["text"]
        plan = {"answer": {"type": "task", "names": [], "task": self.task}}
        if "The person says: " in text:
            says({"meaning": self.meaning})(handler)
        else:
            says(_motion(text) if "Now: " in text else plan)(handler)


def _motion(text: str) -> dict[str, Any]:
    tool = _vector(r"gripper at ", text)
    step = text.split("Now: ")[1]
    verb, name = re.match(r"(pick up|put) the (\w+ \w+)", step).groups()  # type: ignore[union-attr]
    thing = _line(name, text)
    if verb == "pick up" and "held by the gripper" in thing:
        return _says(["move arm up"], "close")
    goal = _vector("centre ", thing if verb == "pick up" else _line(re.search(r" in the (\w+ \w+)", step)[1], text))  # type: ignore[index]
    off = [goal[0] - tool[0], goal[1] - tool[1]]
    is_far = max(map(abs, off)) > (0.012 if verb == "pick up" else 0.03)
    if verb == "pick up":
        down, gripper = goal[2] + (0.10 if is_far else 0.0) - tool[2], "open"
    else:
        down, gripper = (0.18 if is_far else 0.12) - tool[2], "close" if is_far else "open"
    slack = 0.006 if verb == "pick up" else 0.012
    parts = [_part(axis, way) for axis, way in enumerate([*off, down]) if abs(way) > (slack if axis < 2 else 2 * slack)]
    return _says(parts, "close" if verb == "pick up" and not parts else gripper)


def _says(parts: list[str], gripper: str) -> dict[str, Any]:
    return {"motions": parts, "gripper": gripper, "speed": "plain"}


def _part(axis: int, way: float) -> str:
    degree = "slightly " if abs(way) < 0.03 else "far " if abs(way) > 0.15 else ""
    return f"move arm {degree}{_WORDS[axis][0 if way > 0 else 1]}"


def _line(name: str, text: str) -> str:
    return next(line for line in text.splitlines() if f": {name}, centre" in line)


def _vector(before: str, text: str) -> list[float]:
    found = re.search(before + _VECTOR, text)
    assert found is not None, text
    return [float(number) for number in found.groups()]
