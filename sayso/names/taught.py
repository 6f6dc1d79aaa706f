"""The taught names of a session: what its cameras see now, and the folder in which looks are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sayso.errors import UserError
from sayso.model_store import ModelStore
from sayso.names.looks_file import LooksFile
from sayso.perception.looks.book import MOST_LOOKS, TaughtName, key_of
from sayso.perception.looks.crop import Crop
from sayso.perception.looks.describer import Comparison
from sayso.perception.looks.namer import Namer
from sayso.perception.pipeline import PerceptionPipeline
from sayso.perception.scene import SceneObject

MODEL = "looks"


class ShortBook:
    """Names that last as long as this object."""

    def __init__(self) -> None:
        self._names: tuple[TaughtName, ...] = ()

    def names(self) -> tuple[TaughtName, ...]:
        """All names, oldest first."""
        return self._names

    def teach(self, name: str, thing: str, crop: Crop, again: bool = False) -> None:
        """Keep a look; ``again``: one more, in place of the oldest."""
        old = next((t for t in self._names if key_of(t.name) == key_of(name)), None)
        looks = (*(old.looks if old is not None and again else ()), crop)[-MOST_LOOKS:]
        new = TaughtName(name, thing, looks)
        self._names = tuple(new if t is old else t for t in self._names) + (() if old is not None else (new,))

    def forget(self, name: str) -> None:
        """Remove a name."""
        self._names = tuple(t for t in self._names if key_of(t.name) != key_of(name))


class TaughtNames:
    """The names that ``perception`` recognizes, from ``folder`` or, without one, of this session only.

    A folder that cannot be used is told once to ``tell``; the session then goes without names of looks.
    """

    def __init__(
        self, perception: PerceptionPipeline, comparison: Comparison, folder: Path | None, tell: Callable[[str], None]
    ) -> None:
        self._book = ShortBook() if folder is None else LooksFile(folder)
        self._tell, self._told = tell, set[str]()
        self._namer = perception.namer = Namer(comparison, self)

    def names(self) -> Sequence[TaughtName]:
        """All names, oldest first; none if the folder cannot be read."""
        try:
            return self._book.names()
        except UserError as error:
            self._tell_once(f"{error}; things are not recognized by their looks")
            return ()

    def known(self) -> list[tuple[str, str]]:
        """Each name and the color and kind of its thing."""
        return [(t.name, t.thing) for t in self.names()]

    def teach(self, thing: SceneObject, name: str, again: bool) -> None:
        """Keep how ``thing`` looks now; ``again``: one more look of the thing that has the name already."""
        crop = self._namer.crop(thing.id)
        try:
            if crop is not None:
                self._book.teach(name, thing.name, crop, again)
            elif not again:  # another thing has the name now, and how it looks is not known
                self.forget(name)
        except UserError as error:
            self._tell_once(f"{error}; how {name} looks is not kept")

    def forget(self, name: str) -> None:
        """Remove a name, if there is one."""
        if any(key_of(t.name) == key_of(name) for t in self.names()):
            try:
                self._book.forget(name)
            except UserError as error:
                self._tell_once(str(error))

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text)


def taught_names(
    perception: object, store: ModelStore, folder: Path | None, tell: Callable[[str], None]
) -> TaughtNames | None:
    """The names for a session's ``perception``; None if it has no cameras or there is no model of looks."""
    if not isinstance(perception, PerceptionPipeline) or not (store.root / f"{MODEL}.onnx").exists():
        return None
    return TaughtNames(perception, Comparison(store.load(MODEL)), folder, tell)
