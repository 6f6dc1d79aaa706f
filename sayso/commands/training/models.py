"""``sayso models``: the learned models and their cards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from sayso.commands.terminal.options import Json, Models, print_json
from sayso.errors import UserError


def models(models: Models = None, json: Json = False) -> None:
    """List the learned models with their cards, and check each against its digest.

    Example: sayso models --json
    """
    from sayso.model_store import ModelError, ModelStore

    if models and Path(models).exists() and not Path(models).is_dir():
        raise UserError(f"--models {models} is not a folder; name a folder of models, such as sayso train --out writes")
    store = ModelStore(Path(models)) if models else ModelStore()
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
        rows.append(card | {"bytes": (store.root / f"{name}.onnx").stat().st_size, "problem": problem})
    bad = [row for row in rows if row["problem"]]
    if json:
        print_json({"folder": str(store.root), "models": rows})
    elif not rows:
        print(f"no models in {store.root}")
    else:
        _table(rows)
    raise typer.Exit(1 if bad else 0)


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
