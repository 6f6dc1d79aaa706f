"""The folder of names: names.json, which a person can read and edit, and a small picture of each look beside it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.folder_lock import FolderLock, FolderLocked
from sayso.hardware.robot import RobotError
from sayso.hardware.user_folders import DATA, user_folder
from sayso.perception.looks.book import MOST_LOOKS, TaughtName, key_of
from sayso.perception.looks.crop import SIDE, Crop

NAMES, FILE, VERSION = "names", "names.json", 1
MAX_BYTES, MAX_PICTURE, MOST_NAMES, LONGEST = 1_000_000, 100_000, 200, 60
Edge = Annotated[float, Field(gt=0, le=2.0)]


def _plain_file(name: str) -> str:
    if Path(name).name != name or not name.endswith(".png"):
        raise ValueError("must be a PNG file in the same folder")
    return name


File = Annotated[str, Field(min_length=5, max_length=120), AfterValidator(_plain_file)]


def _a_name(name: str) -> str:
    if not key_of(name) or not name.isprintable() or name != " ".join(name.split()):
        raise ValueError("a name is one or more printable words")
    return name


Name = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_a_name)]


class Look(BaseModel):
    """One look: its ``picture`` (transparent where it is not the thing), its ``heights`` above the table (gray, 2 mm a
    step, 255 unknown), and the thing's ``size`` (longer, shorter, height) in m."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    picture: File
    heights: File
    size: tuple[Edge, Edge, Edge]
    taught: AwareDatetime


class Entry(BaseModel):
    """A ``name``, what the ``thing`` is by color and kind, and up to three looks."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Name
    thing: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    looks: Annotated[tuple[Look, ...], Field(min_length=1, max_length=MOST_LOOKS)]


class _Names(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    version: Literal[1]
    names: Annotated[tuple[Entry, ...], Field(max_length=MOST_NAMES)] = ()


def names_folder() -> Path:
    """``sayso/names`` in the user's data folder. Raises `UserError` for a user without a home."""
    try:
        return user_folder(*DATA) / "sayso" / NAMES
    except RobotError as error:
        raise UserError(str(error)) from error


class LooksFile:
    """The names in ``folder``; every change is written at once, and one from outside is seen at the next call.

    All methods raise `UserError` for a file that cannot be used; its message is one line.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now().astimezone()) -> None:
        self.folder, self.path, self._clock = folder, folder / FILE, clock
        self._stamp: tuple[int, int, int] | None = None
        self._names: tuple[TaughtName, ...] = ()

    def names(self) -> tuple[TaughtName, ...]:
        """All names with their looks, oldest first; the same objects as long as the file is the same."""
        stamp = self._stamped()
        if stamp != self._stamp:
            self._names = tuple(TaughtName(e.name, e.thing, tuple(map(self._crop, e.looks))) for e in self.entries())
            self._stamp = stamp
        return self._names

    def entries(self) -> tuple[Entry, ...]:
        """The entries of the file, oldest first."""
        try:
            if self.path.stat().st_size > MAX_BYTES:
                raise UserError(f"{self.path} has more than {MAX_BYTES} bytes")
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise UserError(f"{self.path} cannot be read: {error.strerror or error}") from error
        except (ValueError, RecursionError) as error:
            raise UserError(f"{self.path} is not JSON: {' '.join(str(error).split())}") from None
        version = found.get("version") if isinstance(found, dict) else None
        if version != VERSION:
            raise UserError(f"{self.path} is of version {json.dumps(version)[:20]}; this program reads {VERSION}")
        try:
            entries = _Names.model_validate(found).names
        except ValidationError as error:
            first = error.errors()[0]
            what = first["msg"].removeprefix("Value error, ")
            raise UserError(f"{self.path}: {'.'.join(map(str, first['loc'])) or 'file'}: {what}") from None
        keys = [key_of(e.name) for e in entries]
        twice = next((e.name for i, e in enumerate(entries) if keys[i] in keys[:i]), None)
        if twice is not None:
            raise UserError(f"{self.path} has the name '{twice}' twice; a name belongs to one thing")
        return entries

    def find(self, name: str) -> Entry | None:
        """The entry of a name, with or without "my"."""
        return next((e for e in self.entries() if key_of(e.name) == key_of(name)), None)

    def teach(self, name: str, thing: str, crop: Crop, again: bool = False) -> Entry:
        """Keep a look of ``thing``, a color and a kind, under ``name``; ``again``: one more, in place of the oldest."""
        name = checked_name(name)
        with self._lock():
            entries = list(self.entries())
            known = next((e for e in entries if key_of(e.name) == key_of(name)), None)
            old = known.looks if known is not None and again else ()
            taken = {f for e in entries for k in e.looks for f in (k.picture, k.heights)}
            stem = next(s for s in _stems(name) if f"{s}.png" not in taken)
            look = Look(
                picture=f"{stem}.png",
                heights=f"{stem}.heights.png",
                size=(_edge(crop.size[0]), _edge(crop.size[1]), _edge(crop.size[2])),
                taught=self._clock().replace(microsecond=0),
            )
            entry = Entry(name=name, thing=thing, looks=(*old, look)[-MOST_LOOKS:])
            rgba = np.ascontiguousarray(crop.picture[..., [2, 1, 0, 3]])
            for file, image in ((look.picture, rgba), (look.heights, crop.heights)):
                write_atomic(self.folder / file, cv2.imencode(".png", image)[1].tobytes(), private=True)
            self._write([entry if e is known else e for e in entries] + ([entry] if known is None else []), entries)
        return entry

    def rename(self, old: str, new: str) -> Entry:
        """Give the thing that is called ``old`` the name ``new``."""
        new = checked_name(new)
        with self._lock():
            entries = list(self.entries())
            known = _known(old, entries)
            other = next((e for e in entries if key_of(e.name) == key_of(new)), known)
            if other is not known:
                raise UserError(f"'{other.name}' is already the name of the {other.thing}")
            entry = known.model_copy(update={"name": new})
            self._write([entry if e is known else e for e in entries], entries)
        return entry

    def forget(self, name: str) -> Entry:
        """Remove a name and its pictures."""
        with self._lock():
            entries = list(self.entries())
            known = _known(name, entries)
            self._write([e for e in entries if e is not known], entries)
        return known

    def _write(self, entries: list[Entry], before: list[Entry]) -> None:
        """Write the file, then remove the pictures that nothing names any more."""
        if len(entries) > MOST_NAMES:
            raise UserError(f"{self.path} has {MOST_NAMES} names; forget one first")
        whole = _Names(version=1, names=tuple(entries)).model_dump(mode="json")
        write_atomic(self.path, json.dumps(whole, indent=1, ensure_ascii=False) + "\n", private=True)
        kept = {f for e in entries for k in e.looks for f in (k.picture, k.heights)}
        for file in {f for e in before for k in e.looks for f in (k.picture, k.heights)} - kept:
            (self.folder / file).unlink(missing_ok=True)

    def _crop(self, look: Look) -> Crop:
        picture, heights = self._image(look.picture, (SIDE, SIDE, 4)), self._image(look.heights, (SIDE, SIDE))
        return Crop(np.ascontiguousarray(picture[..., [2, 1, 0, 3]]), heights, np.array(look.size))

    def _image(self, file: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        path = self.folder / file
        try:
            data = path.read_bytes() if path.stat().st_size <= MAX_PICTURE else b""
        except OSError as error:
            raise UserError(f"{path}, which {self.path} names, cannot be read: {error.strerror or error}") from None
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
        if image is None or image.dtype != np.uint8 or image.shape != shape:
            what = "with transparency" if len(shape) == 3 else "in gray"
            raise UserError(f"{path} is no PNG of {SIDE} × {SIDE} pixels {what}")
        return np.asarray(image, np.uint8)

    def _lock(self) -> FolderLock:
        try:
            return FolderLock(self.folder)
        except FolderLocked as error:
            raise UserError(f"cannot write {self.path}: {error.strerror}") from None
        except OSError as error:
            raise UserError(f"cannot write {self.path}: {error.strerror or error}") from error

    def _stamped(self) -> tuple[int, int, int]:
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0, 0
        return found.st_mtime_ns, found.st_size, found.st_ino


def checked_name(name: str) -> str:
    """``name`` with single spaces. Raises `UserError` if it is none for a thing."""
    name = " ".join(name.split())
    try:
        if len(name) > LONGEST:
            raise ValueError(f"it has {len(name)} characters; at most {LONGEST} are allowed")
        return _a_name(name)
    except ValueError as error:
        raise UserError(f"'{name[:LONGEST]}' is no name for a thing: {error}") from None


def _edge(metres: float) -> float:
    return round(float(min(max(metres, 1e-3), 2.0)), 4)


def _known(name: str, entries: list[Entry]) -> Entry:
    found = next((e for e in entries if key_of(e.name) == key_of(name)), None)
    if found is None:
        raise UserError(f"nothing has the name '{name}'; names: {', '.join(e.name for e in entries) or 'none'}")
    return found


def _stems(name: str) -> list[str]:
    """File names for the looks of a name: my-mug-1, my-mug-2, …"""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "thing"
    return [f"{stem}-{k}" for k in range(1, MOST_NAMES * MOST_LOOKS + 2)]
