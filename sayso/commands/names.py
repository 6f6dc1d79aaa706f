"""``sayso names``: what is known by name; rename or forget it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from sayso.commands.terminal.options import Json, print_json
from sayso.errors import UserError


class Action(StrEnum):
    """What to do with the names."""

    LIST = "list"
    RENAME = "rename"
    FORGET = "forget"
    PATH = "path"


TAKES = {Action.LIST: 0, Action.RENAME: 2, Action.PATH: 0}


def names(
    action: Annotated[Action, typer.Argument(help="list, rename, forget or path.")] = Action.LIST,
    what: Annotated[list[str] | None, typer.Argument(help="rename: OLD NEW; forget: names.")] = None,
    json: Json = False,
) -> None:
    """List what is known by its looks; the folder may be copied to another computer, and its names.json edited.

    Example: sayso names rename "my mug" "the big mug"
    """
    from sayso.names.looks_file import Entry, LooksFile, names_folder

    file, given = LooksFile(names_folder()), what or []
    if len(given) != TAKES.get(action, len(given)):
        raise UserError(
            'sayso names rename takes two names: sayso names rename "my mug" Bob'
            if action is Action.RENAME
            else f"sayso names {action} takes nothing more; did you mean sayso names forget?"
        )
    if action is Action.PATH:
        print_json({"path": str(file.folder)}) if json else print(file.folder)
        return
    changed: list[Entry] = []
    if action is Action.RENAME:
        changed = [file.rename(*given)]
        _rename_in_memory(*given)
    elif action is Action.FORGET:
        if not given:
            raise UserError("forget which? Give one or more names of sayso names")
        changed = [file.forget(name) for name in given]
        for name in given:
            _rename_in_memory(name, None)
    else:
        file.names()  # raises for a picture that cannot be read
        changed = list(file.entries())
    if json:
        rows: list[dict[str, Any]] = [e.model_dump(mode="json") for e in changed]
        print_json(rows)
        return
    for e in changed:
        done = {Action.RENAME: f"{given[0]} is now ", Action.FORGET: "forgotten: "}.get(action, "") if given else ""
        print(f"{done}{e.name}: the {e.thing}, looks: {len(e.looks)}")
    if action is Action.LIST:
        print(f"in {file.folder}" if changed else f"nothing has a name yet; names will be in {file.folder}")


def _rename_in_memory(old: str, new: str | None) -> None:
    """Rename or remove what the memory has under the name, on every robot's table."""
    import sys

    from sayso.memory_store import MemoryFile, memory_path
    from sayso.perception.looks.book import key_of
    from sayso.planner.memory.entries import Named

    memory = MemoryFile(memory_path(), lambda text: print(f"sayso: {text}", file=sys.stderr))
    gone = [e for e in memory.entries() if isinstance(e, Named) and key_of(e.name) == key_of(old)]
    if gone:
        memory.change([e.model_copy(update={"name": new}) for e in gone] if new is not None else [], gone)
