"""Names for the things of a scene, by how they look in the cameras' frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sayso.hardware.types import Frame
from sayso.perception.looks.book import Book, TaughtName
from sayso.perception.looks.crop import Crop, crop_of
from sayso.perception.looks.describer import Comparison, all_described
from sayso.perception.looks.recognition import Numbers, probabilities
from sayso.perception.looks.silhouette import silhouette
from sayso.perception.scene import GivenName, Scene, SceneObject

VIEWS = 3
"""So many of a thing's latest views count."""
MODEL_SURE = 0.5
"""How sure a model's name is: models say none, and a taught name that is more probable goes first."""
FRESH_S = 0.5
"""Longest time (s) since a thing was seen for it to be where the scene says."""


class Gallery:
    """The names in a ``book`` with the numbers of their looks; an unchanged name keeps its own."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._known: dict[int, tuple[TaughtName, Numbers]] = {}

    def names(self) -> list[tuple[str, Numbers]]:
        """Each name with the numbers (k, d) of its looks; a name without looks is left out."""
        taught = [t for t in self._book.names() if t.looks]
        self._known = {id(t): self._known.get(id(t)) or (t, all_described(t.looks)) for t in taught}
        return [(t.name, numbers) for t, numbers in self._known.values()]


def given_names(
    comparison: Comparison, names: Sequence[tuple[str, Numbers]], things: Sequence[Numbers]
) -> list[tuple[GivenName, ...]]:
    """For each of the ``things``, by the numbers of its looks, every name with its probability, the surest first."""
    sure = probabilities(comparison, [numbers for _, numbers in names], things)
    own = (
        [GivenName(name, "taught", float(p)) for (name, _), p in zip(names, column, strict=True)] for column in sure.T
    )
    return [tuple(sorted(given, key=lambda g: -g.sure)) for given in own]


class Namer:
    """Recognizes what has a name in the ``book``; ``table`` is the table's height (m) in the base frame.

    `look` describes things in new frames, `named` puts what is known into a scene; ids are the tracker's. A thing whose
    id stays is asked for again with every look, so that a name follows the looks.
    """

    def __init__(self, comparison: Comparison, book: Book, table: float = 0.0) -> None:
        self._comparison, self._gallery, self._table = comparison, Gallery(book), table
        self._views: dict[str, Numbers] = {}
        self._looked: dict[str, float] = {}
        self._given: dict[str, tuple[GivenName, ...]] = {}
        self._by_model: dict[str, str] = {}
        self._last: tuple[Scene, tuple[Frame, ...]] | None = None

    def look(self, scene: Scene, frames: Sequence[Frame], everything: bool = False) -> None:
        """Take a look at ``everything`` in ``scene``, or at the one thing that was not looked at for longest."""
        self._last = scene, tuple(frames)
        there = {o.id for o in scene.objects}
        self._views = {i: v for i, v in self._views.items() if i in there}
        self._looked = {i: t for i, t in self._looked.items() if i in there}
        self._by_model = {i: n for i, n in self._by_model.items() if i in there}
        names = self._gallery.names()
        if names:
            due = sorted((o for o in scene.objects if _is_seen(o)), key=lambda o: self._looked.get(o.id, -np.inf))
            for thing in due if everything else due[:1]:
                self._looked[thing.id] = scene.t
                self._describe(thing, frames)
        self._recognize(names)

    def _describe(self, thing: SceneObject, frames: Sequence[Frame]) -> None:
        crop = self._best(thing, frames)
        if crop is not None:
            new = all_described([crop])
            old = self._views.get(thing.id)
            self._views[thing.id] = new if old is None else np.concatenate([old, new])[-VIEWS:]

    def _best(self, thing: SceneObject, frames: Sequence[Frame]) -> Crop | None:
        """The crop of a thing from the frame that shows most of it."""
        masks = [(silhouette(f, thing.position, thing.size, thing.yaw), f) for f in frames]
        mask, frame = max(masks, key=lambda m: int(m[0].sum()), default=(None, None))
        return None if mask is None or frame is None else crop_of(frame, mask, thing.size, self._table)

    def _recognize(self, names: Sequence[tuple[str, Numbers]]) -> None:
        given = given_names(self._comparison, names, list(self._views.values()))
        self._given = dict(zip(self._views, given, strict=True))

    def take(self, names: Mapping[str, str]) -> None:
        """Keep the names that a vision-language model gave, by id, in place of those that it gave before."""
        self._by_model = self._by_model | dict(names)

    def named(self, scene: Scene) -> Scene:
        """``scene`` with the names that its things may have."""
        if not (self._by_model or any(self._given.values())):
            return scene
        return replace(scene, objects=tuple(replace(o, given=self._names_of(o.id)) for o in scene.objects))

    def _names_of(self, object_id: str) -> tuple[GivenName, ...]:
        own, by_model = self._given.get(object_id, ()), self._by_model.get(object_id)
        if by_model is None:
            return own
        return tuple(sorted((*own, GivenName(by_model, "model", MODEL_SURE)), key=lambda g: -g.sure))

    def crop(self, object_id: str) -> Crop | None:
        """How a thing looked in the last frames; None if it is not seen there."""
        if self._last is None:
            return None
        scene, frames = self._last
        thing = scene.find(object_id)
        return None if thing is None or not _is_seen(thing) else self._best(thing, frames)


def _is_seen(thing: SceneObject) -> bool:
    return not thing.held and thing.age < FRESH_S
