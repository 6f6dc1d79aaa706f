"""The fault latch: a file keeps a fault across restarts until a person resets it."""

from __future__ import annotations

import os
from pathlib import Path


class FaultLatch:
    """A file that exists while a fault is latched and holds its cause. Blocks on disk I/O: not for the control loop."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def cause(self) -> str:
        """The latched fault, or an empty text without one; an unreadable file counts as a fault."""
        try:
            return self.path.read_text(encoding="utf-8").strip() or "an unknown fault"
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as error:
            return f"an unknown fault: {self.path} cannot be read ({error})"

    def set(self, cause: str) -> None:
        """Latch a fault; the file is on disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with beside.open("w", encoding="utf-8") as file:
            file.write(cause)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    def reset(self) -> None:
        """Clear the latch, at a person's request."""
        self.path.unlink(missing_ok=True)
