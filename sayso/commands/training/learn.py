"""``sayso learn``: learn from corrected runs, and promote what passes the gate."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from sayso.commands.terminal.options import Json, Workers, a_path, print_json, setting_up

OWN = "own"


def learn(
    runs: Annotated[
        list[Path], typer.Argument(parser=a_path, metavar="RUNS…", help="Folders of runs, or folders that hold such.")
    ],
    gate: Annotated[
        str,
        typer.Option(
            metavar="own|TASK",
            help="Where a candidate must be better: the runs' scenes, shaken, or a task of sayso bench corrections.",
        ),
    ] = OWN,
    trials: Annotated[int, typer.Option(min=5, max=400, help="Trials of each check of the gate.")] = 16,
    rules: Annotated[
        bool, typer.Option("--rules/--no-rules", help="Keep what was learned as rules, too, which hold at once.")
    ] = True,
    train: Annotated[bool, typer.Option("--train/--rules-only", help="Train a candidate, or keep rules only.")] = True,
    work: Annotated[
        Path, typer.Option(parser=a_path, metavar="DIR", help="Folder of the candidate and of the gate's trials.")
    ] = Path("work/learn"),
    workers: Workers = 2,
    json: Json = False,
) -> None:
    """Learn from what people said in RUNS: as rules at once, and by training the motion planner further.

    The seconds before each correction do not count, what came after it does if the run succeeded. A candidate is
    used from then on only if it passes the gate. sayso models rollback takes it back.

    Example: sayso learn runs --gate own
    """
    from sayso.commands.terminal.progress import Counter
    from sayso.learning.attempt import attempts_in
    from sayso.learning.gate import frozen_suite
    from sayso.learning.habits import habits_of, is_like
    from sayso.learning.learn import arm_of, candidate, judge, lessons_for_learning, promote, simulated_arm_of
    from sayso.learning.lessons import lessons_of
    from sayso.learning.preferences import preferences_of, slow_habits_of
    from sayso.learning.shifts import shift_habits_of
    from sayso.memory_store import MemoryFile, memory_path
    from sayso.model_store import ModelStore
    from sayso.outputs import alone_in

    began = time.monotonic()
    attempts = attempts_in(runs)
    arm = simulated_arm_of(attempts) if train else ""
    liked, slow = preferences_of(attempts), slow_habits_of(attempts, arm_of(attempts))
    slow += shift_habits_of(attempts, arm_of(attempts))
    enough = bool(liked or slow) and not train  # rules need no correction of a motion
    lessons = lessons_of(attempts) if enough else lessons_for_learning(attempts)
    habits = [*habits_of(lessons, arm_of(attempts)), *slow]
    said = {(lesson.attempt, lesson.correction.number) for lesson in lessons if lesson.correction is not None}
    report: dict[str, Any] = {
        "attempts": len(attempts), "succeeded": sum(a.succeeded for a in attempts), "corrections": len(said),
        "lessons": len(lessons), "habits": [habit.words for habit in habits],
        "preferences": [preferred.said for preferred in liked], "gate": [], "version": None,
    }  # fmt: skip
    if not json:
        print(f"{len(attempts)} attempts, {report['succeeded']} succeeded; {len(said)} corrections count")
        for habit in habits:
            print(f"  {habit.words}")
        for preferred in liked:
            print(f"  {preferred.said}")
    if rules and (habits or liked):
        file = MemoryFile(memory_path(), lambda text: print(f"sayso: {text}", file=sys.stderr))
        known = [entry for entry in file.entries() if entry.kind == "habit"]
        same = [entry for entry in known if any(is_like(entry, habit) for habit in habits)]
        old = [
            entry for entry in file.entries() if entry.kind == "preference" and entry.thing in {p.thing for p in liked}
        ]
        file.change([*habits, *liked], [*same, *old])
        if not json:
            print("  … from now on as rules of the memory; sayso memory forget takes one back")
    if train:
        with alone_in(work), Counter() as counter, setting_up():
            store = ModelStore.of_user()
            learned = candidate(attempts, lessons, store, arm, work, workers=workers, progress=counter)
            checks = [_corrected(gate, attempts, trials), *frozen_suite(arm, trials)]
            found = judge(learned, store, checks, work, workers, counter)
            passed = not any(check.problem for check in found)
            report["version"] = promote(learned, store, found) if passed else None
        report["gate"] = [str(check) for check in found]
        if not json:
            for check in found:
                print(f"  {check}")
            name = learned.card.name
            done = (
                f"promoted: {name} version {report['version']}"
                if passed
                else "not promoted: the models stay as they are"
            )
            print(f"{done}, after {time.monotonic() - began:.0f} s")
    report["seconds"] = round(time.monotonic() - began, 1)
    if json:
        print_json(report)
    raise typer.Exit(0 if not train or report["version"] is not None else 1)


def _corrected(gate: str, attempts: Any, trials: int) -> Any:
    if gate == OWN:
        from sayso.learning.own_scenes import own_check

        return own_check(attempts, trials)
    from sayso.bench.corrections.episode import task_check

    return task_check(gate, trials)
