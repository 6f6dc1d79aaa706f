"""What a session works with: an arm and its loop, perception, and, where there is one, the truth; simulated or real."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.control.loop import Cycle, Loop, Source
from sayso.hardware.robot import Robot
from sayso.hardware.world import ObjectTruth, Task
from sayso.perception.pipeline import Perception
from sayso.result import RobotEvent


class Footage(Protocol):
    """Pictures of a run: ``times`` s on the robot's clock, and as many `frames` (H, W, 3) uint8 RGB."""

    fps: float

    @property
    def times(self) -> list[float]:
        """When each was taken."""
        ...

    def clear(self) -> None:
        """Forget the pictures taken so far."""
        ...

    def frames(self) -> Iterator[NDArray[np.uint8]]:
        """The pictures, in order."""
        ...


class Backend(Protocol):
    """An arm and what belongs to it; ``arm`` names the models that move it, ``seen_with`` those that it sees with."""

    arm: str
    seen_with: tuple[str, ...]
    rested: bool  # whether the arm was laid down; then `connect` makes it ready again
    task: Task  # what the world before the arm asks for; its instruction is empty where nobody asks

    @property
    def robot(self) -> Robot:
        """The arm."""
        ...

    @property
    def perception(self) -> Perception:
        """What gives the scene."""
        ...

    @property
    def film(self) -> Footage | None:
        """Pictures of the run."""
        ...

    @property
    def events(self) -> tuple[RobotEvent, ...]:
        """What happened to the arm and its cameras, oldest first, on the robot's clock."""
        ...

    def connect(self, stopped: Callable[[], bool]) -> None:
        """Make the arm ready, also one that was stopped while it got ready. Raises `RobotError`, and `StoppedError` if
        a stop or ``stopped()`` ends it."""
        ...

    def loop(self, source: Source, on_cycle: Callable[[Cycle], None]) -> Loop:
        """The loop that drives the arm from ``source``."""
        ...

    def stop(self) -> None:
        """Brake now, from any thread; the loop's own hearing of the stop comes after this."""
        ...

    def truth(self) -> Mapping[str, ObjectTruth] | None:
        """Where everything really is, by the simulator; None where there is none."""
        ...

    def verdict(self, instruction: str, before: Mapping[str, ObjectTruth] | None) -> bool | None:
        """Whether ``instruction`` is done, begun when everything was where ``before`` says; None: nobody knows."""
        ...

    def reset(self, seed: int, task: str | None = None) -> Task:
        """Set up the world anew; `connect` then makes the arm ready. Raises `RobotError` where there is no world."""
        ...

    def begin(self) -> None:
        """An instruction is about to be carried out."""
        ...

    def go_home(self, stopped: Callable[[], bool]) -> None:
        """Move the arm home, because a person wants that; raises `StoppedError` if a stop or ``stopped()`` ends it."""
        ...

    @property
    def lies_down(self) -> bool:
        """Whether the arm moves when it is to `rest`."""
        ...

    def rest(self, stopped: Callable[[], bool]) -> None:
        """Let the arm lie down and switch off where it can; raises `StoppedError` if a stop or ``stopped()`` ends
        it."""
        ...

    def stops(self) -> int:
        """A count that differs once the stop of the arm's loop was pressed again, by anybody."""
        ...

    def clear(self, stops: int) -> None:
        """A person wants the arm to move again: the stops up to this count are over. This moves nothing."""
        ...

    @property
    def stop_line(self) -> str:
        """The name of the stop line of the arm's loop; "" as long as there is none."""
        ...

    def close(self) -> None:
        """Let go of everything, without a motion; safe to call twice."""
        ...
