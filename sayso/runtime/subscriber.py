"""Whoever follows a runtime: one list of subscribers, each told the same events in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sayso.hardware.control.loop import Cycle
from sayso.hardware.types import Frame, JointState
from sayso.perception.scene import Scene
from sayso.runtime.log import Heard
from sayso.skills.action_chunk import ActionChunk
from sayso.skills.features import Observation, Proprioception
from sayso.skills.motion import LanguageMotion

if TYPE_CHECKING:
    from sayso.runtime.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Tick:
    """One policy tick at ``t`` s: from the joint ``state`` and the ``scene`` to the ``chunk``.

    Without a goal there is no ``observation``, and neither ``motion`` nor ``chunk``.
    """

    t: float
    state: JointState
    body: Proprioception
    scene: Scene
    observation: Observation | None = None
    motion: LanguageMotion | None = None
    chunk: ActionChunk | None = None


class Subscriber:
    """Is told what a runtime does, in the loop's thread; every method may be overridden, none has to be."""

    def run_began(self, runtime: Runtime) -> None:
        """The loop is about to run."""

    def cycle_began(self, now: float) -> None:
        """A cycle of a loop that is not stopped asks for a target at ``now`` s."""

    def sensed(self, state: JointState, body: Proprioception, now: float) -> None:
        """The arm was felt at ``now`` s, and the scene is updated next."""

    def ticked(self, tick: Tick) -> None:
        """A policy tick is over."""

    def cycle_ended(self, cycle: Cycle) -> None:
        """A cycle wrote to the arm, stopped or not."""

    def frame_read(self, frame: Frame) -> None:
        """A camera's frame was read."""

    def heard(self, heard: Heard) -> None:
        """Words were read and, where they mean anything, acted on."""
