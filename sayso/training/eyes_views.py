"""Labeled pictures of random tables for the eyes: who owns each pixel, and every thing's kind, box and colors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Frame
from sayso.perception.eyes.names import EYE_KINDS, SOMETHING
from sayso.sim.render.picture import Picture, take
from sayso.sim.render.sensor import measured, photographed, random_sensor
from sayso.sim.render.tables import MOST, TableSource, TableView

BACKGROUND, TABLE = 0, 255
SQUARE_RATIO = 1.08
ROUND = 0.05
FAR_AWAY = 0.85  # share of a thing's pixels beyond the sensor's reach that makes it none of this picture
SENSOR_SEED = 77


@dataclass(frozen=True, slots=True)
class ThingLabel:
    """Ground truth of one thing: ``kind`` of `EYE_KINDS`; ``center`` (3,) m; ``size`` (longer, shorter, height) m of
    its upright box; ``yaw`` rad of the longer edge; ``fold``: after which part of a turn it looks the same, 2 for half
    a turn, 4 for a quarter, 0 for round. ``beyond``: it stands farther than the depth sensor reaches.
    ``number``: which of the same things on several tables it is.
    """

    kind: str
    center: Array
    size: Array
    yaw: float
    fold: int
    beyond: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class ThingView:
    """One labeled picture: ``ids`` (H, W) is 1 + the index of a pixel's label, `TABLE` or `BACKGROUND`; ``names`` (H,
    W) the index of the color's name, 255 off the things.
    """

    frame: Frame
    ids: NDArray[np.uint8]
    names: NDArray[np.uint8]
    labels: tuple[ThingLabel, ...]


@dataclass
class ThingViews:
    """Draws labeled pictures; a seed gives one table and `count` pictures of it."""

    source: TableSource = field(default_factory=TableSource)
    count: int = 4

    def views(self, seed: int) -> Iterator[ThingView]:
        """The pictures of one seed, always the same."""
        rng = np.random.default_rng((seed, SENSOR_SEED))
        for table in self.source.views(seed, self.count):
            yield self.taken(table, rng)

    def rearranged(self, seed: int, things: int, tipped: float = 0.0) -> Iterator[ThingView]:
        """`count` pictures of the same ``things`` on different tables, see `TableSource.rearranged`."""
        rng = np.random.default_rng((seed, SENSOR_SEED))
        for table in self.source.rearranged(seed, self.count, things, tipped):
            yield self.taken(table, rng)

    def taken(self, table: TableView, rng: np.random.Generator) -> ThingView:
        """The picture of ``table`` by a random sensor."""
        source, focal = self.source, float(table.intrinsics[0, 0])
        placed = [t.placed for t in table.things] + list(table.bodies)
        picture = take(
            placed,
            table.surfaces,
            table.camera,
            table.intrinsics,
            source.width,
            source.height,
            table.light,
            table.heights,
        )
        sensor = random_sensor(rng, float(np.linalg.norm(table.camera.position)))
        depth = measured(picture, focal, sensor, rng)
        frame = Frame(0.0, "eye", photographed(picture, rng), depth, table.intrinsics, table.camera)
        ids = _ids(picture, len(table.things))
        labels = []
        for k, thing in enumerate(table.things, 1):
            mesh = thing.placed.mesh.moved(thing.placed.rotation, thing.placed.position)
            depths = picture.depth[ids == k]
            beyond = bool(len(depths) and (depths > sensor.farthest).mean() > FAR_AWAY)
            labels.append(replace(thing_label(thing.kind, mesh.vertices), beyond=beyond, number=thing.number))
        names = np.where((ids > 0) & (ids < TABLE), picture.names, np.uint8(255))
        return ThingView(frame, ids, names.astype(np.uint8), tuple(labels))

    def close(self) -> None:
        """Close the simulators."""
        self.source.close()


def _ids(picture: Picture, things: int) -> NDArray[np.uint8]:
    assert things <= MOST
    own = picture.owner
    ids = np.where((own >= 0) & (own < things), own + 1, BACKGROUND).astype(np.uint8)
    ids[own == -1] = TABLE
    return ids


def without_beyond(view: ThingView) -> NDArray[np.uint8]:
    """The view's ids without the things that stand beyond the depth sensor's reach, as the far end of a real table."""
    beyond = [k for k, label in enumerate(view.labels, 1) if label.beyond]
    return np.where(np.isin(view.ids, beyond), np.uint8(BACKGROUND), view.ids)


def thing_label(kind: str, vertices: Array) -> ThingLabel:
    """The label of a thing whose placed ``vertices`` (n, 3) m are given; kinds without a name are `SOMETHING`."""
    flat = vertices[:, :2].astype(np.float32)
    middle = flat.mean(0)
    # In millimeters: the routine loses small shapes to rounding otherwise.
    (cx, cy), (w, h), degrees = cv2.minAreaRect((flat - middle) * 1000)
    long, short = max(w, h) / 1000, min(w, h) / 1000
    yaw = np.radians(degrees) + (0.0 if w >= h else np.pi / 2)
    low, high = float(vertices[:, 2].min()), float(vertices[:, 2].max())
    center = np.array([cx / 1000 + middle[0], cy / 1000 + middle[1], (low + high) / 2])
    turn = np.arange(0, np.pi, np.pi / 12)
    widths = np.ptp(flat @ np.stack([np.cos(turn), np.sin(turn)]), axis=0)
    fold = 0 if np.ptp(widths) < ROUND * widths.max() else 4 if long < SQUARE_RATIO * short else 2
    name = kind if kind in EYE_KINDS else SOMETHING
    return ThingLabel(name, center, np.array([long, short, high - low]), float(yaw), fold)
