"""How far an arm is from itself and from planes such as a table, measured only when something can have come close."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import mul, sub

import coal
import numpy as np
import pinocchio as pin
from numpy.typing import NDArray

from sayso.hardware.arms.kinematics import NEEDED
from sayso.hardware.arms.urdf import LONGEST_M, read_urdf
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, RobotSpec

MARGIN_M = 0.01
THINNEST_M = 1e-5
NEIGHBOURS = 2  # links so few joints apart are kept from each other by the joints' ranges
_SAMPLES_A_RAD = 20.0
_STALE = 0.5  # the part of its room that the arm may have used up before a distance is measured anew


@dataclass(frozen=True, slots=True)
class Plane:
    """A wall of the cell: free is what lies at least ``offset`` m along the direction ``normal`` (3,), base frame."""

    name: str
    normal: tuple[float, float, float]
    offset: float


@dataclass(frozen=True, slots=True)
class _Row:
    """One distance: between ``what``, how it is measured, and how fast each joint (n,) can change it, in m/rad."""

    what: str
    measure: Callable[[], float]
    weights: Array


class Clearance:
    """Whether an arm keeps ``margin_m`` from itself and from ``planes``.

    One measurement lets the arm go on unlooked at: no point of a body moves faster than its distance from the turning
    axes allows, so until the joints have turned enough to use up the distance, `clear` costs a few multiplications.
    Bodies are the convex hulls of the URDF's collision geometry; distances are Coal's. Left out are pairs at most
    `NEIGHBOURS` joints apart, and links that are nearer than twice the margin at home or at rest already: a base on its
    table, a hand folded onto the shoulder.
    Raises RobotError if the geometry cannot be read.
    """

    def __init__(self, spec: RobotSpec, planes: tuple[Plane, ...] = (), margin_m: float = MARGIN_M) -> None:
        self._margin = margin_m
        try:
            text = read_urdf(spec.urdf).text
        except RobotError as error:
            raise RobotError(f"cannot read the collision geometry of {error}") from error
        self._model, self._geometry = _load(text, spec.urdf, spec.joints)
        self._height = spec.base_height
        self._data, self._placed = self._model.createData(), pin.GeometryData(self._geometry)
        rows = [r for r in (*self._self_rows(), *self._plane_rows(planes)) if r.weights.any()]
        for pose in (spec.home, spec.home if spec.rest is None else spec.rest):
            self._place(pose)
            near = {r.what for r in rows if r.measure() <= 2 * margin_m}
            rows = [r for r in rows if r.what not in near]
        self._rows = rows
        self._weights = np.array([r.weights for r in self._rows]).reshape(-1, spec.dof)
        self._room, self._at = np.zeros(len(self._rows)), np.tile(spec.home, (len(self._rows), 1))
        self.looks = 0
        self._measure(np.arange(len(self._rows)), spec.home)
        self._lean_on(spec.home.tolist(), np.zeros(len(self._rows)))

    @property
    def watched(self) -> list[str]:
        """What is kept apart, in words."""
        return [r.what for r in self._rows]

    def clear(self, position: list[float]) -> bool:
        """Whether joint positions (n) rad keep the margin."""
        if sum(map(mul, self._slope, map(abs, map(sub, position, self._near)))) < 1.0:
            return True
        return self._look(position)

    def clear_way(self, start: list[float], end: list[float]) -> bool:
        """Whether the way (n) rad from ``start`` to ``end`` keeps the margin, no joint going beyond its two ends."""
        ways = zip(map(abs, map(sub, start, self._near)), map(abs, map(sub, end, self._near)), strict=True)
        if sum(map(mul, self._slope, map(max, ways))) < 1.0:
            return True
        # Between samples so close together the bodies stay within the margin.
        turned = sum(map(abs, map(sub, end, start)))
        steps = 1 + int(turned * _SAMPLES_A_RAD)
        return all(
            self.clear([a + (b - a) * k / steps for a, b in zip(start, end, strict=True)]) for k in range(steps + 1)
        )

    def worst(self, position: list[float]) -> tuple[float, str]:
        """The smallest distance less the margin, in m, and between what; infinite if nothing can ever touch."""
        self._place(np.array(position))
        found = [(r.measure() - self._margin, r.what) for r in self._rows]
        return min(found, default=(np.inf, "nothing"))

    def _look(self, position: list[float]) -> bool:
        """Measure anew what may have come close."""
        q = np.array(position)
        used = np.sum(self._weights * np.abs(q - self._at), axis=1)
        old = np.flatnonzero(used >= _STALE * self._room)
        self._measure(old, q)
        used[old] = 0.0
        if not (self._room > used).all():
            self._near = [np.nan] * len(position)  # look again next time, wherever that is
            return False
        self._lean_on(position, used)
        return True

    def _measure(self, rows: NDArray[np.intp], q: Array) -> None:
        self._place(q)
        self.looks += 1
        for i in rows:
            self._room[i] = self._rows[i].measure() - self._margin
            self._at[i] = q

    def _lean_on(self, position: list[float], used: Array) -> None:
        """From here on the joints may turn until the weighted sum of their ways is 1."""
        room = np.maximum(self._room - used, 1e-9)
        self._slope = np.max(self._weights / room[:, None], axis=0, initial=0.0).tolist()
        self._near = list(position)

    def _place(self, q: Array) -> None:
        pin.updateGeometryPlacements(self._model, self._data, self._geometry, self._placed, q)

    def _self_rows(self) -> Iterator[_Row]:
        bodies = self._geometry.geometryObjects
        reach = [_reach(self._model, body) for body in bodies]
        for k, pair in enumerate(self._geometry.collisionPairs):
            a, b = pair.first, pair.second
            # Joints that carry both do not change their distance.
            weights = np.where((reach[a] > 0) & (reach[b] > 0), 0.0, reach[a] + reach[b])
            what = f"{_plain(bodies[a].name)} and {_plain(bodies[b].name)}"
            yield _Row(what, partial(self._pair_distance, k), weights)

    def _plane_rows(self, planes: tuple[Plane, ...]) -> Iterator[_Row]:
        for plane in planes:
            normal = np.array(plane.normal) / np.linalg.norm(plane.normal)
            for i, body in enumerate(self._geometry.geometryObjects):
                points = _vertices(body.geometry)
                offset = plane.offset - self._height * float(normal[2])  # the geometry counts from the arm's base
                measure = partial(self._plane_distance, i, points, normal, offset)
                yield _Row(f"{_plain(body.name)} and the {plane.name}", measure, _reach(self._model, body))

    def _pair_distance(self, pair: int) -> float:
        return float(pin.computeDistance(self._geometry, self._placed, pair).min_distance)

    def _plane_distance(self, body: int, points: Array, normal: Array, offset: float) -> float:
        at = self._placed.oMg[body]
        return float((points @ (at.rotation.T @ normal)).min() + at.translation @ normal - offset)


def collision_bodies(text: str, urdf: str) -> tuple[pin.Model, pin.GeometryModel]:
    """The arm that ``text``, of the file ``urdf``, describes, and its bodies. Raises `RobotError`."""
    try:
        whole = pin.buildModelFromXML(text)
        return whole, pin.buildGeomFromUrdfString(whole, text, pin.GeometryType.COLLISION)
    except ValueError as error:
        why = str(error).partition("message: ")[2].partition("Hint:")[0] or str(error)
        raise RobotError(f"cannot read the collision geometry of {urdf}: {' '.join(why.split())}") from error


@lru_cache(maxsize=8)
def _load(text: str, urdf: str, joints: tuple[str, ...]) -> tuple[pin.Model, pin.GeometryModel]:
    """The arm with all other joints locked, its bodies as convex hulls, and the pairs that can touch."""
    whole, bodies = collision_bodies(text, urdf)
    locked = [whole.getJointId(name) for name in whole.names[1:] if name not in joints]
    model, geometry = pin.buildReducedModel(whole, bodies, locked, pin.neutral(whole))
    if model.nq != len(joints):
        raise RobotError(f"{urdf} has joints without limits among {list(joints)}; {NEEDED}")
    for body in geometry.geometryObjects:
        if isinstance(body.geometry, coal.BVHModelBase):
            _check_volume(body.geometry.vertices(), f"the collision mesh of {_plain(body.name)} in {urdf}")
            body.geometry.buildConvexHull(True, "Qt")
            body.geometry = body.geometry.convex
    count = len(geometry.geometryObjects)
    for i in range(count):
        for k in range(i + 1, count):
            if _apart(model, geometry.geometryObjects[i], geometry.geometryObjects[k]) > NEIGHBOURS:
                geometry.addCollisionPair(pin.CollisionPair(i, k))
    return model, geometry


def _check_volume(points: Array, what: str) -> None:
    """Raise RobotError unless ``points`` (k, 3) span a body: Coal ends the process where they do not."""
    if not np.isfinite(points).all() or np.ptp(points, axis=0).max() > LONGEST_M:
        raise RobotError(f"{what} is larger than {LONGEST_M:g} m or not finite: is it in millimetres?")
    from scipy.spatial import ConvexHull, QhullError  # at set-up: it takes 0.3 s to load

    try:
        hull = ConvexHull(points, qhull_options="Qt")
    except (QhullError, ValueError):
        raise RobotError(f"{what} is flat: it has no volume") from None
    if 2.0 * hull.volume < THINNEST_M * hull.area:
        raise RobotError(f"{what} is flat: thinner than {THINNEST_M:g} m")


def _apart(model: pin.Model, a: pin.GeometryObject, b: pin.GeometryObject) -> int:
    """How many joints lie between two bodies."""
    return len(set(model.supports[a.parentJoint]) ^ set(model.supports[b.parentJoint]))


def _reach(model: pin.Model, body: pin.GeometryObject) -> Array:
    """How far (n,) a body's points can be, in any pose, from each joint that carries it: m; 0 for all other joints."""
    out = np.zeros(model.nv)
    points = _vertices(body.geometry) @ body.placement.rotation.T + body.placement.translation
    distance = float(np.linalg.norm(points, axis=1).max())
    for joint in reversed(list(model.supports[body.parentJoint])[1:]):
        slides, k = "JointModelP" in model.joints[joint].shortname(), model.joints[joint].idx_v
        out[k] = 1.0 if slides else distance
        # The way on to the joint before; one that slides lengthens it by as much as it can.
        travel = max(abs(model.lowerPositionLimit[k]), abs(model.upperPositionLimit[k]))
        distance += float(np.linalg.norm(model.jointPlacements[joint].translation)) + (travel if slides else 0.0)
    return out


def _vertices(shape: coal.CollisionGeometry) -> Array:
    """Points (k, 3) whose hull holds the shape."""
    if isinstance(shape, coal.ConvexBase):
        return np.array(shape.points())
    shape.computeLocalAABB()
    box = shape.aabb_local
    corners = np.array([box.min_, box.max_])
    return np.array([[corners[i, 0], corners[j, 1], corners[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])


def _plain(name: str) -> str:
    """The link's name: Pinocchio adds the number of the shape."""
    return name.rpartition("_")[0] or name
