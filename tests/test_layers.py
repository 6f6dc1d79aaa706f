"""Imports go down through the layers, the run time needs no torch, and nothing executes what it reads."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("hardware", "perception", "sim", "skills", "planner", "sayso")
RUN_TIME = (
    "sayso.commands.run",
    "sayso.session",
    "sayso.skills.policy",
    "sayso.skills.dataset",
    "sayso.planner.remote.planner",
    "sayso.sim.robot",
)
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False)


def test_imports_only_go_down() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("session", "planner"),
        ("planner", "sim"),
        ("sim", "perception"),
        ("skills", "hardware"),
        ("runs", "session"),
        ("session", "backends"),
        ("backends", "runtime"),
    ],
)
def test_an_import_upwards_is_noticed(tmp_path: Path, above: str, below: str) -> None:
    project = (ROOT / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(project)
    for path in (ROOT / "sayso").iterdir():
        copy = tmp_path / "sayso" / path.name
        if (path / "__init__.py").exists():
            copy.mkdir(parents=True)
            (copy / "__init__.py").touch()
        elif path.suffix == ".py":
            copy.parent.mkdir(exist_ok=True)
            copy.touch()
    for module in re.findall(r'"(sayso(?:\.\w+)+)"', project):  # that contracts name
        file = tmp_path / module.replace(".", "/")
        if not file.exists() and not file.with_suffix(".py").exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.with_suffix(".py").touch()
    (tmp_path / "sayso" / below / "wrong.py").write_text(f"import sayso.{above}\n")
    result = lint_imports(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"sayso.{below}.wrong -> sayso.{above}" in result.stdout, result.stdout + result.stderr


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(), str(path))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_the_run_time_needs_no_torch() -> None:
    blocked = f"import sys; sys.modules['torch'] = None; import {', '.join(RUN_TIME)}"
    result = subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, (
        f"torch trains and onnxruntime runs; import it in training code only: {result.stderr}"
    )


def test_nothing_unpickles_or_evaluates() -> None:
    wrong = []
    for path, tree in modules():
        wrong += [
            f"{path} imports {name}" for name in imported(tree) if name in ("pickle", "marshal", "shelve", "dill")
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                wrong.append(f"{path}:{node.lineno} calls {node.func.id}")
    assert not wrong, wrong


def test_the_wall_clock_is_read_only_by_clocks() -> None:
    """Time is injected: a module that controls or records motion gets a clock and does not look at one itself."""
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in modules()
        if path.parts[0] in ("hardware", "perception", "skills") and path != Path("hardware/clock.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "time" and ast.unparse(node) == "time.time"
    ]
    assert not wrong, wrong


def test_no_package_has_more_than_fifteen_modules() -> None:
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.name != "__init__.py"]
    sizes = Counter(path.parent for path in modules)
    assert {str(folder.relative_to(ROOT)): n for folder, n in sizes.items() if n > 15} == {}
