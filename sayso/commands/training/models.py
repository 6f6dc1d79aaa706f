"""``sayso models``: the learned models and their cards."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sayso.commands.terminal.options import Json, Models, print_json
from sayso.errors import UserError
from sayso.learning.versions import SHIPPED, Versions, names_with_versions


class Action(StrEnum):
    """What to do with the models."""

    LIST = "list"
    VERSIONS = "versions"
    ROLLBACK = "rollback"


def models(
    action: Annotated[Action, typer.Argument(help="list, versions or rollback.")] = Action.LIST,
    name: Annotated[str | None, typer.Argument(help="With rollback: the model, if several have versions.")] = None,
    models: Models = None,
    json: Json = False,
) -> None:
    """List the learned models with their cards, and check each against its digest.

    versions lists what sayso learn has promoted, rollback goes back to the version before the one in use. No version
    is deleted.

    Example: sayso models rollback motion-panda
    """
    from sayso.model_store import ModelError, ModelStore

    if action is not Action.LIST:
        if models is not None:
            raise UserError(f"sayso models {action} is about the models in use; leave --models out")
        _versions(json) if action is Action.VERSIONS else _roll_back(name, json)
        return
    if name is not None:
        raise UserError(f"sayso models list takes no name; leave {name} out")
    if models and Path(models).exists() and not Path(models).is_dir():
        raise UserError(f"--models {models} is not a folder; name a folder of models, such as sayso train --out writes")
    store = ModelStore(Path(models)) if models else ModelStore.of_user()
    rows = []
    for name in store.names():
        try:
            store.load(name)
            problem = None
        except ModelError as error:
            problem = str(error)
        try:
            card = store.card(name).model_dump()
        except ModelError:
            card = {"name": name}
        rows.append(card | {"bytes": store.file(name).stat().st_size, "problem": problem})
    bad = [row for row in rows if row["problem"]]
    if json:
        print_json({"folder": str(store.root), "models": rows})
    elif not rows:
        print(f"no models in {store.root}")
    else:
        _table(rows)
    raise typer.Exit(1 if bad else 0)


def _versions(json: bool) -> None:
    """List the versions of every model that has learned."""
    rows = []
    for name in _learned():
        versions = Versions(_folder(), name)
        active, history = versions.active, versions.history
        for number in (SHIPPED, *versions.numbers()):
            steps = [step for step in history if step.version == number and step.act == "promoted"]
            rows.append({
                "model": name, "version": number, "in_use": number == active,
                "when": steps[-1].when.isoformat() if steps else None, "why": steps[-1].why if steps else "shipped",
            })  # fmt: skip
    if json:
        print_json(rows)
        return
    for row in rows:
        mark = "in use" if row["in_use"] else ""
        print(f"{row['model']:16} {row['version']:4}  {mark:7} {row['when'] or '':25}  {row['why']}")
    if not rows:
        print("all models are as shipped; sayso learn makes versions")


def _roll_back(name: str | None, json: bool) -> None:
    learned = _learned()
    if name is None:
        if len(learned) != 1:
            raise UserError(f"which one? There are versions of: {', '.join(learned) or 'no model'}")
        name = learned[0]
    if name not in learned:
        raise UserError(f"there are no versions of {name}; there are of: {', '.join(learned) or 'no model'}")
    versions = Versions(_folder(), name)
    before = versions.active
    now = versions.roll_back()
    if json:
        print_json({"model": name, "before": before, "now": now})
    else:
        what = "the shipped one" if now == SHIPPED else f"version {now}"
        print(f"{name}: version {before} is out of use, {what} is in use")


def _folder() -> Path:
    from sayso.model_store import ModelStore

    folder = ModelStore.of_user().learned
    if folder is None:
        raise UserError("this user has no home folder for versions of models: set HOME")
    return folder


def _learned() -> list[str]:
    return names_with_versions(_folder())


def _table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("model", "kB", "scores", "made by", "digest", "state"):
        table.add_column(column, justify="right" if column == "kB" else "left", overflow="fold")
    for row in rows:
        scores = ", ".join(f"{k} {said}" for k, v in row.get("scores", {}).items() if (said := _short(v)))
        cells = (row["name"], f"{row['bytes'] / 1000:.0f}", scores, row.get("command", ""), row.get("digest", "")[7:19])
        table.add_row(*map(Text, cells), Text(row["problem"] or "good", style="red" if row["problem"] else "green"))
    Console(soft_wrap=False).print(table)


def _short(value: object) -> str:
    """A score as text; empty for a table of scores, which --json prints."""
    if isinstance(value, dict):
        return f"{value['rate']:.1%}" if "rate" in value else ""
    if isinstance(value, list):
        return "/".join(map(_short, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)
