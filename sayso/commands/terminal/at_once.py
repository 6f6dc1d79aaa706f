"""Arguments of `sayso say` and `sayso stop`, which do not wait for Typer's import."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import NoReturn

from sayso.errors import UserError


class Arguments(ArgumentParser):
    """The arguments of ``sayso COMMAND``, with --session and --robot; invalid ones raise `UserError`."""

    def __init__(self, command: str, text: str) -> None:
        super().__init__(
            prog=f"sayso {command}", description=text, formatter_class=RawDescriptionHelpFormatter, allow_abbrev=False
        )
        self.add_argument("--session", metavar="ID", help="only this session (an id from sayso sessions)")
        self.add_argument("--robot", metavar="NAME", help="only the sessions with this robot")

    def error(self, message: str) -> NoReturn:
        """Raise the message as the one line on stderr."""
        raise UserError(f"{message}; see {self.prog} --help")
