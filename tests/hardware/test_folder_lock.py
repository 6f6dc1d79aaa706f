"""One process at a time writes into a folder, and a lock leaves nothing behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from sayso.hardware.folder_lock import FolderLock, FolderLocked

HOLD = (
    "import sys; from pathlib import Path; from sayso.hardware.folder_lock import FolderLock\n"
    "lock = FolderLock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.readline()"
)


def test_another_process_is_kept_out_until_the_first_has_ended_however_it_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(FolderLocked, match="another program is writing into"):
            FolderLock(tmp_path)
        holder.kill()
    FolderLock(tmp_path).release()


def test_folders_that_it_made_go_again_if_they_are_empty(tmp_path: Path) -> None:
    with FolderLock(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()
    assert list(tmp_path.iterdir()) == []
    with FolderLock(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "file").write_text("x")
    assert (tmp_path / "a" / "b" / "file").exists()


def test_a_fresh_folder_is_made_by_one_alone(tmp_path: Path) -> None:
    with FolderLock(tmp_path / "runs" / "first", fresh=True), pytest.raises(FileExistsError):
        FolderLock(tmp_path / "runs" / "first", fresh=True)
