"""An emulated arm in its own process, saved as a robot, as by ``sayso emulate --save``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from sayso.hardware.robot import RobotError
from sayso.hardware.user_folders import CONFIG, STATE
from sayso.hardware.world import ObjectTruth
from sayso.sim.scenes.scene_file import to_json
from sayso.sim.scenes.scene_spec import SceneSpec

START = [sys.executable, "-c", "from sayso.cli import main; main()", "emulate"]
FOLDERS = (CONFIG[0], STATE[0])
LEAVE_S = 20.0


class Emulation:
    """A running emulation of the arm ``name`` in ``scene``; `tell` sends a line, `truth` returns the objects' poses."""

    def __init__(self, process: subprocess.Popen[str], name: str, scene: SceneSpec) -> None:
        self.name, self._process, self._scene = name, process, scene
        self.lines: list[str] = []
        while not (line := self._read()).startswith("faults:"):
            self.lines.append(line)

    def tell(self, line: str) -> str:
        """Send a line and return the answer. Raises `RobotError` if the emulation has ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._read()

    def truth(self) -> dict[str, ObjectTruth]:
        """The true poses of all objects on the table."""
        found = json.loads(self.tell("truth"))
        items = {item.id: item for item in self._scene.objects}
        return {
            k: ObjectTruth(o.kind, o.color, np.array(v[:3]), np.array(v[3:]), np.array(o.extents))
            for k, v in found.items()
            if (o := items[k])
        }

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RobotError(f"the emulation of {self.name} has ended")
        return line.strip()


@contextmanager
def emulation(arm: str, scene: SceneSpec, seed: int, *options: str) -> Iterator[Emulation]:
    """The emulated ``arm`` with ``scene``, saved as robot ``arm`` in temporary folders, which this process uses too.

    Raises `RobotError` if the emulation does not start.
    """
    before = {name: os.environ.get(name) for name in FOLDERS}
    with tempfile.TemporaryDirectory(prefix="sayso-robots-") as folder:
        os.environ |= dict.fromkeys(FOLDERS, folder)
        file = Path(folder) / "scene.json"
        file.write_text(json.dumps(to_json(scene)), encoding="utf-8")
        command = [*START, arm, "--scene", str(file), "--seed", str(seed), "--save", arm, *options]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            yield Emulation(process, arm, scene)
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
            assert process.stdin is not None and process.stdout is not None
            process.stdin.close()
            try:
                process.wait(LEAVE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
