"""The command line: which commands there are, and how an error becomes one line and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from hardware.robot import RobotError
from sayso.errors import UserError

# In the order of --help; each is a function of its own name in sayso/commands/NAME.py.
COMMANDS = (
    "run", "say", "stop", "sessions", "scenes", "models", "robots", "bench", "collect", "train", "replay", "calibrate",
    "doctor", "check-robot", "emulate",
)  # fmt: skip
DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="sayso",
    help="A robot arm does what you say, lets you correct it in words while it moves, and learns from that.",
    epilog="Exit codes: 0 done, 1 tried and failed, refused or stopped, 2 bad input, 130 interrupted. "
    "--debug, anywhere, shows where an error came from.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _sayso(context: typer.Context) -> None:
    """Without a command, tell which there are."""
    if context.invoked_subcommand is None:
        print(context.get_help())


for _name in COMMANDS:
    _function = _name.replace("-", "_")
    _command = getattr(import_module(f"sayso.commands.{_function}"), _function)
    if isinstance(_command, typer.Typer):
        app.add_typer(_command, name=_name)
    else:
        app.command(_name)(_command)


def run_command(arguments: Sequence[str]) -> int:
    """Carry out one command line and return its exit code; an error is one line on stderr."""
    debug = "--debug" in arguments
    try:
        # Not standalone: Typer would print boxes of its own and exit by itself.
        code = app([a for a in arguments if a != "--debug"], prog_name="sayso", standalone_mode=False)
        if code == INTERRUPTED:  # Typer makes an exit of Ctrl-C by itself, in some versions
            raise KeyboardInterrupt
        return code if isinstance(code, int) else DONE
    except UserError as error:
        return _report(str(error), error, debug, BAD_INPUT)
    except RobotError as error:
        return _report(str(error), error, debug, FAILED)
    except (typer.Abort, KeyboardInterrupt) as error:
        return _report("interrupted", error, debug, INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing more can be said there, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        # Typer's own errors: their class is click's or a copy of it, as Typer's version wills.
        if callable(message := getattr(error, "format_message", None)):
            return _report(message(), error, debug, BAD_INPUT)
        text = f"unexpected {type(error).__name__}: {error} (--debug shows where; please report it)"
        return _report(text, error, debug, FAILED)


def _report(text: str, error: BaseException, debug: bool, code: int) -> int:
    if debug:
        import traceback

        traceback.print_exception(error)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    print(f"sayso: {line}".encode(errors="replace").decode(), file=sys.stderr)
    return code


def main() -> None:
    """Entry point of ``sayso``."""
    # Whoever ends us politely gets what Ctrl-C gets: the arm stops, and nothing half-written stays.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run_command(sys.argv[1:]))
