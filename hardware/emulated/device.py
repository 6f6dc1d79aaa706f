"""Contracts of emulation: the physical arm behind emulated electronics, and the emulator that serves its protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from sayso.hardware.types import Array, JointState, RobotSpec


class Device(Protocol):
    """An arm's hardware as its controller sees it, moving in real time. Any thread may call; no call blocks.

    Motors are the joints in the spec's order and, last, the gripper if there is one.
    """

    spec: RobotSpec

    def read(self) -> JointState:
        """Encoder readings; the gripper as its opening, 1 at the spec's width, which a jaw may exceed."""
        ...

    def effort(self) -> Array:
        """Motor efforts, (motors,) Nm, or N for a sliding motor."""
        ...

    def follow(self, position: Array, velocity: Array, gripper: float) -> None:
        """Set the position controllers' target: ``position`` (n,) rad, ``velocity`` (n,) rad/s, gripper opening."""
        ...

    def power(self, motors: Sequence[bool]) -> None:
        """Switch each motor's torque, (motors,); a motor that gets torque holds its present position."""
        ...


@runtime_checkable
class Limited(Protocol):
    """A `Device` with motors whose limits can be lowered; devices without physics have none to lower."""

    def limit(self, speed: Array, acceleration: Array, torque: Array) -> None:
        """Limit speeds (rad/s), accelerations (rad/s²) and torques (Nm), each (motors,)."""
        ...


class Emulator(Protocol):
    """An emulated device that serves its protocol at ``address``, to be used as a driver's port.

    ``faults`` are the names that `fault` takes; ``events`` describes the device's history, newest last.
    """

    address: str
    faults: tuple[str, ...]
    events: list[str]

    def fault(self, name: str) -> None:
        """Inject a fault. Raises `ValueError` for a name that is not in ``faults``."""
        ...

    def recover(self) -> None:
        """Do what a person would do at the device to clear faults; moves nothing."""
        ...

    def close(self) -> None:
        """Stop serving; the device keeps its state."""
        ...
