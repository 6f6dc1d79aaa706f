"""What an emulated device's electronics have in front of them: joints with motors and encoders, whatever moves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from sayso.hardware.types import Array, JointState, RobotSpec


class Device(Protocol):
    """An arm's body as its own controller sees it, moving in real time by itself. Any thread may call; none waits.

    Motors are the joints in the spec's order and, last, the gripper where there is one.
    """

    spec: RobotSpec

    def read(self) -> JointState:
        """What the encoders say now; the gripper as its opening, 1 at the spec's width, which a jaw may exceed."""
        ...

    def effort(self) -> Array:
        """What the motors exert now, (motors,) Nm, or N where a motor slides."""
        ...

    def follow(self, position: Array, velocity: Array, gripper: float) -> None:
        """Hold the joints' position controllers to ``position`` (n,) rad and ``velocity`` (n,) rad/s from now on."""
        ...

    def power(self, motors: Sequence[bool]) -> None:
        """Which motors have torque, (motors,); one without is limp; given it back it holds where it is."""
        ...


@runtime_checkable
class Limited(Protocol):
    """A `Device` whose motors can be kept to less than they could; without physics there is nothing to limit."""

    def limit(self, speed: Array, acceleration: Array, torque: Array) -> None:
        """Keep the motors to these speeds (rad/s), accelerations (rad/s²) and torques (Nm), each (motors,)."""
        ...


class Emulator(Protocol):
    """An emulated device: its protocol served at ``address``, which is what a driver's port is set to.

    ``faults`` are the names that `fault` takes; ``events`` tells what happened to the device, newest last.
    """

    address: str
    faults: tuple[str, ...]
    events: list[str]

    def fault(self, name: str) -> None:
        """Make something go wrong; raises `ValueError` for a name that is not in ``faults``."""
        ...

    def recover(self) -> None:
        """What a person does at the device to set things right; nothing moves by it."""
        ...

    def close(self) -> None:
        """Stop serving; the body stays as it is."""
        ...
