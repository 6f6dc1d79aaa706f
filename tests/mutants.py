"""Sums up what `make mutants` found: which small bugs in the floor and the grammar no test notices.

mutmut makes the mutants and runs the tests. Those that cannot be told from the original by any test are listed in
``equivalent_mutants.json``, each rule with its reason, and do not count. What mutmut leaves alone, because it is
outside of functions (the state table, the words of the grammar), is written out a second time in the tests.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutmut.mutation.diff_apply import get_diff_for_mutant

from sayso.stats import wilson

FOLDER, RULES = Path("mutants"), Path(__file__).parent / "equivalent_mutants.json"
OUT = Path("bench/mutants/mutants.json")
SURVIVED, TIMED_OUT = 0, (-24, 24, 36, 152)  # exit codes of the tests under a mutant; None: not run yet


def changed_lines(name: str) -> tuple[str, str]:
    """The lines that a mutant has in place of others: (before, after)."""
    diff = [line for line in get_diff_for_mutant(name).splitlines() if not line.startswith(("---", "+++"))]
    sides = (" ".join(line[1:].strip() for line in diff if line.startswith(mark)) for mark in "-+")
    return next(sides), next(sides)


def why_equivalent(function: str, before: str, after: str, rules: list[dict[str, str]]) -> str | None:
    """The reason why nobody could notice the change, None if there is none."""
    for rule in rules:
        if re.fullmatch(rule["in"], function) and rule["from"] in before and re.search(rule["to"], after):
            return rule["why"]
    return None


def modules(folder: Path, rules: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """One row a module; survivors with the lines they change."""
    for file in sorted(folder.rglob("*.meta")):
        codes: dict[str, int | None] = json.loads(file.read_text())["exit_code_by_key"]
        alive, equivalent = [], []
        for name in (name for name, code in codes.items() if code == SURVIVED):
            function = re.sub(r"__mutmut_\d+$", "", name).replace("xǁ", "").replace("ǁ", ".").replace(".x_", ".")
            before, after = changed_lines(name)
            change = {"in": function, "from": before, "to": after}
            why = why_equivalent(function, before, after, rules)
            (alive.append(change) if why is None else equivalent.append(change | {"why": why}))
        run = sum(code is not None for code in codes.values())
        counted = run - len(equivalent)
        low, high = wilson(counted - len(alive), counted)
        yield {
            "module": str(file.relative_to(folder)).removesuffix(".meta"),
            "mutants": len(codes), "run": run, "timed_out": sum(code in TIMED_OUT for code in codes.values()),
            "equivalent": equivalent, "survived": alive,
            "killed": counted - len(alive), "of": counted,
            "rate": round((counted - len(alive)) / max(counted, 1), 4), "low": round(low, 4), "high": round(high, 4),
        }  # fmt: skip


def main() -> None:
    """Write ``bench/mutants/mutants.json`` and print a line a module."""
    if not FOLDER.is_dir():
        sys.exit("there are no mutants yet: make mutants")
    rows = list(modules(FOLDER, json.loads(RULES.read_text(encoding="utf-8"))))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"schema": 1, "modules": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for row in rows:
        share = f"{row['killed']:4}/{row['of']:<4} {row['rate']:6.1%} ({row['low']:.1%}–{row['high']:.1%})"
        besides = f"{len(row['equivalent'])} equivalent, {row['mutants'] - row['run']} of {row['mutants']} not run"
        print(f"{row['module']:24} {share}  {besides}")
    killed, of = (sum(row[key] for row in rows) for key in ("killed", "of"))
    print(f"{'all':24} {killed:4}/{of:<4} {killed / max(of, 1):6.1%}  {OUT}")


if __name__ == "__main__":
    main()
