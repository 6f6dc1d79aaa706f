"""Tables that came to rest, with pictures of them by cameras with faults: what grasps are tried on and learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sayso.perception.eyes.encoding import STRIDE
from sayso.perception.grasps.relief import Relief, relief_of
from sayso.sim.grasps.table import GraspTable
from sayso.sim.render.tables import TableSource
from sayso.training.eyes_views import TABLE, ThingView, ThingViews

TILT = 28.0, 88.0  # degrees at which the cameras look down
SHIFT = 0.3  # share of pictures whose owners are a pixel off
NEVER = 100  # seeds tried for a table with anything on it


@dataclass(frozen=True, slots=True)
class SeenTable:
    """A table in physics and pictures of it; label k of each picture is thing k of the table."""

    table: GraspTable
    views: tuple[ThingView, ...]


@dataclass
class SeenTables:
    """Draws tables; a seed gives the same one every time.

    ``counts`` are the numbers of things, drawn evenly; ``pictures`` how many each table gets. With ``overview`` most of
    the things are in every picture.
    """

    source: TableSource = field(default_factory=lambda: TableSource(arms=(), tilt=TILT))
    counts: tuple[int, ...] = (1, 2, 4, 6, 8, 10, 12)
    pictures: int = 2
    overview: bool = True

    def draw(self, seed: int) -> SeenTable:
        """The table of ``seed``; the caller closes it."""
        rng = np.random.default_rng(seed)
        for _ in range(NEVER):
            things, _ = self.source.things(rng, int(rng.choice(self.counts)))
            table = GraspTable(things)
            if table.things:
                break
            table.close()
        heights, eyes = table.heights(rng), ThingViews(self.source)
        views = tuple(
            eyes.taken(self.source.view(rng, table.things, heights, self.overview), rng) for _ in range(self.pictures)
        )
        return SeenTable(table, views)


def owners_of(view: ThingView, rng: np.random.Generator | None = None) -> NDArray[np.uint8]:
    """Whose each pixel is, as coarse as the eyes say it; with ``rng`` now and then a pixel off."""
    ids = np.where(view.ids == TABLE, np.uint8(0), view.ids)
    coarse = ids[::STRIDE, ::STRIDE].repeat(STRIDE, 0).repeat(STRIDE, 1)
    if rng is not None and rng.random() < SHIFT:
        coarse = np.roll(coarse, rng.integers(-1, 2, 2), (0, 1))
    return coarse


def true_relief(views: Sequence[ThingView], rng: np.random.Generator | None = None) -> Relief | None:
    """The relief of pictures with the true owners."""
    return relief_of([v.frame for v in views], [owners_of(v, rng) for v in views])
