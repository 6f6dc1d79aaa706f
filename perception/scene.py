"""The scene: tracked objects with attributes, positions, uncertainty and age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sayso.hardware.types import Array, Pose
from sayso.perception.grasps.grasp import Grasp

# What the detector of blocks and bowls and the words models know.
KINDS = ("block", "bowl")
COLORS = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown", "gray")
SOMETHING = "thing"
# What the eyes know; the last kind is something else.
ALL_KINDS = (*KINDS, "box", "can", "bottle", "cup", "mug", "plate", "ball", "ring", "stick", SOMETHING)
ALL_COLORS = (*COLORS, "white", "black")
HOLLOW = frozenset({"bowl", "cup", "mug"})
FLAT = frozenset({"block", "box", "can", "plate", SOMETHING})
"""Kinds on whose top a thing can stand."""


NameSource = Literal["taught", "model", "read"]
LIKELY_NAME = 0.5
"""Probability from which a thing is called by a name that it was given."""


@dataclass(frozen=True, slots=True)
class GivenName:
    """A name of a thing: its ``text``, where it is from, and how ``sure`` (0..1) it is that this thing has it.

    "taught" by a person and recognized by its looks, given by a vision-language "model", or "read" from color and kind.
    """

    text: str
    source: NameSource
    sure: float


class Likely:
    """Something with probabilities of its ``kinds`` and ``colors``."""

    __slots__ = ()
    kinds: Mapping[str, float]
    colors: Mapping[str, float]

    @property
    def kind(self) -> str:
        """The most probable kind."""
        return max(self.kinds, key=lambda k: self.kinds[k])

    @property
    def color(self) -> str:
        """The most probable color."""
        return max(self.colors, key=lambda c: self.colors[c])


@dataclass(frozen=True, slots=True)
class SceneObject(Likely):
    """One tracked object.

    ``position`` (3,) m is its center in the base frame, ``size`` (3,) m its full extents, ``yaw`` rad about base
    z (modulo 90° for a block, else the heading of ``size[0]``), ``kinds`` and ``colors`` map names to probabilities.
    ``age`` is the time in seconds since a camera last saw the object, ``deviation`` the position's standard deviation
    in metres. A ``held`` object moves with the gripper. ``doubt`` is the probability that another thing has taken its
    place. ``given`` are the names that it may have, the surest first; ``grasps`` its grasps, the best first.
    """

    id: str
    kinds: Mapping[str, float]
    colors: Mapping[str, float]
    position: Array
    size: Array
    yaw: float = 0.0
    confidence: float = 1.0
    age: float = 0.0
    deviation: float = 0.0
    held: bool = False
    doubt: float = 0.0
    given: tuple[GivenName, ...] = ()
    grasps: tuple[Grasp, ...] = ()

    @property
    def name(self) -> str:
        """Color and kind, as in "red block"."""
        return f"{self.color} {self.kind}"

    @property
    def width(self) -> float:
        """What the fingers close on, m: a block's edge, the shorter edge of anything else."""
        return float(self.size[:2].max() if self.kind in KINDS else self.size[:2].min())

    @property
    def called(self) -> GivenName:
        """The name that it goes by: one that it was given, if that is sure enough, else what color and kind say."""
        given = self.given[0] if self.given else None
        if given is not None and given.sure >= LIKELY_NAME:
            return given
        return GivenName(self.name, "read", self.kinds.get(self.kind, 0.0) * self.colors.get(self.color, 0.0))

    @property
    def top(self) -> float:
        """Height of the upper face, m."""
        return float(self.position[2] + self.size[2] / 2)


@dataclass(frozen=True, slots=True)
class Scene:
    """All tracked objects and the arm's tool at time ``t``; ``gripper`` is the opening in [0, 1]."""

    t: float
    objects: tuple[SceneObject, ...]
    tool: Pose
    gripper: float = 1.0
    held: str | None = field(default=None)

    def find(self, object_id: str | None) -> SceneObject | None:
        """The object with this id, or None."""
        return next((o for o in self.objects if o.id == object_id), None)
