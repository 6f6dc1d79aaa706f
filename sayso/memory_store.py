"""The file of the memory: one JSON object a line, which a person can read and edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.folder_lock import FolderLock, FolderLocked
from sayso.hardware.robot import RobotError
from sayso.hardware.user_folders import DATA, user_folder
from sayso.planner.memory.entries import AnyEntry, parse_entry, written

HEAD = b"# What Sayso remembers, one entry a line. Change or delete lines as you like; sayso memory lists them.\n"
MAX_BYTES = 8_000_000
WAITS_S, LOOK_S = 2.0, 0.02


def memory_path() -> Path:
    """``sayso/memory.jsonl`` in the user's data folder. Raises `UserError` for a user without a home."""
    try:
        return user_folder(*DATA) / "sayso" / "memory.jsonl"
    except RobotError as error:
        raise UserError(str(error)) from error


def memory_of_user(tell: Callable[[str], None]) -> Path | None:
    """`memory_path`; None for a user without a home, of which ``tell`` hears."""
    try:
        return memory_path()
    except UserError as error:
        tell(f"{error}; this session remembers nothing")
        return None


class MemoryFile:
    """The entries in the file ``path``; lines that are none stay where they are, and ``tell`` hears of them once.

    A file that cannot be read or written is reported to ``tell``; the session then remembers for itself only.
    """

    def __init__(self, path: Path, tell: Callable[[str], None], clock: Clock | None = None) -> None:
        self.path, self._tell, self._clock = path, tell, clock or MonotonicClock()
        self._told: set[str] = set()
        self._stamp: tuple[int, int, int] | None = None
        self._is_read = False

    def changed(self) -> list[AnyEntry] | None:
        """All entries, oldest first; None if the file is as it was at the last call."""
        stamp = self._stamped()
        if self._is_read and stamp == self._stamp:
            return None
        self._is_read, self._stamp = True, stamp
        try:
            return self.entries()
        except UserError as error:
            self._tell_once(f"{error}; this session remembers nothing")
            return []

    def entries(self) -> list[AnyEntry]:
        """All entries, oldest first. Raises `UserError` if the file cannot be read."""
        return [entry for _, entry in self._lines() if entry is not None]

    def keep(self, added: Sequence[AnyEntry], removed: Sequence[AnyEntry] = ()) -> None:
        """Add and remove entries; report a failure."""
        try:
            self.change(added, removed)
        except UserError as error:
            self._tell_once(f"{error}; this session remembers nothing")

    def change(self, added: Sequence[AnyEntry], removed: Sequence[AnyEntry] = ()) -> None:
        """Add and remove entries in the file as it is now. Raises `UserError` if that fails."""
        with self._lock():
            lines = self._lines()
            gone = list(removed)
            kept = []
            for line, entry in lines:
                if entry is not None and entry in gone:
                    gone.remove(entry)
                else:
                    kept.append(line)
            kept += [written(entry).encode() + b"\n" for entry in added]
            write_atomic(self.path, b"".join(kept if lines else [HEAD, *kept]), private=True)
            self._stamp = self._stamped()

    def _lines(self) -> list[tuple[bytes, AnyEntry | None]]:
        """Each line as it stands, with its end, and its entry; None for a comment and for what is no entry."""
        try:
            if self.path.stat().st_size > MAX_BYTES:
                raise UserError(f"{self.path} has more than {MAX_BYTES} bytes; delete lines from it")
            text = self.path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise UserError(f"cannot read {self.path}: {error.strerror or error}") from error
        out: list[tuple[bytes, AnyEntry | None]] = []
        for number, line in enumerate(text.splitlines(), 1):
            entry = None
            if line.strip() and not line.lstrip().startswith(b"#"):
                try:
                    entry = parse_entry(line)
                except ValueError as error:
                    self._tell_once(f"{self.path}, line {number} is no entry and stays as it is: {error}")
            out.append((line + b"\n", entry))
        return out

    def _lock(self) -> FolderLock:
        until = self._clock.now() + WAITS_S
        while True:
            try:
                return FolderLock(self.path.parent)
            except FolderLocked as error:
                if self._clock.now() >= until:
                    raise UserError(f"cannot write {self.path}: {error.strerror}") from None
                self._clock.sleep_until(self._clock.now() + LOOK_S)
            except OSError as error:
                raise UserError(f"cannot write {self.path}: {error.strerror or error}") from error

    def _stamped(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text)


class ReplayedMemory:
    """The entries of a recorded run, ``lines`` of a file; nothing is written."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._entries = [parse_entry(line) for line in lines]
        self._is_read = False

    def changed(self) -> list[AnyEntry] | None:
        """The entries, at the first call."""
        read, self._is_read = self._is_read, True
        return None if read else list(self._entries)

    def now(self) -> datetime:
        """The time of the newest entry: in it the recorded run began."""
        return max(entry.when for entry in self._entries)

    def keep(self, added: Sequence[AnyEntry], removed: Sequence[AnyEntry] = ()) -> None:
        """Keep nothing."""
