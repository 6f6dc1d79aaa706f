"""A real arm's run loads no simulator, no teacher and no torch, and its backend loads quickly."""

import subprocess
import sys
from pathlib import Path

LOADED = """
unwanted = ("sayso.sim", "sayso.demonstrations", "sayso.training", "sayso.bench", "pybullet", "gymnasium", "torch")
print(*sorted(name for name in sys.modules if name.startswith(unwanted)))
"""
MOCK = f"""
import sys
from pathlib import Path

if __name__ == "__main__":
    from sayso.runs.run import Run
    from sayso.runs.run_config import RunSettings

    config = RunSettings(instruction="pick up the red block", robot="so101", mode="mock", scene=None)
    with Run(config, listen=False) as run:
        assert run.execute().outcome == "asked"
        run.save(Path(sys.argv[1]))
    {LOADED.strip().replace(chr(10), chr(10) + "    ")}
"""
SLOW = ("sayso.planner.task", "sayso.planner.reader", "sayso.session", "scipy.spatial")
"""What takes long to import and what a real arm's backend does without; benchmarks time it."""


def python(*command: str) -> str:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_what_a_real_arm_runs_loads_no_simulator() -> None:
    assert python("-c", f"import sys, sayso.backends.real, sayso.session, sayso.runs.run{LOADED}").split() == []


def test_a_run_of_a_real_arm_loads_no_simulator(tmp_path: Path) -> None:
    script = tmp_path / "mock.py"
    script.write_text(MOCK)
    assert python(str(script), str(tmp_path / "out")).split() == []
    assert (tmp_path / "out/report.html").exists()


def test_the_real_backend_imports_nothing_slow_that_it_does_without() -> None:
    loaded = python("-c", "import sys, sayso.backends.real; print(*sys.modules)").split()
    assert "sayso.backends.real" in loaded
    assert [name for name in loaded if name.startswith(SLOW)] == []


def test_a_simulator_that_is_loaded_is_noticed() -> None:
    assert (
        "sayso.sim.physics" in python("-c", f"import sys, sayso.backends.simulated, sayso.sim.physics{LOADED}").split()
    )
