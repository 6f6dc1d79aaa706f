"""What is kept of a real robot, and how what is given besides goes with it; nothing here opens a device."""

import json
import shutil
from pathlib import Path

import pytest

from sayso.backends.resolve_robot import confirm, resolve_robot
from sayso.backends.robot_config import RobotConfig, known_robots, robot_path, robots_folder
from sayso.cli import run_command
from sayso.errors import UserError
from sayso.hardware.arms.load import FOLDER
from sayso.hardware.drivers.driver import Mode

DESK = RobotConfig(
    robot="so101", port="/dev/ttyACM7", calibration="~/desk.json", options={"at_end": "hold"}, cameras=("left=0", "1")
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


def test_what_is_kept_is_read_again() -> None:
    assert RobotConfig.load("desk") is None and known_robots() == []
    DESK.save("desk")
    assert RobotConfig.load("desk") == DESK and known_robots() == ["desk"]
    DESK.save("rosbridge:ur5e")
    assert RobotConfig.load("rosbridge:ur5e") == DESK
    assert robot_path("../../etc/passwd").parent == robots_folder()


def test_an_emulated_robot_never_takes_a_real_ones_place() -> None:
    emulated = DESK.model_copy(update={"emulated": True})
    emulated.save("desk")
    DESK.save("desk")
    with pytest.raises(UserError, match=r"'desk' is a real robot, saved in .*desk.json; save the emulated one under"):
        emulated.save("desk")
    assert RobotConfig.load("desk") == DESK


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "does not describe a robot: the file: Invalid JSON"),
        (
            '{"robot": "so101", "speed": 9}',
            "does not describe a robot: speed: there is no such key; there are: ",
        ),
        ('{"port": "x"}', "does not describe a robot: robot: Field required"),
        (" " * 70_000, "has 70000 bytes; at most 64000 are read"),
    ],
)
def test_a_file_that_describes_none_is_told(text: str, told: str) -> None:
    file = robot_path("desk")
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(UserError, match=told):
        resolve_robot("desk")


def test_what_is_given_goes_over_what_is_kept() -> None:
    DESK.save("desk")
    kept = resolve_robot("desk", live=True)
    assert (kept.driver, kept.connection.port, kept.cameras) == ("so101", "/dev/ttyACM7", ("left=0", "1"))
    assert kept.connection.calibration == Path.home() / "desk.json"
    assert kept.connection.options == {"at_end": "hold"} and kept.connection.mode is Mode.LIVE
    given = resolve_robot("desk", "/dev/ttyUSB1", ["http://x/left.mjpg"], "read-only")
    assert (given.connection.port, given.cameras) == ("/dev/ttyUSB1", ("http://x/left.mjpg",))
    assert given.connection.mode is Mode.READ_ONLY


def test_a_driver_needs_no_file() -> None:
    found = resolve_robot("panda", "10.0.0.2", mode="read-only")
    assert (found.driver, found.connection.port, found.spec.name) == ("panda", "10.0.0.2", "panda")
    assert found.watchdog_s is not None


def test_a_real_arm_moves_only_once_its_limits_were_shown() -> None:
    DESK.save("desk")
    with pytest.raises(UserError, match=r"desk is a real arm that was never moved with .*; --live shows"):
        resolve_robot("desk")
    found = resolve_robot("desk", live=True)
    assert "250 mm/s" in found.limits and "z 0.012 to 0.38 m" in found.limits
    with pytest.raises(UserError, match="--live"):
        resolve_robot("desk")  # they were asked for, and not shown yet
    confirm(found)
    assert resolve_robot("desk").connection.mode is Mode.LIVE
    DESK.model_copy(update={"robot": "koch"}).save("desk")
    with pytest.raises(UserError, match="--live"):
        resolve_robot("desk")  # other limits are to be seen again


def test_a_real_arm_with_another_calibration_is_not_moved_unasked(tmp_path: Path) -> None:
    calibration = tmp_path / "desk.json"
    calibration.write_text('{"shoulder_pan": {"homing_offset": 12}}')
    DESK.model_copy(update={"calibration": str(calibration)}).save("desk")
    confirm(resolve_robot("desk", live=True))
    assert resolve_robot("desk").connection.mode is Mode.LIVE
    calibration.write_text('{"shoulder_pan": {"homing_offset": 13}}')
    with pytest.raises(UserError, match="this calibration; --live"):
        resolve_robot("desk")


def test_an_arm_file_of_which_a_number_has_changed_is_not_moved_unasked(tmp_path: Path) -> None:
    """Even one that is in none of the lines that are shown: an acceleration."""
    shutil.copytree(FOLDER / "so101", own := tmp_path / "own")
    text = (own / "arm.json").read_text()
    DESK.model_copy(update={"options": {"arm": str(own)}}).save("desk")
    confirm(resolve_robot("desk", live=True))
    assert resolve_robot("desk").connection.mode is Mode.LIVE
    (own / "arm.json").write_text(text.replace('"acceleration": 15.0', '"acceleration": 75.0', 1))
    with pytest.raises(UserError, match="--live"):
        resolve_robot("desk")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"mode": "sometimes"}, "no mode 'sometimes'; there are: mock, read-only, live"),
        ({"mode": "mock", "live": True}, "desk cannot be live and mock at once"),
    ],
)
def test_modes_that_cannot_be_are_told(options: dict, told: str) -> None:
    DESK.save("desk")
    with pytest.raises(UserError, match=told):
        resolve_robot("desk", **options)


def test_an_unknown_robot_is_told_with_those_there_are() -> None:
    DESK.save("desk")
    with pytest.raises(UserError, match=r"no robot 'r2d2'; there are: sim, sim:panda.*, so101, .*rosbridge:ARM, desk"):
        resolve_robot("r2d2")


def test_the_only_usb_port_is_found_and_a_choice_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = pytest.importorskip("serial.tools.list_ports")

    class Port:
        def __init__(self, device: str, vid: int | None) -> None:
            self.device, self.vid = device, vid

    found = [Port("/dev/ttyS0", None), Port("/dev/ttyACM0", 0x1A86)]
    monkeypatch.setattr(ports, "comports", lambda: found)
    assert resolve_robot("so101", mode="read-only").connection.port == "/dev/ttyACM0"
    found.append(Port("/dev/ttyACM1", 0x1A86))
    with pytest.raises(UserError, match="give it with --port; there are /dev/ttyACM0, /dev/ttyACM1"):
        resolve_robot("so101", mode="read-only")
    found.clear()
    with pytest.raises(UserError, match="there is no USB serial port; is the arm's cable plugged in"):
        resolve_robot("so101", mode="read-only")
    assert resolve_robot("so101", mode="mock").connection.port == ""


def test_a_robot_is_kept_and_changed_from_the_command_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["robots"]) == 0
    assert "no saved robots; save one with, for example: sayso robots so101 --port" in capfd.readouterr().out
    keep = ["robots", "desk", "--driver", "so101", "--port", "/dev/ttyACM7", "--camera", "left=0", "--camera", "1"]
    assert run_command([*keep, "--option", "at_end=hold", "--calibration", str(Path.home() / "desk.json")]) == 0
    assert RobotConfig.load("desk") == DESK.model_copy(update={"calibration": str(Path.home() / "desk.json")})
    assert run_command(["robots", "desk", "--port", "/dev/ttyACM8"]) == 0
    kept = RobotConfig.load("desk")
    assert kept is not None and (kept.port, kept.cameras) == ("/dev/ttyACM8", ("left=0", "1"))
    capfd.readouterr()
    assert run_command(["robots", "--json"]) == 0
    (row,) = json.loads(capfd.readouterr().out)
    assert (row["name"], row["robot"], row["port"]) == ("desk", "so101", "/dev/ttyACM8")


def test_a_real_robot_takes_an_emulated_ones_place() -> None:
    DESK.model_copy(update={"emulated": True, "realtime": False}).save("so101")
    assert run_command(["robots", "so101", "--port", "/dev/ttyACM0"]) == 0
    assert RobotConfig.load("so101") == RobotConfig(robot="so101", port="/dev/ttyACM0")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["desk"], "no saved robot 'desk'; there are: none"),
        (["--port", "x"], "a name for the robot is missing"),
        (["desk", "--port", "x"], "no robot 'desk'; there are: sim"),
        (["desk", "--driver", "so101", "--option", "hold"], "--option is KEY=VALUE"),
    ],
)
def test_what_cannot_be_kept_is_told(arguments: list[str], told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["robots", *arguments]) == 2
    assert told in capfd.readouterr().err and known_robots() == []


@pytest.mark.parametrize("driver", ["lerobot:my_arm:Arm", "my_arm:Arm"])
def test_a_class_is_kept_under_a_name(
    driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "my_arm.py").write_text("class Arm: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert run_command(["robots", "mine", "--driver", driver]) == 2
    assert "option arm" in capfd.readouterr().err
    assert run_command(["robots", "mine", "--driver", driver, "--port", "/dev/ttyACM0", "--option", "arm=so101"]) == 0
    assert RobotConfig.load("mine") == RobotConfig(robot=driver, port="/dev/ttyACM0", options={"arm": "so101"})
    assert resolve_robot("mine", mode="mock").spec.name == "so101"


def test_a_camera_s_password_is_its_owner_s_alone_and_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    address = "left=rtsp://me:s3cret@10.0.0.5/x"
    assert run_command(["robots", "desk", "--driver", "so101", "--camera", address]) == 0
    assert run_command(["robots", "desk", "--port", "/dev/ttyACM3", "--json"]) == 0
    assert run_command(["robots"]) == 0
    shown = capfd.readouterr()
    assert "rtsp://***@10.0.0.5/x" in shown.out
    assert "s3cret" not in shown.out + shown.err
    kept = RobotConfig.load("desk")
    assert kept is not None and kept.cameras == (address,)
    assert robot_path("desk").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            ["--option", "at_ned=hold"],
            "so101 has no option 'at_ned'; there are: answer_ms, arm, at_end; did you mean at_",
        ),
        (["--option", "at_end=hodl"], "option at_end is 'hodl'; there are: hold, rest"),
        (["--option", "at_end="], "option at_end is empty; leave it out, or give it a value"),
        (["--option", "answer_ms=soon"], "option answer_ms is 'soon'; from 1 to 1000 ms are allowed"),
        (["--option", "arm=nowhere"], "no arm 'nowhere'; there are:"),
        (["--option", "at_end=hold", "--option", "at_end=rest"], "--option at_end is given twice: hold, rest"),
        (["--option", "what=so101"], "so101 has no option 'what'"),
        (["--camera", "左=0"], "cannot be a camera's name; 1 to 40 letters, digits, _ and - are allowed"),
        (["--camera", "left cam=0"], "'left cam' cannot be a camera's name"),
        (["--camera", "=0"], "'' cannot be a camera's name"),
    ],
)
def test_what_a_driver_does_not_have_is_refused(given: list[str], told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["robots", "desk", "--driver", "so101", *given]) == 2
    error = capfd.readouterr().err
    assert told in error and known_robots() == [] and error.count("\n") == 1


@pytest.mark.parametrize(
    ("driver", "option"),
    [
        ("panda", "realtime=on"),
        ("ur5e", "at_end=hold"),
        ("lerobot:so101_follower", "nmaes=a"),
        ("rosbridge:ur5e", "x=1"),
    ],
)
def test_every_driver_says_which_options_it_has(driver: str, option: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["robots", "desk", "--driver", driver, "--option", option]) == 2
    assert "there are: " in capfd.readouterr().err


def test_a_typo_in_a_file_that_was_written_by_hand_is_refused_too() -> None:
    DESK.model_copy(update={"options": {"at_ned": "hold"}}).save("desk")
    with pytest.raises(UserError, match="so101 has no option 'at_ned'; there are: answer_ms, arm, at_end"):
        resolve_robot("desk", mode="mock")


def test_paths_are_kept_from_the_root_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(FOLDER / "so101", tmp_path / "arms" / "own")
    (tmp_path / "film.mp4").touch()
    (tmp_path / "tty").touch()
    given = ["--option", "arm=arms/own", "--calibration", "c.json", "--port", "tty"]
    assert (
        run_command(["robots", "desk", "--driver", "so101", *given, "--camera", "left=film.mp4", "--camera", "0"]) == 0
    )
    assert run_command(["robots", "ros", "--driver", "rosbridge:arms/own", "--port", "ws://h"]) == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    desk, ros = RobotConfig.load("desk"), RobotConfig.load("ros")
    assert desk is not None and ros is not None
    assert desk.options == {"arm": str(tmp_path / "arms" / "own")} and desk.calibration == str(tmp_path / "c.json")
    assert desk.port == str(tmp_path / "tty") and desk.cameras == (f"left={tmp_path / 'film.mp4'}", "0")
    assert ros.robot == f"rosbridge:{tmp_path / 'arms' / 'own'}" and ros.port == "ws://h"
    assert resolve_robot("desk", mode="mock").spec.name == "so101" == resolve_robot("ros", mode="mock").spec.name


def test_a_path_that_hangs_on_the_folder_one_is_in_is_refused() -> None:
    file = DESK.save("desk")
    file.write_text(file.read_text().replace("~/desk.json", "desk.json"))
    with pytest.raises(UserError, match=r"calibration is 'desk\.json'; a path from / or ~ is needed"):
        RobotConfig.load("desk")


def test_names_that_differ_have_files_that_differ() -> None:
    names = [
        "my arm",
        "my-arm",
        "my:arm",
        "my/arm",
        "my_arm",
        "左臂",
        "右臂",
        "..",
        ".arm",
        "ärm",
        "%2Farm",
        "/arm",
        "a.b",
    ]
    assert len({robot_path(name) for name in names}) == len(names)
    assert {robot_path(name).parent for name in names} == {robots_folder()}
    for name in names:
        DESK.model_copy(update={"port": name}).save(name)
    assert known_robots() == sorted(names)
    assert {name: found.port for name in names if (found := RobotConfig.load(name))} == {name: name for name in names}
    assert robot_path("a\u0308rm") == robot_path("ärm"), "one word, whichever way the keyboard writes it"


@pytest.mark.parametrize(
    "name", ["", " ", " desk", "desk ", "a\nb", "a\0b", "\udcff", "\u202edesk", "x" * 300, "臂" * 40]
)
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(UserError, match=r"cannot be a robot's name|is too long for a robot's name") as error:
        robot_path(name)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sim", "'sim' belongs to the simulator; save the robot under another name"),
        ("sim:desk", "belongs to the simulator"),
        ("koch", "'koch' is the name of a driver; save an arm of the driver so101 under another name"),
        ("lerobot:mine", "'lerobot:mine' is the name of a driver"),
        ("DESK", "'DESK' differs from the robot 'desk' in upper and lower case only"),
    ],
)
def test_a_name_that_means_something_else_is_refused(name: str, told: str, capfd: pytest.CaptureFixture[str]) -> None:
    DESK.save("desk")
    assert run_command(["robots", name, "--driver", "so101", "--port", "x"]) == 2
    assert told in capfd.readouterr().err and known_robots() == ["desk"]


def test_a_class_by_its_module_is_kept_by_name_with_its_arm() -> None:
    given = ["--driver", "lerobot:some.module:Arm", "--option", "arm=koch", "--option", "id=left", "--port", "/dev/x"]
    assert run_command(["robots", "mine", *given]) == 0
    found = resolve_robot("mine", mode="mock")
    assert (found.driver, found.spec.name) == ("lerobot:some.module:Arm", "koch")


def test_a_robot_is_forgotten_with_the_limits_that_were_confirmed(capfd: pytest.CaptureFixture[str]) -> None:
    DESK.model_copy(update={"calibration": None}).save("desk")
    confirm(resolve_robot("desk", live=True))
    assert resolve_robot("desk")
    assert run_command(["robots", "desk", "--remove"]) == 0 and known_robots() == []
    assert capfd.readouterr().out == "removed 'desk'\n"
    DESK.model_copy(update={"calibration": None}).save("desk")
    with pytest.raises(UserError, match="never moved with these limits"):
        resolve_robot("desk")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["chair", "--remove"], "no saved robot 'chair'; there are: desk"),
        (["--remove"], "--remove takes a name and nothing else"),
        (["desk", "--remove", "--port", "COM1"], "--remove takes a name and nothing else"),
    ],
)
def test_what_cannot_be_forgotten_is_told(arguments: list[str], told: str, capfd: pytest.CaptureFixture[str]) -> None:
    DESK.save("desk")
    assert run_command(["robots", *arguments]) == 2
    assert told in capfd.readouterr().err and known_robots() == ["desk"]
