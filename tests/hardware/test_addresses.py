"""No password of a camera or a server is shown or written down."""

import copy

import pytest

from hardware.addresses import without_password
from hardware.cameras.open import name_and_address
from hardware.cameras.opencv import OpenCVSource
from hardware.cameras.rgbd_stream import RgbdStream
from hardware.cameras.source import SourceError
from hardware.robot import RobotError
from sayso.doctor.devices import camera_seen, looks
from sayso.errors import UserError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://admin:s3cret@10.0.0.5:554/stream1", "rtsp://***@10.0.0.5:554/stream1"),
        ("the camera rtsp://admin:s3@cr/et@10.0.0.5/a is lost", "the camera rtsp://***@10.0.0.5/a is lost"),
        ("left=rgbd+http://s3cret@host:80/x", "left=rgbd+http://***@host:80/x"),
        ("http://host/video?user=me&pwd=s3cret&size=2", "http://host/video?user=me&pwd=***&size=2"),
        ("rtsp://10.0.0.5/user=admin_password=s3cret_channel=1", "rtsp://10.0.0.5/user=admin_password=***"),
        ("http://host/x.mjpg?access_token=s3cret#a", "http://host/x.mjpg?access_token=***#a"),
        ("openai:qwen@https://me:s3cret@host/v1", "openai:qwen@https://***@host/v1"),
        ("openai:qwen@http://127.0.0.1:8000", "openai:qwen@http://127.0.0.1:8000"),
        ("--option is KEY=VALUE, for example key=a", "--option is KEY=VALUE, for example key=a"),
        ("http://10.0.0.5/monkey=1", "http://10.0.0.5/monkey=1"),
    ],
)
def test_what_opens_an_address_is_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert without_password(text) == shown


@pytest.mark.parametrize("kind", [RobotError, SourceError, UserError])
def test_no_error_tells_a_password(kind: type[Exception]) -> None:
    error = kind("cannot open http://me:s3cret@host/x")
    assert str(error) == "cannot open http://***@host/x"
    assert str(copy.copy(error)) == str(error)


def test_a_camera_that_cannot_be_opened_is_named_without_its_password() -> None:
    with pytest.raises(SourceError) as error:
        OpenCVSource("rtsp://me:s3cret@127.0.0.1:9/x", 640, 480)
    assert "s3cret" not in str(error.value)
    with pytest.raises(SourceError) as error:
        RgbdStream("rgbd+http://me:s3cret@")
    assert "s3cret" not in str(error.value)


def test_a_camera_gets_no_name_from_its_password() -> None:
    name, address = name_and_address("rtsp://10.0.0.5/user=admin_password=s3cret_channel=1_stream=0.sdp")
    assert "s3cret" not in name
    assert "s3cret" in address
    assert name_and_address("rtsp://me:s3#/cret@10.0.0.5/front.sdp")[0] == "front"


def test_doctor_tells_no_password_of_a_camera() -> None:
    for camera in ("left=rtsp://me:s3cret@127.0.0.1:9/x", "rtsp://me:s3cret@127.0.0.1:9/x"):
        (look,) = [look for look in looks((camera,)) if "127.0.0.1" in look.doing]
        assert "s3cret" not in look.doing
        assert "s3cret" not in repr(camera_seen(camera))
