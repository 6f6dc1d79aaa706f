"""Reads JSON files from outside with a size limit, and refuses duplicate keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sayso.hardware.robot import RobotError

BOM = b"\xef\xbb\xbf"


def read_json(file: Path, most: int, what: str = "") -> bytes:
    """Return the bytes of the JSON ``file``, at most ``most``; ``what`` stands before its name in errors.

    Raises `RobotError` if the file cannot be read, is too large or names a key twice.
    """
    try:
        if (size := file.stat().st_size) > most:
            raise RobotError(f"{what}{file} has {size} bytes; at most {most} are read")
        content = file.read_bytes().removeprefix(BOM)
    except (OSError, ValueError) as error:
        raise RobotError(f"cannot read {what}{file}: {getattr(error, 'strerror', None) or error}") from error
    try:
        json.loads(content, object_pairs_hook=_once)
    except RobotError as error:
        raise RobotError(f"{what}{file} {error}") from None
    except (ValueError, RecursionError):
        pass  # the caller's parser reports syntax errors with their position
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        twice = next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i]))
        raise RobotError(f"has '{twice}' twice in the same place; which one counts?")
    return out
