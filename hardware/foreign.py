"""Code of others, loaded or called at set-up: whatever it raises becomes one line that names it."""

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
    """What runs in here does not see the arguments of this program, which are not meant for it."""
    arguments, sys.argv = sys.argv, sys.argv[:1]
    try:
        yield
    finally:
        sys.argv = arguments


@contextmanager
def foreign(what: str, fails: str, ends: str) -> Iterator[None]:
    """Code of others runs in here, `without_arguments`.

    A `RobotError` and Ctrl-C pass. Any other error becomes a RobotError "WHAT FAILS: the error", and one that ends the
    program becomes "WHAT ends the program ENDS".
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
    """Which line ended the program, and how."""
    trace, where = error.__traceback__, ""
    while trace is not None:
        where = f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{where}, ends the program with {shortened(repr(error.code), 40)}; it must raise an error instead"


def in_words(error: BaseException) -> str:
    """The kind of an error and what it says, in one line of bounded length."""
    return shortened(without_password(f"{type(error).__name__}: {error}").removesuffix(": "))


def shortened(text: str, most: int = LONGEST) -> str:
    """``text`` in one line of at most ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
