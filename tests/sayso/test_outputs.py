"""Every command that writes replaces only what an earlier one of its kind left."""

import io
import shutil
from pathlib import Path

import pytest

from sayso.calibrate.servos import calibrate_servos, motor_names
from sayso.cli import run_command
from sayso.errors import UserError
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.drivers.servo.calibration import ServoCalibration, write_calibration
from sayso.model_store import PACKAGED
from sayso.outputs import alone_in
from sayso.training.stages import STAGES, TrainingWorkspace, check_installable, complete, install, model_name


def test_the_board_replaces_itself_and_no_other_picture(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "board.png"
    assert run_command(["calibrate", "board", str(file)]) == 0
    assert run_command(["calibrate", "board", str(file)]) == 0
    file.write_bytes(b"holiday")
    assert run_command(["calibrate", "board", str(file)]) == 2
    assert "board.png is not the board" in capfd.readouterr().err
    assert file.read_bytes() == b"holiday"


@pytest.mark.parametrize("name", ["report.json", "corners.png", "straight.png"])
def test_a_calibration_s_report_replaces_no_file_of_the_user_s(
    tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAYSO_CALIBRATION", str(tmp_path / "calibrations"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text('{"mine": 1}')
    assert run_command(["calibrate", "camera", "left=/no/film", "--out", str(tmp_path / "out")]) == 2
    assert f"{name} is not the report of a calibration" in capfd.readouterr().err
    (tmp_path / "out" / name).unlink()
    (tmp_path / "out/report.json").write_text('{"rms_px": 0.3}')
    assert run_command(["calibrate", "camera", "left=/no/film", "--out", str(tmp_path / "out")]) == 2
    assert "there is no file /no/film" in capfd.readouterr().err


def test_a_camera_s_calibration_replaces_calibrations_only(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "camera-left.json"
    file.write_text('{"mine": 1}')
    command = ["calibrate", "camera", "left=/no/film", "--out", str(tmp_path / "out"), "--calibrations", str(tmp_path)]
    assert run_command(command) == 2
    assert "camera-left.json is no camera calibration" in capfd.readouterr().err
    assert file.read_text() == '{"mine": 1}'


def test_an_arm_s_calibration_replaces_that_of_such_an_arm_only(tmp_path: Path) -> None:
    file = tmp_path / "so101.json"
    for content in ("mine", '{"wheel": {"id": 1}}'):
        file.write_text(content)
        with pytest.raises(Exception, match=r"so101\.json is no LeRobot calibration"):
            calibrate_servos("so101", "/dev/null", file, tmp_path / "out", None, None, print)  # type: ignore[arg-type]
        assert file.read_text() == content


def test_an_emulated_arm_s_calibration_takes_no_real_one_s_place(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "so101.json"
    names = motor_names(open_driver("so101", Connection("x", Mode.MOCK)).spec)
    real = {
        name: ServoCalibration(id=k, drive_mode=0, homing_offset=7, range_min=900, range_max=3100)
        for k, name in enumerate(names, 1)
    }
    write_calibration(file, real)
    before = file.read_text()
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run_command(["emulate", "so101", "--calibration", str(file)]) == 2
    assert "so101.json is not this calibration" in capfd.readouterr().err
    assert file.read_text() == before
    file.unlink()
    for _ in range(2):
        assert run_command(["emulate", "so101", "--calibration", str(file)]) == 0


def plant(folder: Path) -> TrainingWorkspace:
    return TrainingWorkspace(folder / "work", folder / "out")


def test_models_replace_models_and_no_file_of_the_user_s(tmp_path: Path) -> None:
    made = plant(tmp_path)
    for end in ("onnx", "json"):
        shutil.copyfile(PACKAGED / f"policy-panda.{end}", made.made / f"policy-panda.{end}")
    check_installable(made.out, ["policy-panda"])
    for _ in range(2):
        install(made, [made.made / "policy-panda.onnx"])
        complete(made.out)
        check_installable(made.out, [model_name(made, stage) for stage in STAGES])
    (made.out / "policy-panda.onnx").write_bytes(b"trained elsewhere for weeks")
    with pytest.raises(UserError, match=r"policy-panda\.onnx is not a model with its card"):
        check_installable(made.out, ["policy-panda"])
    check_installable(made.out, ["motion-panda"])


def test_a_training_does_not_begin_where_another_works_or_something_of_the_user_s_would_be_lost(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch", reason="training needs the train extra")
    work, out = tmp_path / "work", tmp_path / "out"
    command = ["train", "motion", "--work", str(work), "--out", str(out)]
    with alone_in(work):
        assert run_command(command) == 2
    assert "another program is writing into" in capfd.readouterr().err
    out.mkdir()
    (out / "motion-panda.json").write_text("mine")
    assert run_command(command) == 2
    assert "motion-panda.json is not a model with its card" in capfd.readouterr().err
    assert not work.exists()
