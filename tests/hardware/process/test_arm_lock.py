"""Two masters on one arm: the second is refused, whatever the bus, whoever asks, and whatever the device is called."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

import sayso.hardware.process.arm_lock
from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import Clock, FakeClock
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.process.arm_lock import ArmLock, ArmTaken, locked
from sayso.hardware.process.device_names import device_names, host_names
from sayso.hardware.robot import RobotError
from sayso.hardware.types import RobotSpec
from tests.hardware.emulated_arm import EmulatedArm

HERE = Path(__file__).parents[1]
HOLD = """
import sys, json
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
name, port, options = json.loads(sys.argv[1])
arm = open_driver(name, Connection(port, Mode.LIVE, options=options))
arm.connect()
print("has it", flush=True)
sys.stdin.read()
"""
TRIES = 3  # each name that a device has, and one after a refusal


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Locks of one test are its own."""
    monkeypatch.setattr(sayso.hardware.process.arm_lock, "FOLDER", tmp_path / "arms")
    return tmp_path / "arms"


class Own(MockRobot):
    """A robot of somebody else's: MODULE:CLASS."""

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock) -> None:
        super().__init__(spec, clock)


@contextmanager
def held(folder: Path, name: str, port: str, options: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The arm in the hands of another process."""
    where = f"pathlib.Path({str(folder)!r})"
    start = f"import pathlib; from sayso.hardware.process import arm_lock; arm_lock.FOLDER = {where}\n"
    process = subprocess.Popen(
        [sys.executable, "-c", start + HOLD, json.dumps([name, port, options])],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[1])])},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "has it\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def refused(name: str, port: str, options: dict[str, str], holder: int, mode: Mode = Mode.LIVE) -> None:
    arm = open_driver(name, Connection(port, mode, options=options))
    with pytest.raises(ArmTaken, match=rf"is already driven by process {holder} of .*; end that first"):
        arm.connect()


SERIAL = {"answer_ms": "300"}
EMULATED: dict[str, tuple[str, dict[str, str], Callable[[str, Path], list[str]]]] = {
    "so101": ("scservo_sdk", SERIAL, lambda port, link: [port, linked(port, link)]),
    "koch": ("dynamixel_sdk", SERIAL, lambda port, link: [port, linked(port, link)]),
    "ur5e": ("rtde_control", {}, lambda port, _: [port, "localhost", "LOCALHOST"]),
    "panda": ("franky", {}, lambda port, _: [port, "localhost", "::ffff:127.0.0.1"]),
    "piper": ("piper_sdk", {}, lambda port, _: [port]),
}


def linked(port: str, link: Path) -> str:
    link.symlink_to(port)
    return str(link)


@pytest.mark.parametrize("name", EMULATED)
def test_a_second_master_is_refused_at_every_emulated_arm(name: str, tmp_path: Path, folder: Path) -> None:
    library, options, names = EMULATED[name]
    pytest.importorskip(library, reason="needs the arm's extra")
    with EmulatedArm(name) as arm:
        ports = names(arm.address, tmp_path / "link")
        with held(folder, name, arm.address, options) as holder:
            for i in range(TRIES):
                refused(name, ports[i % len(ports)], options, holder.pid)
            if name in ("so101", "koch"):  # two who read from one line take each other's answers
                refused(name, ports[0], options, holder.pid, Mode.READ_ONLY)


def test_a_second_master_is_refused_at_rosbridge(folder: Path) -> None:
    pytest.importorskip("websockets", reason="needs the extra rosbridge")
    from sayso.sim.arms.arm_models import ARMS
    from sayso.sim.device import SimDevice
    from sayso.sim.physics import Physics
    from sayso.sim.scenes.scene_spec import SceneSpec
    from tests.hardware.emulated_rosbridge import GRIPPER, GRIPPER_JOINT, RosbridgeArm

    world = Physics(SceneSpec(()), ARMS["ur5e"]())
    options = {"gripper": GRIPPER, "gripper_joint": GRIPPER_JOINT}
    with ExitStack() as stack:
        stack.callback(world.close)
        arm = RosbridgeArm(stack.enter_context(SimDevice(world)), port=0)
        stack.callback(arm.close)
        number = arm.address.rpartition(":")[2]
        ports = [f"127.0.0.1:{number}", f"localhost:{number}", f"ws://127.0.0.1:{number}/"]
        with held(folder, "rosbridge:ur5e", arm.address, options) as holder:
            for i in range(TRIES):
                refused("rosbridge:ur5e", ports[i % len(ports)], options, holder.pid)
        other = open_driver("rosbridge:ur5e", Connection(ports[0], Mode.LIVE, options=options | {"command": "/other"}))
        other.connect()  # a server may have several arms
        other.disconnect()


@pytest.mark.parametrize(
    ("name", "port"),
    [
        (f"{__name__}:Own", ""),
        (f"{__name__}:Own", "192.0.2.7"),
        ("lerobot:tests.hardware.drivers.test_lerobot:StandIn", "/dev/null"),
    ],
)
def test_a_second_master_is_refused_whatever_the_class(name: str, port: str, folder: Path) -> None:
    options = {"arm": "so101"}
    with held(folder, name, port, options) as holder:
        for _ in range(TRIES):
            refused(name, port, options, holder.pid)
    for _ in range(TRIES):  # it was killed
        with open_driver(name, Connection(port, Mode.LIVE, options=options)):
            refused(name, port, options, os.getpid())  # in one process, too


def test_another_driver_at_the_same_port_is_the_same_arm(folder: Path) -> None:
    with held(folder, "lerobot:tests.hardware.drivers.test_lerobot:StandIn", "/dev/null", {"arm": "so101"}) as holder:
        refused("so101", "/dev/../dev/null", {}, holder.pid)


def test_an_arm_that_could_not_be_connected_is_free_for_others() -> None:
    class Broken(Own):
        def connect(self) -> None:
            self.disconnect()  # as many drivers begin
            raise RobotError("no")

    lock = ArmLock("it", lambda: ["a device"])
    arm = locked(Broken(load_arm("so101"), Connection(), FakeClock()), lock)
    with pytest.raises(RobotError, match="no"):
        arm.connect()
    ArmLock("it", lambda: ["a device"]).check()


def test_letting_go_of_an_earlier_connection_keeps_the_lock() -> None:
    class Careful(Own):
        def connect(self) -> None:
            self.disconnect()
            super().connect()

    arm = locked(Careful(load_arm("so101"), Connection(), FakeClock()), ArmLock("it", lambda: ["a device"]))
    for _ in range(2):
        arm.connect()
        with pytest.raises(ArmTaken):
            ArmLock("it", lambda: ["a device"]).check()
    arm.disconnect()
    arm.disconnect()
    ArmLock("it", lambda: ["a device"]).check()


def test_a_lock_holds_between_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can be two users")
    import tempfile

    nobody = 65534
    take = (
        "import os, pathlib, sys; from sayso.hardware.process import arm_lock\n"
        "os.setuid(int(sys.argv[2]))\n"
        "arm_lock.FOLDER = pathlib.Path(sys.argv[1])\n"
        "lock = arm_lock.ArmLock('so101', lambda: ['a device']); lock.take()\n"
        "print('has it', flush=True); sys.stdin.read()"
    )
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o1777)
        monkeypatch.setattr(sayso.hardware.process.arm_lock, "FOLDER", Path(open_to_all) / "arms")
        for first, second in ((0, nobody), (nobody, 0), (0, nobody)):
            command = [sys.executable, "-c", take, str(Path(open_to_all) / "arms")]
            one = subprocess.Popen(
                [*command, str(first)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )  # fmt: skip
            assert one.stdout is not None
            assert one.stdout.readline() == "has it\n"
            two = subprocess.run([*command, str(second)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
            one.communicate("")
            assert f"ArmTaken: so101 is already driven by process {one.pid} of " in two.stderr
            assert "has it" not in two.stdout


def test_a_folder_in_which_no_lock_can_be_made_is_named(folder: Path) -> None:
    folder.write_text("")
    with pytest.raises(RobotError, match="is no folder; it holds the locks of arms: remove it"):
        ArmLock("it", lambda: ["a device"]).take()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("localhost", "127.0.0.1", True),
        ("127.0.0.1", "[::1]", True),
        ("127.0.0.1", "::1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7:30004", "192.0.2.7", False),
        ("ws://192.0.2.7:9090/x", "192.0.2.7:9090", True),
        ("no.such.host.invalid", "No.Such.Host.Invalid.", True),
        ("/dev/null", "/dev/../dev/null", True),
        ("/dev/null", "/dev/zero", False),
    ],
)
def test_a_device_has_one_name_whatever_it_is_called(one: str, other: str, same: bool) -> None:
    assert bool(set(device_names("arm", one)) & set(device_names("arm", other))) is same


def test_a_port_is_said_or_the_usual_one() -> None:
    assert host_names("192.0.2.7", 9090) == host_names("ws://192.0.2.7:9090") == ("host 192.0.2.7 port 9090",)
    assert host_names("2001:db8::7") == ("host 2001:db8::7",)
    assert host_names("what is this://") != ()
