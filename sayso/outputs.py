"""Output folders: a command replaces files of earlier commands, never the user's own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sayso.errors import UserError
from sayso.files import check_writable
from sayso.hardware.folder_lock import FolderLock, FolderLocked

ELSEWHERE = "move it away, or name another place"
# Files of a recording; earlier versions recorded no digests.
_RECORDED = re.compile(
    r"(run|scene)\.json|meta/(info|stats)\.json|meta/tasks\.parquet|meta/episodes/chunk-\d{3,}/file-\d{3,}\.parquet|"
    r"data/chunk-\d{3,}/file-\d{3,}\.parquet|videos/[^/]+/chunk-\d{3,}/file-\d{3,}\.mp4"
)


class UnwrittenError(UserError):
    """Something of a finished work could not be written; ``files`` are the paths, by name, of what was."""

    def __init__(self, problems: Sequence[str], files: dict[str, Path]) -> None:
        super().__init__("; ".join(problems))
        self.files = files


class Outputs:
    """Writes files one after another: one that cannot be written does not keep the others from it."""

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}
        self._problems: list[str] = []

    def write(self, name: str, write: Callable[[], Path | None]) -> bool:
        """Call ``write`` for the file called ``name``; False if it raised."""
        try:
            path = write()
        except (OSError, UserError) as error:
            self._problems.append(str(error))
            return False
        if path is not None:
            self.files[name] = path
        return True

    def check(self) -> None:
        """Raise `UnwrittenError` if something was not written."""
        if self._problems:
            raise UnwrittenError(self._problems, self.files)


@contextmanager
def alone_in(*folders: Path) -> Iterator[None]:
    """Lock ``folders`` against other commands; remove those that stay empty.

    Raises `UserError` if another command holds one, or one is not writable.
    """
    held: list[FolderLock] = []
    try:
        for folder in {folder.absolute(): folder for folder in folders}.values():
            check_writable(folder)
            try:
                held.append(FolderLock(folder))
            except FolderLocked as error:
                raise UserError(str(error.strerror)) from None
            except OSError as error:
                raise UserError(f"cannot write to {folder}: {error.strerror or error}") from error
        yield
    finally:
        for lock in held:
            lock.release()


@contextmanager
def fresh_folder(parent: Path, name: str) -> Iterator[Path]:
    """A new folder ``name`` in ``parent`` for this command alone; name-2, name-3, … if it exists."""
    check_writable(parent)
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            lock = FolderLock(folder, fresh=True)
            break
        except (FileExistsError, FolderLocked):
            number += 1
        except OSError as error:
            raise UserError(f"cannot write to {folder}: {error.strerror or error}") from error
    with lock:
        yield folder


def check_new_picture(file: Path) -> None:
    """Raise `UserError` unless ``file`` names a PNG that does not exist, in a folder that does."""
    if file.suffix.lower() != ".png":
        raise UserError(f"{file} is no name of a picture; end it in .png")
    if file.exists() or file.is_symlink():
        raise UserError(f"{file} exists; name another file, or remove that one")
    if not file.parent.is_dir():
        raise UserError(f"{file.parent} is no folder; make it first, or name another")


def check_ours(files: Sequence[Path], ours: Callable[[], bool], what: str) -> None:
    """Raise `UserError` if one of ``files`` exists and ``ours()`` denies that they are ``what``."""
    there = [file for file in files if file.exists() or file.is_symlink()]
    if there and not ours():
        raise UserError(f"{there[0]} is not {what}; {ELSEWHERE}")


def json_in(file: Path) -> object:
    """The JSON in ``file``; None if unreadable."""
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def digests(folder: Path, names: Sequence[str], inside: str) -> dict[str, str]:
    """sha256 of the files ``names`` of ``folder`` and of everything in its folder ``inside``, by relative path."""
    files = [folder / name for name in names if (folder / name).is_file()]
    files += [file for file in sorted((folder / inside).rglob("*")) if file.is_file()]
    return {file.relative_to(folder).as_posix(): _digest(file) for file in files}


def check_left(folder: Path, names: Sequence[str], inside: str, left: dict[str, str] | None) -> None:
    """Raise `UserError` unless ``names`` of ``folder`` and all files in ``inside`` are unchanged since a run.

    ``left`` are their `digests`; empty: an early version's files, known by name alone; None: no run wrote here.
    """
    recording = folder / inside
    if recording.is_symlink() or (recording.exists() and not recording.is_dir()):
        raise UserError(f"{recording} is not a folder that a run left; {ELSEWHERE}")
    files = [file for file in sorted(recording.rglob("*")) if not file.is_dir() or file.is_symlink()]
    files += [folder / name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    for file in files:
        name = file.relative_to(folder).as_posix()
        known = left is not None and (name in left or (not left and (name in names or _recorded(name, inside))))
        if not known or not file.is_file() or file.is_symlink():
            why = "" if name in names else f": {recording} is not the recording of a run"
            raise UserError(f"{file} is not what a run left{why}; {ELSEWHERE}")
        if left and left[name] and left[name] != _digest(file):
            raise UserError(f"{file} was changed since a run left it; {ELSEWHERE}")


def _recorded(name: str, inside: str) -> bool:
    return _RECORDED.fullmatch(name.removeprefix(f"{inside}/")) is not None


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return "sha256:" + hashlib.file_digest(content, "sha256").hexdigest()
