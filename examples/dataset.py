"""Two runs, recorded as one LeRobot dataset (v3.0) and read back: numbers, subtasks, motions and corrections."""

import sys
import tempfile
from pathlib import Path

from sayso.cli import run_command
from sayso.skills.dataset import read_episodes

RUNS = (
    ["put the red block in the blue bowl", "--say", "2:a bit higher"],
    ["pick up the yellow block"],
)

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        dataset = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch) / "dataset"
        for number, words in enumerate(RUNS):
            out = str(Path(scratch) / f"run-{number}")
            run_command(["run", *words, "--dataset", str(dataset), "--out", out, "--no-video"])
        for episode in read_episodes(dataset):
            state = episode.columns["observation.state"]
            print(f"\n{episode.task}: {len(state)} samples of {state.shape[1]} numbers at {episode.fps:g} a second")
            for what in ("subtasks", "motions", "events"):
                for t, text in getattr(episode, what):
                    print(f"{t:6.2f} s  {what[:-1]:8} {text}")
