"""Jointed bodies on the table: a drawer with a handle, a box with a lid, a button; no part of a scene file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.bullet import pybullet as p

Kind = Literal["drawer", "lid", "button"]
KINDS: tuple[Kind, ...] = ("drawer", "lid", "button")
BODY, PART, HANDLE = [0.55, 0.42, 0.30, 1.0], [0.72, 0.58, 0.42, 1.0], [0.85, 0.15, 0.12, 1.0]
OPENS_M, OPENS_RAD, SINKS_M = 0.12, 1.6, 0.012
SPRING_N, RUBS_N, RUBS_NM = 3.0, 0.4, 0.03
BOX_KG = 0.8


@dataclass(frozen=True, slots=True)
class Jointed:
    """A jointed body: its ``kind``, its PyBullet ``body`` in ``client``, and where it stands, (2,) m."""

    kind: Kind
    client: int
    body: int
    at: Array

    @property
    def moved(self) -> float:
        """How far it is open or pressed: m, of a lid rad; 0 at rest."""
        return abs(float(p.getJointState(self.body, 0, physicsClientId=self.client)[0]))

    @property
    def handle(self) -> Array:
        """Where the hand takes, hooks or presses it, (3,) m in the base frame."""
        state = p.getLinkState(self.body, 0, computeForwardKinematics=True, physicsClientId=self.client)
        position, turn = state[4], state[5]
        offset = {"drawer": (-0.045, 0.0, 0.0), "lid": (-0.115, 0.0, 0.03), "button": (0.0, 0.0, 0.01)}[self.kind]
        return np.array(p.multiplyTransforms(position, turn, offset, [0, 0, 0, 1])[0])


def add_jointed(client: int, kind: Kind, at: Sequence[float]) -> Jointed:
    """Put a jointed body on the table, its middle at ``at`` (2,) m; a drawer and a lid open toward the arm."""
    return Jointed(kind, client, {"drawer": _drawer, "lid": _lid, "button": _button}[kind](client, at), np.array(at))


def _boxes(
    client: int, boxes: Sequence[tuple[Sequence[float], Sequence[float]]], color: list[float]
) -> tuple[int, int]:
    """Collision and visual shape of boxes, each of full extents and middle (m)."""
    halves = [[e / 2 for e in size] for size, _ in boxes]
    places = [list(at) for _, at in boxes]
    kinds = [p.GEOM_BOX] * len(boxes)
    return (
        p.createCollisionShapeArray(kinds, halfExtents=halves, collisionFramePositions=places, physicsClientId=client),
        p.createVisualShapeArray(
            kinds, halfExtents=halves, visualFramePositions=places, rgbaColors=[color] * len(boxes),
            physicsClientId=client,
        ),
    )  # fmt: skip


def _made(
    client: int, base: tuple[int, int], part: tuple[int, int], at: Sequence[float], joint: Sequence[float],
    kind: int, axis: Sequence[float], mass: float, middle: Sequence[float] = (0, 0, 0), weighs: float = 0.0,
) -> int:  # fmt: skip
    return int(
        p.createMultiBody(
            weighs, *base, [*at, 0.0], linkMasses=[mass], linkCollisionShapeIndices=[part[0]],
            linkVisualShapeIndices=[part[1]], linkPositions=[list(joint)], linkOrientations=[[0, 0, 0, 1]],
            linkInertialFramePositions=[list(middle)], linkInertialFrameOrientations=[[0, 0, 0, 1]],
            linkParentIndices=[0], linkJointTypes=[kind], linkJointAxis=[list(axis)], physicsClientId=client,
        )
    )  # fmt: skip


def _drawer(client: int, at: Sequence[float]) -> int:
    """A cabinet of 16 cm; the drawer's bar stands 4.5 cm before its front, so that fingers fit behind it."""
    base = _boxes(client, [((0.14, 0.16, 0.006), (0.0, 0.0, 0.085)), ((0.006, 0.16, 0.088), (0.07, 0.0, 0.044)),
                           ((0.14, 0.006, 0.088), (0.0, 0.08, 0.044)), ((0.14, 0.006, 0.088), (0.0, -0.08, 0.044))],
                  BODY)  # fmt: skip
    part = _boxes(
        client,
        [((0.008, 0.15, 0.07), (0.0, 0.0, 0.0)), ((0.12, 0.14, 0.006), (0.065, 0.0, -0.03)),
         ((0.008, 0.10, 0.012), (-0.045, 0.0, 0.0)), ((0.045, 0.008, 0.012), (-0.0225, 0.046, 0.0)),
         ((0.045, 0.008, 0.012), (-0.0225, -0.046, 0.0))],
        PART,
    )  # fmt: skip
    body = _made(client, base, part, at, (-0.075, 0.0, 0.042), p.JOINT_PRISMATIC, (1, 0, 0), 0.3)
    _limit(client, body, -OPENS_M, 0.0, RUBS_N)
    return body


def _lid(client: int, at: Sequence[float]) -> int:
    """A box of 13 cm with a hinged lid and a knob on it near the arm; it stands loose, so that it gives way to a hand
    that takes the knob beside its middle."""
    base = _boxes(client, [((0.13, 0.13, 0.05), (0.0, 0.0, 0.025))], BODY)
    part = _boxes(
        client,
        [((0.13, 0.13, 0.008), (-0.065, 0.0, 0.004)), ((0.03, 0.03, 0.045), (-0.115, 0.0, 0.030))], PART,
    )  # fmt: skip
    body = _made(
        client, base, part, at, (0.065, 0.0, 0.051), p.JOINT_REVOLUTE, (0, 1, 0), 0.12, (-0.065, 0.0, 0.0), BOX_KG
    )
    _limit(client, body, 0.0, OPENS_RAD, RUBS_NM)
    p.changeDynamics(body, 0, lateralFriction=1.0, physicsClientId=client)
    return body


def _button(client: int, at: Sequence[float]) -> int:
    """A housing with a sprung button of 4 cm."""
    base = _boxes(client, [((0.09, 0.09, 0.03), (0.0, 0.0, 0.015))], BODY)
    part = _boxes(client, [((0.04, 0.04, 0.02), (0.0, 0.0, 0.0))], HANDLE)
    body = _made(client, base, part, at, (0.0, 0.0, 0.042), p.JOINT_PRISMATIC, (0, 0, 1), 0.02)
    _limit(client, body, -SINKS_M, 0.0, 0.0)
    p.setCollisionFilterPair(body, body, -1, 0, 0, physicsClientId=client)
    p.setJointMotorControl2(body, 0, p.POSITION_CONTROL, targetPosition=0.0, force=SPRING_N, physicsClientId=client)
    return body


def _limit(client: int, body: int, lower: float, upper: float, rubs: float) -> None:
    """Give the joint its limits, and rubbing in the place of PyBullet's motor."""
    p.setJointMotorControl2(body, 0, p.VELOCITY_CONTROL, targetVelocity=0.0, force=rubs, physicsClientId=client)
    p.changeDynamics(body, 0, jointLowerLimit=lower, jointUpperLimit=upper, jointDamping=0.05, physicsClientId=client)
