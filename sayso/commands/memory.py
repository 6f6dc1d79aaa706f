"""``sayso memory``: what is remembered, in a file that a person can edit."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.commands.terminal.options import Json, print_json
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.planner.memory.entries import AnyEntry


class Action(StrEnum):
    """What to do with the memory."""

    LIST = "list"
    FORGET = "forget"
    PATH = "path"


KINDS = ("name", "rule", "preference", "habit", "tip", "done", "seen")


def memory(
    action: Annotated[Action, typer.Argument(help="list, forget or path.")] = Action.LIST,
    what: Annotated[
        list[str] | None,
        typer.Argument(help="Numbers of the list, names, or kinds: name, rule, preference, habit, tip, done, seen."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="With forget: everything.")] = False,
    json: Json = False,
) -> None:
    """List what is remembered: names, rules, preferences, habits, tips, what was done and what was seen where.

    It is one file, an entry a line, which you may edit; a line that is no entry stays and has no effect.

    Example: sayso memory forget Betty
    """
    from sayso.memory_store import MemoryFile, memory_path
    from sayso.planner.memory.memory import now_here
    from sayso.planner.memory.replies import ago

    path = memory_path()
    if action is not Action.FORGET and (what or everything):
        raise UserError(f"sayso memory {action} takes nothing more; did you mean sayso memory forget?")
    if action is Action.PATH:
        print_json({"path": str(path)}) if json else print(path)
        return
    file = MemoryFile(path, lambda text: print(f"sayso: {text}", file=sys.stderr))
    entries = sorted(file.entries(), key=lambda entry: KINDS.index(entry.kind))
    if action is Action.FORGET:
        gone = entries if everything else [e for each in _needed(what) for e in _named(each, entries)]
        file.change([], [e for i, e in enumerate(gone) if e not in gone[:i]])
        for entry in gone:
            print(f"forgotten: {described(entry)}", file=sys.stderr if json else sys.stdout)
        if json:
            print_json([entry.model_dump(mode="json") for entry in gone])
        return
    if json:
        print_json([entry.model_dump(mode="json") for entry in entries])
        return
    for number, entry in enumerate(entries, 1):
        print(f"{number:3}  {entry.kind:10}  {described(entry)}, {ago(entry, now_here())}")
    print(f"in {path}" if entries else f"nothing is remembered yet; it will be in {path}")


def described(entry: AnyEntry) -> str:
    """An entry in a few words."""
    from sayso.planner.memory.entries import Done, Habit, Named, Preferred, Seen, Standing
    from sayso.planner.task.english import plainly, said
    from sayso.planner.task.text import parse
    from sayso.planner.task.values import Rule, Thing

    if isinstance(entry, Named):
        return f"{entry.name}: the {entry.thing} of {entry.robot}"
    if isinstance(entry, Standing):
        return f"“{entry.said}”: {'; '.join(said(c) for c in parse(entry.rule, Rule).constraints)}"
    if isinstance(entry, Preferred):
        return f"“{entry.said}”: {said(parse(entry.thing, Thing))}"
    if isinstance(entry, Habit):
        return f"{entry.words} ({entry.arm}, from {entry.corrections} corrections)"
    if isinstance(entry, Done):
        return f"“{plainly(entry.said)}” on {entry.robot}: {entry.outcome}"
    if isinstance(entry, Seen):
        below = f", with the {entry.inside}" if entry.inside else ""
        return f"{entry.thing} of {entry.robot} at x {entry.at[0]:.2f} m, y {entry.at[1]:.2f} m{below}"
    return f"{entry.text}{f' (“{entry.said}”)' if entry.said else ''}"


def _needed(what: list[str] | None) -> list[str]:
    if not what:
        raise UserError("forget what? Numbers of sayso memory, names, kinds, or --all")
    return what


def _named(what: str, entries: list[AnyEntry]) -> list[AnyEntry]:
    """The entries that a number, a name or a kind means."""
    from sayso.planner.memory.entries import Named
    from sayso.planner.memory.memory import key_of

    if what.isdecimal():
        if not 1 <= int(what) <= len(entries):
            raise UserError(f"no entry {what}; there are 1 to {len(entries)}" if entries else "nothing is remembered")
        return [entries[int(what) - 1]]
    found: list[AnyEntry] = [e for e in entries if isinstance(e, Named) and key_of(e.name) == key_of(what)]
    found = found or [e for e in entries if e.kind == what.casefold().removesuffix("s")]
    if not found:
        names = ", ".join(e.name for e in entries if isinstance(e, Named))
        raise UserError(f"'{what}' is no number, name or kind; names: {names or 'none'}; kinds: {', '.join(KINDS)}")
    return found
