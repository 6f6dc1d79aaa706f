"""The events of a runtime; every subscriber receives the same events in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sayso.hardware.control.loop import Cycle
from sayso.hardware.types import Frame, JointState
from sayso.perception.scene import Scene
from sayso.runtime.log import Heard
from sayso.skills.features import Observation, Proprioception
from sayso.skills.motion import LanguageMotion
from sayso.skills.policy import ActionChunk

if TYPE_CHECKING:
    from sayso.runtime.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Tick:
    """One policy tick at ``t`` s: from the joint ``state`` and the ``scene`` to the ``chunk``.

    Without a goal, ``observation``, ``motion`` and ``chunk`` are None.
    """

    t: float
    state: JointState
    body: Proprioception
    scene: Scene
    observation: Observation | None = None
    motion: LanguageMotion | None = None
    chunk: ActionChunk | None = None


class Subscriber:
    """Receives a runtime's events in the loop's thread; override any of the methods."""

    def run_began(self, runtime: Runtime) -> None:
        """The loop is about to run."""

    def cycle_began(self, now: float) -> None:
        """A cycle of a loop that is not stopped asks for a target at ``now`` s."""

    def sensed(self, state: JointState, body: Proprioception, now: float) -> None:
        """The joint state was read at ``now`` s; the scene is updated next."""

    def ticked(self, tick: Tick) -> None:
        """A policy tick has ended."""

    def cycle_ended(self, cycle: Cycle) -> None:
        """A cycle has written to the arm, stopped or not."""

    def frame_read(self, frame: Frame) -> None:
        """A camera's frame was read."""

    def heard(self, heard: Heard) -> None:
        """The operator has read a correction and acted on it."""
