"""A world's arm and cameras as `Robot` and `Camera`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.clock import Clock, SimulatedClock
from sayso.hardware.robot import Camera, Robot
from sayso.hardware.types import Frame, JointState, JointTarget
from sayso.hardware.world import World
from sayso.hardware.worlds.frame import WorldFrame
from sayso.hardware.worlds.standing import standing

_EXACT_S = 1e-9


class WorldRobot(Robot):
    """The arm of ``world``. Waiting on its clock steps the world at the world's own rate.

    The control loop keeps the arm's control rate, which may be above or below the world's. Each world step runs when
    its end has come, toward the newest target.
    """

    def __init__(self, world: World) -> None:
        self.world, self.spec = world, standing(world.spec, WorldFrame(world).height)
        period = 1 / self.spec.control_hz
        self.clock: SimulatedClock = SimulatedClock(min(world.step_s, period), self._step)
        self._steps = 0
        self._state: JointState | None = None
        self._wanted: JointTarget | None = None

    def reset(self) -> None:
        """Hold the arm at its present position, after the world was reset."""
        self._state = self._wanted = None

    def connect(self) -> None:
        """Hold the arm at its present position."""
        self.stop()

    def read(self) -> JointState:
        """The joint state at the world's last step."""
        if self._state is None:
            state = self.world.read()
            gripper = min(max(float(state.gripper), 0.0), 1.0)
            self._state = JointState(self.clock.now(), state.position, state.velocity, gripper)
        state, now = self._state, self.clock.now()
        return state if state.t == now else JointState(now, state.position, state.velocity, state.gripper)

    def write(self, target: JointTarget) -> JointTarget:
        """Set the target for the world's next step."""
        # A new object, so that a world can tell a new target from the last.
        self._wanted = JointTarget(target.position, target.velocity, target.gripper, target.expires)
        return target

    def stop(self) -> None:
        """Hold the arm at its present position, and the hand at its last target."""
        state = self.read()
        gripper = state.gripper if self._wanted is None else self._wanted.gripper
        self._wanted = JointTarget(state.position, np.zeros(self.spec.dof), gripper, np.inf)

    def disconnect(self) -> None:
        """Does nothing: a world that is not stepped stands still."""

    def _step(self) -> None:
        now = self.clock.now()
        while (self._steps + 1) * self.world.step_s <= now + _EXACT_S:
            if self._wanted is None:
                self.stop()
            assert self._wanted is not None
            self.world.step(self._wanted)
            self._steps += 1
            self._state = None


class WorldCamera(Camera):
    """One of a world's cameras, with poses in the base frame; ``depth`` false drops its depth."""

    def __init__(self, world: World, name: str, clock: Clock, depth: bool = True) -> None:
        self.name, self._world, self._clock, self._depth = name, world, clock, depth
        self._base = WorldFrame(world)

    def read(self) -> Frame:
        """The current frame."""
        frame = replace(self._base.frame(self._world.look(self.name)), t=self._clock.now(), camera=self.name)
        return frame if self._depth else replace(frame, depth=None)
