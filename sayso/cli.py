"""The command line: the list of commands, and the conversion of errors to one line and an exit code."""

from __future__ import annotations

import atexit
import errno
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from types import FrameType
from typing import NoReturn

from sayso.errors import UserError
from sayso.hardware.addresses import without_password

# Folder in sayso/commands → its commands, in the order of --help. Slow imports belong in the commands, where Ctrl-C
# ends in one line.
FOLDERS = {
    "": {
        "run": "Run one instruction, in simulation or on a real arm.",
        "say": "Correct the moving arm in words.",
        "stop": "Stop the arm: all your sessions, or one.",
        "console": "Serve a live page: see, say, press, stop.",
        "sessions": "List the running sessions.",
        "look": "List what is on the table in a picture.",
        "name": "Teach a thing its name.",
        "names": "List what is known by name; rename or forget it.",
        "scenes": "List objects, colors and ready-made scenes.",
        "memory": "List what is remembered, or forget it.",
        "replay": "Run a recorded run again and compare.",
        "bench": "Run a benchmark suite, with intervals.",
    },
    "training": {
        "corrections": "List what people said to the moving arm; play, relabel, strike out.",
        "learn": "Learn from corrected runs; promote what passes the gate.",
        "models": "List and check the learned models; versions, rollback.",
        "collect": "Collect demonstrations by the simulator's teacher.",
        "train": "Train a part and export it to ONNX.",
        "label": "Label a LeRobot dataset with subtasks and motions.",
        "export": "Export a run or a dataset to LeRobot, MCAP or Rerun.",
    },
    "arms": {
        "robots": "List, save or remove real robots by name.",
        "doctor": "Check whether this computer and this arm are good enough.",
        "check-robot": "Check whether an arm keeps its contract.",
        "setup-motors": "Give the motors of a new servo arm their ids.",
        "calibrate": "Calibrate a camera, its place, or a servo arm.",
        "emulate": "Serve an emulated arm and its cameras.",
        "rest": "Lay a real arm down and switch it off.",
    },
}
COMMANDS = tuple(name for folder in FOLDERS.values() for name in folder)
AT_ONCE = ("say", "stop")  # parse their own arguments: loading Typer takes 0.1 s
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def run_command(arguments: Sequence[str]) -> int:
    """Execute one command line and return its exit code; an error is one line on stderr."""
    debug = "--debug" in arguments
    try:
        arguments = [_text(place, a) for place, a in enumerate(arguments, 1) if a != "--debug"]
        if arguments and arguments[0] in AT_ONCE:
            name = arguments[0]
            try:
                code = int(getattr(import_module(f"sayso.commands.{name}"), name)(arguments[1:]))
            except SystemExit as error:  # argparse's, after --help
                code = error.code if isinstance(error.code, int) else DONE
            sys.stdout.flush()
            return code
        from sayso.command_app import make_app

        app = make_app(FOLDERS)
        # Not standalone: Typer would print boxes and exit by itself.
        code = app(arguments, prog_name="sayso", standalone_mode=False)
        if code == INTERRUPTED:  # some versions of Typer turn Ctrl-C into an exit
            raise KeyboardInterrupt
        sys.stdout.flush()  # raises a write error now, while it can be reported
        return code if isinstance(code, int) else DONE
    except UserError as error:
        return _report(str(error), error, debug, BAD_INPUT)
    except SystemExit as error:  # from a driver or a library: our own code does not raise it
        if isinstance(error.__context__, BrokenPipeError):  # Typer raises it after the reader of the output has gone
            _drop_output()
            return FAILED
        if error.code == DONE and _ended_by(error) in ("typer", "click"):  # after completing a word for a shell
            sys.stdout.flush()
            return DONE
        from sayso.hardware.foreign import exit_in_words

        return _report(exit_in_words(error), error, debug, FAILED)
    except KeyboardInterrupt as error:
        return _report("interrupted", error, debug, INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone: write no more, not even at exit.
        _drop_output()
        return FAILED
    except Exception as error:
        if type(error).__name__ == "Abort" or _was_interrupted(
            error
        ):  # Typer's own class or a copy, depending on its version
            return _report("interrupted", error, debug, INTERRUPTED)
        robot = sys.modules.get("sayso.hardware.robot")  # its errors exist only after its import
        if robot is not None and isinstance(error, robot.RobotError):
            return _report(str(error), error, debug, FAILED)
        if isinstance(error, OSError) and error.errno in FULL:
            try:
                sys.stdout.flush()
            except OSError:
                _drop_output()
            return _report(
                f"{error.filename or 'the output'} cannot be written: {error.strerror}", error, debug, FAILED
            )
        if isinstance(error, ImportError):
            from sayso.missing import what_is_missing

            if missing := what_is_missing(error):
                return _report(missing, error, debug, BAD_INPUT)
        if isinstance(error, UnicodeEncodeError):
            text = (
                f"there is no {error.object[error.start : error.end]!a} in this terminal's encoding, {error.encoding}"
            )
            return _report(f"{text}: set LC_ALL=C.UTF-8", error, debug, BAD_INPUT)
        # Typer's own errors: click's class or a copy, depending on Typer's version.
        if callable(message := getattr(error, "format_message", None)):
            return _report(message().replace("Value error, ", ""), error, debug, BAD_INPUT)
        text = f"unexpected {type(error).__name__}: {error} (--debug shows where; please report it)"
        return _report(text, error, debug, FAILED)


def _ended_by(error: SystemExit) -> str:
    """The package of the line that ended the program."""
    trace, name = error.__traceback__, ""
    while trace is not None:
        name, trace = trace.tb_frame.f_globals.get("__name__", ""), trace.tb_next
    return str(name).partition(".")[0]


def _drop_output() -> None:
    with suppress(OSError, ValueError):  # a test's stdout has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _text(place: int, argument: str) -> str:
    """An argument as text in UTF-8, with any encoding setting of the terminal."""
    with suppress(UnicodeError):
        argument.encode()
        return argument
    with suppress(UnicodeError):
        return os.fsencode(argument).decode()
    raise UserError(f"argument {place} is not text in UTF-8: {argument!a}")


def _was_interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C caused ``error``: a library under import may convert it to another error."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _report(text: str, error: BaseException, debug: bool, code: int) -> int:
    if debug:
        import traceback

        traceback.print_exception(error)
    line = without_password(" ".join("".join(c if c.isprintable() else " " for c in text).split()))
    with suppress(OSError):  # a full disk takes no error either
        print(f"sayso: {line}".encode(errors="replace").decode(), file=sys.stderr)
    return code


def _open_streams() -> None:
    """Open closed standard streams and make every character printable.

    A file or port opened later would get a closed stream's number, and the printed text.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        stream = getattr(sys, name)
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
        if stream is None:
            setattr(sys, name, os.fdopen(number, mode, closefd=False))
        elif mode == "w" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt; during an import end the program, since libraries print or convert the exception."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            with suppress(OSError):
                os.write(2, b"sayso: interrupted\n")
            _end(INTERRUPTED)
        frame = frame.f_back
    raise KeyboardInterrupt


def _end(code: int) -> NoReturn:
    """End with ``code``: Python itself would end by the signal, if Ctrl-C came at certain places."""
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(code)


def main() -> None:
    """Entry point of ``sayso``."""
    # SIGTERM and SIGHUP act as Ctrl-C: the arm stops, and no half-written file stays.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is not signal.SIG_IGN:  # ignored by nohup
            signal.signal(ending, _interrupt)
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # runs last: only Python's own exit remains
    _open_streams()
    arguments = sys.argv[1:]
    del sys.argv[1:]  # a driver's module must not parse them
    code = run_command(arguments)
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    if code == INTERRUPTED:
        _end(code)
    sys.exit(code)
