"""Wrappers around third-party code at set-up: any exception becomes a one-line error that names the code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sayso.hardware.addresses import without_password
from sayso.hardware.robot import RobotError

LONGEST = 120


@contextmanager
def without_arguments() -> Iterator[None]:
    """Hide this program's command-line arguments from the code in the block."""
    arguments, sys.argv = sys.argv, sys.argv[:1]
    try:
        yield
    finally:
        sys.argv = arguments


@contextmanager
def foreign(what: str, fails: str, ends: str) -> Iterator[None]:
    """Run third-party code in the block, `without_arguments`.

    `RobotError` and KeyboardInterrupt pass through. Another exception becomes `RobotError` "WHAT FAILS: the error";
    SystemExit becomes "WHAT ends the program ENDS".
    """
    try:
        with without_arguments():
            yield
    except RobotError:
        raise
    except SystemExit as error:
        raise RobotError(f"{what} ends the program {ends}") from error
    except Exception as error:
        raise RobotError(f"{what} {fails}: {in_words(error)}") from error


def exit_in_words(error: SystemExit) -> str:
    """Describe a SystemExit: file and line that raised it, and its code."""
    trace, where = error.__traceback__, ""
    while trace is not None:
        where = f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{where}, ends the program with {shortened(repr(error.code), 40)}; it must raise an error instead"


def in_words(error: BaseException) -> str:
    """An exception's type and message in one line of bounded length, without passwords."""
    return shortened(without_password(f"{type(error).__name__}: {error}").removesuffix(": "))


def shortened(text: str, most: int = LONGEST) -> str:
    """``text`` in one line, cut to ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
