"""Puts small bugs into the most trusted parts, one at a time, and says which of them no test notices.

mutmut makes these mutants, `tests.mutant_runner` runs the tests. Mutants that cannot be told from the original by any
test are listed in ``equivalent_mutants.json``, each rule with its reason, and do not count. What mutmut leaves alone,
because it is outside of functions (the state table, the words of the grammar), the tests write out a second time.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Sequence
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from mutmut.mutation.data import MutantLineSpans

from sayso.bench.result import BenchResult, Cell, machine
from tests.mutant_runner import FOLDER, NO_TEST, SURVIVED, TIMED_OUT, Verdicts, make, meet

RULES = Path(__file__).parent / "equivalent_mutants.json"
OUT = Path("bench/mutants")
GUARD = tuple(f"hardware/control/test_guard_{part}" for part in ("limits", "verdicts", "steps"))
TESTS = {  # what is mutated, and the tests that are to notice
    "sayso/hardware/control/guard.py": (*GUARD, "hardware/control/test_guard_clearance"),
    "sayso/hardware/control/braking.py": GUARD,
    "sayso/hardware/control/state_machine.py": ("hardware/control/test_state_machine",),
    "sayso/hardware/control/watchdog.py": ("hardware/control/test_watchdogs",),
    "sayso/hardware/control/loop.py": ("hardware/control/test_loop",),
    "sayso/skills/motion.py": ("skills/test_motion",),
}
NAMES = {"guard": "guard", "braking": "braking", "state_machine": "state table", "watchdog": "watchdog", "loop": "loop"}


@cache
def mutated(path: Path) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """A mutated file's lines, and where in them each mutant's function lies."""
    spans = MutantLineSpans.load(path)
    assert spans is not None
    where = {name: (span.start, span.end) for name, span in spans.span_by_function_name.items()}
    return (FOLDER / path).read_text(encoding="utf-8").splitlines(), where


def changed_lines(path: Path, name: str) -> tuple[str, str]:
    """The lines that a mutant has in place of others: (before, after)."""
    lines, where = mutated(path)
    mutant = name.rpartition(".")[2]
    ends = where[re.sub(r"_\d+$", "_orig", mutant)], where[mutant]
    before, after = ([re.sub(r"__mutmut_\w+\(", "(", line).strip() for line in lines[a - 1 : b]] for a, b in ends)
    for side in (0, -1):
        while before and after and before[side] == after[side]:
            del before[side], after[side]
    return " ".join(before), " ".join(after)


def function(name: str) -> str:
    """Which function a mutant is one of, as people write it."""
    return re.sub(r"__mutmut_\d+$", "", name).replace("xǁ", "").replace("ǁ", ".").replace(".x_", ".")


def why_equivalent(name: str, change: tuple[str, str], rules: list[dict[str, str]]) -> str:
    """The reason why nobody could notice the change, empty if there is none."""
    for rule in rules:
        fits = re.fullmatch(rule["in"], function(name)) and rule["from"] in change[0]
        if fits and re.search(rule["to"], change[1]):
            return rule["why"]
    return ""


def cell(path: str, names: Sequence[str], reasons: dict[str, str], verdicts: Verdicts) -> Cell:
    """A file's mutants that were run and can be noticed, and how many were."""
    judged = {name: verdicts.of[name] for name in names if name in verdicts.of and not reasons[name]}
    alive = [name for name, verdict in judged.items() if verdict in (SURVIVED, NO_TEST)]
    what = NAMES.get(Path(path).stem, "grammar")
    figures = {
        "mutants": len(names),
        "equivalent": sum(bool(reasons[name]) for name in names),
        "timed out": sum(verdict == TIMED_OUT for verdict in judged.values()),
        "not run": sum(name not in judged and not reasons[name] for name in names),
        "survived": [" ".join((function(name), "|", *changed_lines(Path(path), name))) for name in alive],
    }
    return Cell(f"mutants of the {what} killed", len(judged), len(judged) - len(alive), figures)


def main() -> None:
    """Run mutants and write ``bench/mutants/bench.json`` about all that have been run so far."""
    parser = argparse.ArgumentParser(description="mutants of the most trusted parts")
    parser.add_argument(
        "patterns",
        nargs="*",
        default=["*"],
        help="of names, as sayso.hardware.control.guard or sayso.hardware.control.loop.*run*",
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--survivors", action="store_true", help="run those that survived again")
    parser.add_argument("--longest", type=float, default=float("inf"), help="leave out tests that take more seconds")
    arguments = parser.parse_args()
    rules = json.loads(RULES.read_text(encoding="utf-8"))
    verdicts = Verdicts.load()
    made = {path: make(Path(path), verdicts) for path in TESTS}
    reasons = {
        name: why_equivalent(name, changed_lines(Path(path), name), rules)
        for path, names in made.items()
        for name in names
    }
    wanted = [n for n, why in reasons.items() if not why and any(fnmatch(n, f"{p}*") for p in arguments.patterns)]
    verdicts.begin(wanted, arguments.survivors)
    left = [name for name in wanted if name not in verdicts.of]
    print(f"{len(left)} of {len(reasons)} mutants to run, {sum(map(bool, reasons.values()))} are equivalent")
    files = {path: tests for path, tests in TESTS.items() if set(made[path]).intersection(left)}
    tests = dict.fromkeys(f"tests/{test}.py" for names in files.values() for test in names)
    if left:
        meet(left, files, list(tests), verdicts, arguments.workers, arguments.longest)
    cells = [c for c in (cell(path, names, reasons, verdicts) for path, names in made.items()) if c.n]
    BenchResult("mutants", "none", 0, "make mutants", tuple(cells), machine()).write(OUT)
    for c in cells:
        print(f"{c.successes:4}/{c.n:<4} {c.rate:6.1%}  {c.name}; {c.figures['equivalent']} equivalent, "
              f"{c.figures['timed out']} timed out, {c.figures['not run']} not run")  # fmt: skip


if __name__ == "__main__":
    main()
