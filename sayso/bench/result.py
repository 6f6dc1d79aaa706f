"""The result of a bench: ``bench.json`` and a page."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from sayso.bench.curve_page import DRAWN, curve
from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.report.html import Content, Html, page, table, tag
from sayso.stats import wilson

FILE_NAME, PAGE_NAME = "bench.json", "bench.html"
CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: ``successes`` of ``n`` episodes, extra ``figures``, failed seeds and error texts."""

    name: str
    n: int
    successes: int
    figures: Mapping[str, Any] = field(default_factory=dict)
    failed_seeds: tuple[int, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """Share of successes; 0 without episodes."""
        return self.successes / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson 95 % interval of the rate."""
        return wilson(self.successes, self.n)

    def to_json(self) -> dict[str, Any]:
        """The cell as a row of ``bench.json``, with its extra figures."""
        low, high = self.interval
        common = {"name": self.name, "n": self.n, "successes": self.successes}
        rates = {"rate": round(self.rate, 5), "low": round(low, 5), "high": round(high, 5)}
        return (
            common | rates | dict(self.figures) | {"failed_seeds": list(self.failed_seeds), "errors": list(self.errors)}
        )

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """The cell of a row of ``bench.json``."""
        common = ("name", "n", "successes", "rate", "low", "high", "failed_seeds", "errors")
        figures = {key: value for key, value in row.items() if key not in common}
        return cls(row["name"], row["n"], row["successes"], figures, tuple(row["failed_seeds"]), tuple(row["errors"]))


@dataclass(frozen=True, slots=True)
class BenchResult:
    """A suite's cells, the ``command`` to reproduce them, the machine, and the digests of the ``models``."""

    suite: str
    arm: str
    seed: int
    command: str
    cells: tuple[Cell, ...]
    machine: Mapping[str, str]
    models: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The object that ``bench.json`` holds."""
        head: dict[str, Any] = {"suite": self.suite, "arm": self.arm, "seed": self.seed, "command": self.command}
        head |= {"models": dict(self.models)} if self.models else {}
        return head | {"machine": dict(self.machine), "cells": [cell.to_json() for cell in self.cells]}

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read a ``bench.json``. Raises `UserError` for a file that is none."""
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            cells = tuple(Cell.from_json(cell) for cell in content["cells"])
            suite, arm, seed, command = (content[key] for key in ("suite", "arm", "seed", "command"))
            return cls(suite, arm, seed, command, cells, content["machine"], content.get("models", {}))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(f"{file} is no result of a bench: {error}") from error

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write ``bench.json`` and ``bench.html`` into ``folder`` and return their paths. Raises `UserError`."""
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"
        return write_atomic(folder / FILE_NAME, text), write_atomic(folder / PAGE_NAME, self.html())

    def html(self) -> str:
        """The page."""
        parts = [tag("h1", f"Bench: {self.suite}"), tag("p", self._facts(), class_="facts"), tag("code", self.command)]
        rows: list[tuple[Content, ...]] = [
            (
                c.name,
                c.n,
                c.successes,
                f"{100 * c.rate:.1f} %",
                "{:.1f}–{:.1f}".format(*(100 * v for v in c.interval)),
                _bar(c),
            )
            for c in self.cells
        ]
        heads = ("cell", "n", "successes", "rate", "95 %", "")
        parts += [tag("h2", "Success"), table(heads, rows, numbers=(1, 2, 3, 4))]
        for cell in self.cells:
            parts += _details(cell)
        return page(f"Bench: {self.suite}", parts)

    def _facts(self) -> str:
        return " · ".join([f"arm {self.arm}", f"seed {self.seed}", *self.machine.values()])


def machine() -> dict[str, str]:
    """The machine: processor, cores, system, Python; no host or user name."""
    cpu = platform.machine()
    if CPU_INFO.exists():
        models = (
            line.partition(":")[2].strip()
            for line in CPU_INFO.read_text().splitlines()
            if line.startswith("model name")
        )
        cpu = next(models, cpu)
    return {
        "cpu": cpu,
        "cores": f"{os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"Python {platform.python_version()}",
    }


def _bar(cell: Cell) -> Html:
    low, high = (100 * v for v in cell.interval)
    inside = Html(f'<i style="left:{low:.2f}%;width:{high - low:.2f}%"></i><b style="left:{100 * cell.rate:.2f}%"></b>')
    return tag("div", inside, class_="bar")


def _details(cell: Cell) -> list[Html]:
    plain = {name: value for name, value in cell.figures.items() if name not in DRAWN}
    rows: list[tuple[Content, ...]] = [(name, _said(value)) for name, value in plain.items()]
    if cell.failed_seeds:
        rows.append(("seeds of failed episodes", ", ".join(map(str, cell.failed_seeds))))
    rows += [("error", text) for text in cell.errors]
    drawn = curve(cell.figures)
    if not rows and not drawn:
        return []
    return [tag("h2", cell.name), *drawn, *([table(("figure", "value"), rows)] if rows else [])]


def _said(value: Any) -> Content:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_said(v)}" for k, v in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
