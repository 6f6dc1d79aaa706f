"""Distance of an arm to itself and to planes such as a table, measured only when it can have become critical."""

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
NEIGHBOURS = 2  # pairs of links at most this many joints apart are not checked: joint ranges separate them
_SAMPLES_A_RAD = 20.0
_STALE = 0.5  # fraction of a distance that motion may use up before the distance is measured again


@dataclass(frozen=True, slots=True)
class Plane:
    """A wall of the cell; points at least ``offset`` m along ``normal`` (3,), base frame, are free."""

    name: str
    normal: tuple[float, float, float]
    offset: float


@dataclass(frozen=True, slots=True)
class _Row:
    """One distance: ``what`` it separates, its measurement, and its maximum rate (n,) per joint in m/rad."""

    what: str
    measure: Callable[[], float]
    weights: Array


class Clearance:
    """Checks that an arm keeps ``margin_m`` from itself and from ``planes``.

    A joint moves a point no faster than the point's distance from the joint's axis. After one measurement, `clear`
    therefore costs a few multiplications until joint motion could have used up the distance. Bodies are the convex
    hulls of the URDF's collision geometry; Coal computes the distances. Not checked: pairs at most `NEIGHBOURS` joints
    apart, and links within twice the margin at home or rest, such as a base on its table.
    Raises `RobotError` if the geometry cannot be read.
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
        """Names of the pairs that are checked."""
        return [r.what for r in self._rows]

    def clear(self, position: list[float]) -> bool:
        """Whether joint positions (n) rad keep the margin."""
        if sum(map(mul, self._slope, map(abs, map(sub, position, self._near)))) < 1.0:
            return True
        return self._look(position)

    def clear_way(self, start: list[float], end: list[float]) -> bool:
        """Whether the motion from ``start`` to ``end`` (n,) rad keeps the margin; no joint may leave that interval."""
        ways = zip(map(abs, map(sub, start, self._near)), map(abs, map(sub, end, self._near)), strict=True)
        if sum(map(mul, self._slope, map(max, ways))) < 1.0:
            return True
        # At this sampling density the bodies move less than the margin between two samples.
        turned = sum(map(abs, map(sub, end, start)))
        steps = 1 + int(turned * _SAMPLES_A_RAD)
        return all(
            self.clear([a + (b - a) * k / steps for a, b in zip(start, end, strict=True)]) for k in range(steps + 1)
        )

    def worst(self, position: list[float]) -> tuple[float, str]:
        """The smallest distance minus the margin, in m, and its pair; infinite if no pair is checked."""
        self._place(np.array(position))
        found = [(r.measure() - self._margin, r.what) for r in self._rows]
        return min(found, default=(np.inf, "nothing"))

    def _look(self, position: list[float]) -> bool:
        """Measure the distances that may have become critical."""
        q = np.array(position)
        used = np.sum(self._weights * np.abs(q - self._at), axis=1)
        old = np.flatnonzero(used >= _STALE * self._room)
        self._measure(old, q)
        used[old] = 0.0
        if not (self._room > used).all():
            self._near = [np.nan] * len(position)  # forces a measurement on the next call
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
        """Set the reference position: `clear` is free until the weighted sum of joint motion from here reaches 1."""
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
            # Joints that carry both bodies do not change their distance.
            weights = np.where((reach[a] > 0) & (reach[b] > 0), 0.0, reach[a] + reach[b])
            what = f"{_plain(bodies[a].name)} and {_plain(bodies[b].name)}"
            yield _Row(what, partial(self._pair_distance, k), weights)

    def _plane_rows(self, planes: tuple[Plane, ...]) -> Iterator[_Row]:
        for plane in planes:
            normal = np.array(plane.normal) / np.linalg.norm(plane.normal)
            for i, body in enumerate(self._geometry.geometryObjects):
                points = vertices(body.geometry)
                offset = plane.offset - self._height * float(normal[2])  # Pinocchio's origin is the arm's base
                measure = partial(self._plane_distance, i, points, normal, offset)
                yield _Row(f"{_plain(body.name)} and the {plane.name}", measure, _reach(self._model, body))

    def _pair_distance(self, pair: int) -> float:
        return float(pin.computeDistance(self._geometry, self._placed, pair).min_distance)

    def _plane_distance(self, body: int, points: Array, normal: Array, offset: float) -> float:
        at = self._placed.oMg[body]
        return float((points @ (at.rotation.T @ normal)).min() + at.translation @ normal - offset)


def collision_bodies(text: str, urdf: str) -> tuple[pin.Model, pin.GeometryModel]:
    """Model and collision geometry of the URDF ``text`` read from the file ``urdf``. Raises `RobotError`."""
    try:
        whole = pin.buildModelFromXML(text)
        return whole, pin.buildGeomFromUrdfString(whole, text, pin.GeometryType.COLLISION)
    except ValueError as error:
        why = str(error).partition("message: ")[2].partition("Hint:")[0] or str(error)
        raise RobotError(f"cannot read the collision geometry of {urdf}: {' '.join(why.split())}") from error


@lru_cache(maxsize=8)
def _load(text: str, urdf: str, joints: tuple[str, ...]) -> tuple[pin.Model, pin.GeometryModel]:
    """The arm with all other joints locked, bodies as convex hulls, and the pairs to check."""
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
    """Raise `RobotError` unless ``points`` (k, 3) m span a volume: Coal aborts the process on flat meshes."""
    if not np.isfinite(points).all() or np.ptp(points, axis=0).max() > LONGEST_M:
        raise RobotError(f"{what} is larger than {LONGEST_M:g} m or not finite: is it in millimetres?")
    from scipy.spatial import ConvexHull, QhullError  # imported at set-up only: loading takes 0.3 s

    try:
        hull = ConvexHull(points, qhull_options="Qt")
    except (QhullError, ValueError):
        raise RobotError(f"{what} is flat: it has no volume") from None
    if 2.0 * hull.volume < THINNEST_M * hull.area:
        raise RobotError(f"{what} is flat: thinner than {THINNEST_M:g} m")


def _apart(model: pin.Model, a: pin.GeometryObject, b: pin.GeometryObject) -> int:
    """Number of joints between two bodies."""
    return len(set(model.supports[a.parentJoint]) ^ set(model.supports[b.parentJoint]))


def _reach(model: pin.Model, body: pin.GeometryObject) -> Array:
    """Largest distance (n,) m from a body's points to each joint that carries the body, over all poses; 0 elsewhere.

    A prismatic joint counts 1: it moves every point as far as the joint.
    """
    out = np.zeros(model.nv)
    points = vertices(body.geometry) @ body.placement.rotation.T + body.placement.translation
    distance = float(np.linalg.norm(points, axis=1).max())
    for joint in reversed(list(model.supports[body.parentJoint])[1:]):
        slides, k = "JointModelP" in model.joints[joint].shortname(), model.joints[joint].idx_v
        out[k] = 1.0 if slides else distance
        # Add the link to the joint before; a prismatic joint lengthens it by its travel.
        travel = max(abs(model.lowerPositionLimit[k]), abs(model.upperPositionLimit[k]))
        distance += float(np.linalg.norm(model.jointPlacements[joint].translation)) + (travel if slides else 0.0)
    return out


def vertices(shape: coal.CollisionGeometry) -> Array:
    """Points (k, 3) m whose convex hull contains the shape."""
    if isinstance(shape, coal.ConvexBase):
        return np.array(shape.points())
    shape.computeLocalAABB()
    box = shape.aabb_local
    corners = np.array([box.min_, box.max_])
    return np.array([[corners[i, 0], corners[j, 1], corners[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])


def _plain(name: str) -> str:
    """The link's name, without the shape number that Pinocchio appends."""
    return name.rpartition("_")[0] or name
