"""The fault latch: a fault outlives the computer it happened on, until a person resets it."""

from __future__ import annotations

import os
from pathlib import Path


class FaultLatch:
    """A file that is there while a fault is latched and says what it was. Not for the loop: it waits for disks."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def cause(self) -> str:
        """The latched fault, an empty text if there is none; what cannot be read is a fault too."""
        try:
            return self.path.read_text(encoding="utf-8").strip() or "an unknown fault"
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as error:
            return f"an unknown fault: {self.path} cannot be read ({error})"

    def set(self, cause: str) -> None:
        """Latch a fault; it is on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with beside.open("w", encoding="utf-8") as file:
            file.write(cause)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    def reset(self) -> None:
        """A person has seen to it."""
        self.path.unlink(missing_ok=True)
