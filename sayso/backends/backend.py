"""The contract of a session's backend: arm, loop, perception and, in simulation, ground truth."""

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
    """Pictures of a run: ``times`` s on the robot's clock, and the same number of `frames` (H, W, 3) uint8 RGB."""

    fps: float

    @property
    def times(self) -> list[float]:
        """The time of each picture, s on the robot's clock."""
        ...

    def clear(self) -> None:
        """Delete all pictures."""
        ...

    def frames(self) -> Iterator[NDArray[np.uint8]]:
        """The pictures, in order."""
        ...


class Backend(Protocol):
    """An arm and its equipment; ``arm`` names the models that move it, ``seen_with`` the detectors it uses."""

    arm: str
    seen_with: tuple[str, ...]
    rested: bool  # whether the arm is in its rest pose without torque; `connect` makes it ready again
    task: Task  # the world's task; its instruction is empty if there is none

    @property
    def robot(self) -> Robot:
        """The arm."""
        ...

    @property
    def perception(self) -> Perception:
        """The source of the scene."""
        ...

    @property
    def film(self) -> Footage | None:
        """Pictures of the run, or None."""
        ...

    @property
    def events(self) -> tuple[RobotEvent, ...]:
        """Events of the arm and its cameras, oldest first, on the robot's clock."""
        ...

    def connect(self, stopped: Callable[[], bool]) -> None:
        """Make the arm ready, also after a stop. Raises `RobotError`, and `StoppedError` if a stop or ``stopped()``
        ends this."""
        ...

    def loop(self, source: Source, on_cycle: Callable[[Cycle], None]) -> Loop:
        """The control loop that drives the arm from ``source``."""
        ...

    def stop(self) -> None:
        """Brake now, from any thread, before the loop itself processes the stop."""
        ...

    def ask(self, speed: float, pressed: bool) -> None:
        """A person wants at most ``speed``, in (0, 1], of the arm's limits, and holds the hold-to-run key or not."""
        ...

    def hold_stop(self, held: bool) -> None:
        """Hold the stop, which prevents every start, or release it; the release moves nothing."""
        ...

    def truth(self) -> Mapping[str, ObjectTruth] | None:
        """Ground truth by object id; None if there is none."""
        ...

    def verdict(
        self, instruction: str, before: Mapping[str, ObjectTruth] | None, viewpoint_yaw: float = 0.0
    ) -> bool | None:
        """Whether ``instruction`` is done, given the ground truth ``before`` it began; None if unknown.

        ``viewpoint_yaw`` rad is the heading in which the person who said it looks.
        """
        ...

    def reset(self, seed: int, task: str | None = None) -> Task:
        """Set up the world again; `connect` then makes the arm ready. Raises `RobotError` if there is no world."""
        ...

    def begin(self) -> None:
        """Called just before an instruction is executed."""
        ...

    def go_home(self, stopped: Callable[[], bool]) -> None:
        """Move the arm home at a person's request. Raises `StoppedError` if a stop or ``stopped()`` ends this."""
        ...

    @property
    def lies_down(self) -> bool:
        """Whether `rest` moves the arm."""
        ...

    def rest(self, stopped: Callable[[], bool]) -> None:
        """Move to the rest pose and switch off, if the arm can. Raises `StoppedError` if a stop or ``stopped()`` ends
        this."""
        ...

    def stops(self) -> int:
        """A count that changes whenever the stop of the arm's loop is pressed, from any source."""
        ...

    def clear(self, stops: int) -> None:
        """Clear the stops up to this count, at a person's request. Moves nothing."""
        ...

    @property
    def stop_line(self) -> str:
        """The name of the `StopFlag` of the arm's loop; "" while there is none."""
        ...

    def close(self) -> None:
        """Release all resources without motion; safe to call twice."""
        ...
