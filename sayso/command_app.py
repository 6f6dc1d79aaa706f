"""The commands as Typer has them, each loaded only when it is called: a stop does not wait for the simulator."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sayso.commands.terminal.viewpoint import HELP as HELP_VIEWPOINT
from sayso.commands.terminal.viewpoint import viewpoint_yaw

PLAIN: dict[str, Any] = {"add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}
HELP_NAMES = {"help_option_names": ["-h", "--help"]}


def make_app(folders: Mapping[str, Mapping[str, str]]) -> typer.Typer:
    """Folders of commands, each with its help; a command is a function NAME in sayso/commands/FOLDER/NAME.py."""
    folder_of = {name: folder for folder, commands in folders.items() for name in commands}

    class Commands(TyperGroup):
        """Knows the names and loads the rest when it is asked for."""

        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.commands: dict[str, Any] = dict.fromkeys(folder_of)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            """The command of that name; None if there is none."""
            if cmd_name in self.commands and self.commands[cmd_name] is None:
                self.commands[cmd_name] = _load(folder_of[cmd_name], cmd_name)
            return self.commands.get(cmd_name)

        def format_commands(self, ctx: Any, formatter: Any) -> None:
            """The list in --help, without loading a command."""
            for folder, commands in folders.items():
                with formatter.section(folder.capitalize() or "Commands"):
                    formatter.write_dl(list(commands.items()))

    app = typer.Typer(
        name="sayso",
        cls=Commands,
        help="A robot arm does what you say, and you correct it in words while it moves. Without a command, in a "
        "terminal, it is a prompt: type what the robot is to do; quit ends.",
        epilog="Exit codes: 0 done, 1 tried and failed, refused or stopped, 2 bad input, 130 interrupted. "
        "--debug, anywhere, shows where an error came from.",
        invoke_without_command=True,
        context_settings=HELP_NAMES,
        **PLAIN | {"add_completion": True},
    )
    app.callback()(_sayso)
    return app


def _load(folder: str, name: str) -> Any:
    function = name.replace("-", "_")
    module = ".".join(filter(None, ("sayso.commands", folder, function)))
    command = getattr(import_module(module), function)
    if not isinstance(command, typer.Typer):
        alone = typer.Typer(**PLAIN)
        alone.command(name)(command)
        command = alone
    return typer.main.get_command(command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"sayso {version('sayso')}")
        except PackageNotFoundError:
            print("sayso, not installed")
        raise typer.Exit


def _sayso(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    robot: Annotated[
        str | None,
        typer.Option(help="For the prompt: sim, sim:ARM, or a real arm.", show_default="the one kept, else sim"),
    ] = None,
    viewpoint: Annotated[
        str | None, typer.Option(metavar="facing|behind|DEGREES", help=HELP_VIEWPOINT, show_default="behind")
    ] = None,
) -> None:
    """Without a command, in a terminal: the prompt."""
    if context.invoked_subcommand is not None:
        for name, given in (("--robot", robot), ("--viewpoint", viewpoint)):
            if given is not None:
                raise typer.BadParameter(f"{name} before a command is for the prompt alone; give it after the command")
    elif sys.stdin.isatty() and sys.stdout.isatty():
        from sayso.commands.prompt import prompt

        prompt(robot, viewpoint_yaw(viewpoint or "behind"))
    else:
        print(context.get_help())
