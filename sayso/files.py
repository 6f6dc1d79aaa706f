"""Atomic file writes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sayso.errors import UserError


def write_atomic(path: Path, content: str | bytes, *, private: bool = False) -> Path:
    """Write ``content`` beside ``path`` and rename it into place; make folders as needed. Raises `UserError`.

    Only the owner can read a ``private`` file.
    """
    data = content.encode() if isinstance(content, str) else content
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(draft, "wb", opener=_private if private else None) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    return path


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def check_writable(folder: Path) -> None:
    """Make ``folder`` and raise `UserError` if a file cannot be written into it."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise UserError(f"cannot write to {folder}: {there} is not a folder")
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror or error}") from error
