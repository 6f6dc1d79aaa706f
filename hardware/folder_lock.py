"""An exclusive lock on a folder, so that one process at a time writes into it; no lock file is left behind."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from errno import EAGAIN, EWOULDBLOCK
from pathlib import Path
from typing import Self


class FolderLocked(OSError):
    """Another process holds the folder's lock; ``strerror`` names the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(EAGAIN, f"another program is writing into {folder}; wait for it, or choose another folder")


class FolderLock:
    """Creates and locks ``folder`` until `release`, which removes folders that the lock created and that are empty.

    The kernel releases the lock when the process ends. With ``fresh`` the folder must not exist yet. Raises
    `FolderLocked`, and OSError if the folder cannot be created, or exists although ``fresh`` is set.
    """

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        self.folder = folder
        self._made = [part for part in (folder, *folder.parents) if not part.exists()]
        if fresh and self._made:
            folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=not fresh, exist_ok=not fresh)
        self._file: int | None = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (EAGAIN, EWOULDBLOCK):
                os.close(self._file)
                self._file, self._made = None, []
                raise FolderLocked(folder) from None
            # Some network file systems do not support flock on folders: two writers go undetected there.

    def release(self) -> None:
        """Release the lock; safe to call twice."""
        if self._file is None:
            return
        file, self._file = self._file, None
        with suppress(OSError):
            for part in self._made:  # innermost first; the first non-empty folder ends the loop
                part.rmdir()
        os.close(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            os.close(self._file)  # type: ignore[arg-type]
            self._file = None
