"""Runs the tests of the most trusted parts against mutants of them: each in a fork, until the first test that fails.

mutmut makes the mutants: all of a file in one file, with a switch. Tests are collected once and run once as they are,
which tells what each of them takes and which functions it enters; a mutant is then met by the tests that enter its
function, first the one that killed it last time, then the quickest. Time is the processor's, so that a busy computer
kills nothing.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from time import process_time

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.data import MutantLineSpans
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import get_mutant_name, mangled_name_from_mutant_name

FOLDER = Path("mutants")
VERDICTS = FOLDER / "verdicts.json"
SURVIVED, TIMED_OUT, NO_TEST, CRASHED = "survived", "timed out", "no test enters it", "crashed"
TOO_LONG = (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM)
PATIENCE_S = 600  # on the wall, for a mutant that sleeps


class Finder:
    """Finds the mutated ``files`` in place of the real ones."""

    def __init__(self, files: Iterable[str]) -> None:
        self.files = {file.removesuffix(".py").replace("/", "."): FOLDER / file for file in files}

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Where a module is imported from."""
        return importlib.util.spec_from_file_location(name, self.files[name]) if name in self.files else None


@dataclass
class Verdicts:
    """What became of each mutant, the test that killed it or one of the words above, kept in `VERDICTS`."""

    of: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)  # of the last whole run: the first test to try

    @classmethod
    def load(cls) -> Verdicts:
        """Those of the last run, or none."""
        return cls(**json.loads(VERDICTS.read_text(encoding="utf-8"))) if VERDICTS.exists() else cls()

    def begin(self, names: Sequence[str], survivors: bool) -> None:
        """Go on with ``names``; anew if all of them have been run, or only with the ``survivors``."""
        anew = all(name in self.of for name in names)
        for name in [n for n in names if n in self.of]:
            if self.of[name] in (SURVIVED, TIMED_OUT, NO_TEST) if survivors else anew:
                self.before[name] = self.of.pop(name)

    def forget(self, prefix: str) -> None:
        """Names that begin so mean other mutants now."""
        self.of = {name: verdict for name, verdict in self.of.items() if not name.startswith(prefix)}
        self.save()

    def save(self) -> None:
        """Keep them."""
        FOLDER.mkdir(exist_ok=True)
        beside = VERDICTS.with_suffix(".new")
        beside.write_text(json.dumps({"of": self.of, "before": self.before}, indent=1), encoding="utf-8")
        beside.replace(VERDICTS)


def make(path: Path, verdicts: Verdicts) -> list[str]:
    """Write a file's mutants below `FOLDER`, unless they are there, and return their names; new ones are not judged."""
    target = FOLDER / path
    if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
        made = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
        target.parent.mkdir(parents=True, exist_ok=True)
        MutantLineSpans(path=path, span_by_function_name=made.line_span_by_function_name).save()
        verdicts.forget(get_mutant_name(path, ""))
        target.write_text(made.code, encoding="utf-8")
    spans = MutantLineSpans.load(path)
    assert spans is not None
    return [get_mutant_name(path, name) for name in spans.span_by_function_name if not name.endswith("_orig")]


class Runner:
    """A pytest plugin that runs mutants in place of a session's tests."""

    def __init__(self, names: Sequence[str], verdicts: Verdicts, workers: int, longest_s: float) -> None:
        self.names, self.verdicts, self.workers, self.longest_s = names, verdicts, workers, longest_s
        self._cost: dict[str, float] = {}
        self._enters: dict[str, list[pytest.Item]] = {}
        self._kills: Counter[tuple[str, str]] = Counter()
        self._under_way: dict[int, tuple[str, int]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure every test, then meet every mutant."""
        self._measure(session.items)
        for name in self.names:
            while len(self._under_way) >= self.workers:
                self._wait()
            self._start(name, session.items)
        while self._under_way:
            self._wait()
        return True

    def _measure(self, items: list[pytest.Item]) -> None:
        switch("stats")
        for item in items:
            state()._stats.clear()
            began = process_time()
            if not passes(item, items):
                pytest.exit(f"{item.nodeid} fails without any mutant", returncode=1)
            self._cost[item.nodeid] = process_time() - began
            for function in state()._stats:
                self._enters.setdefault(function, []).append(item)
        switch("")
        for nodeid, cost in sorted(self._cost.items(), key=lambda pair: -pair[1])[:12]:
            print(f"{cost:6.2f} s  {nodeid}")
        print(f"{sum(self._cost.values()):6.2f} s  {len(items)} tests")

    def _start(self, name: str, items: list[pytest.Item]) -> None:
        function = mangled_name_from_mutant_name(name)
        hint = self.verdicts.before.get(name)
        tests = [t for t in self._enters.get(function, []) if self._cost[t.nodeid] <= self.longest_s]
        tests.sort(key=lambda t: (t.nodeid != hint, self._cost[t.nodeid] / (1 + self._kills[function, t.nodeid])))
        if not tests:
            self._judge(name, NO_TEST)
            return
        allowed = 5 + int(5 * sum(self._cost[t.nodeid] for t in tests))
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(PATIENCE_S)
            switch(name)
            os.write(write, next((t.nodeid for t in tests if not passes(t, items)), SURVIVED).encode())
            os._exit(0)
        os.close(write)
        self._under_way[pid] = name, read

    def _wait(self) -> None:
        pid, status = os.wait()
        name, pipe = self._under_way.pop(pid)
        with os.fdopen(pipe, "rb") as answer:
            verdict = answer.read().decode() or (TIMED_OUT if os.WTERMSIG(status) in TOO_LONG else CRASHED)
        self._kills[mangled_name_from_mutant_name(name), verdict] += 1
        self._judge(name, verdict)

    def _judge(self, name: str, verdict: str) -> None:
        self.verdicts.of[name] = verdict
        self.verdicts.save()


def switch(name: str) -> None:
    """Turn one mutant on; through the environment, which mutmut writes as well, it would be looked up more slowly."""
    set_mutant_under_test(name)
    del os.environ["MUTANT_UNDER_TEST"]


def passes(item: pytest.Item, items: list[pytest.Item]) -> bool:
    """Run one test. Fixtures of the session stay for the next."""
    item.session._setupstate.teardown_exact(item)
    another = items[0] if item is not items[0] else items[1]
    try:
        reports = runtestprotocol(item, log=False, nextitem=another)
    except BaseException:  # a mutant may even end the session
        return False
    return not any(report.failed for report in reports)


def meet(
    names: Sequence[str], files: Iterable[str], tests: Sequence[str], verdicts: Verdicts, workers: int, longest_s: float
) -> None:
    """Let ``tests`` meet the mutants ``names`` of ``files``; what became of each is kept at once."""
    sys.meta_path.insert(0, Finder(files))  # type: ignore[arg-type]
    options = ["-s", "-q", "--tb=native", "-p", "no:cacheprovider", "--hypothesis-profile=mutants"]
    if code := pytest.main([*options, *tests], plugins=[Runner(names, verdicts, workers, longest_s)]):
        sys.exit(int(code))
