"""No password of a camera or a server is shown or written down."""

import copy

import pytest

from sayso.doctor.devices import camera_seen, looks
from sayso.errors import UserError
from sayso.hardware.addresses import without_password
from sayso.hardware.cameras.open import check_cameras, name_and_address
from sayso.hardware.cameras.opencv import OpenCVSource
from sayso.hardware.cameras.rgbd_stream import RgbdStream
from sayso.hardware.cameras.source import SourceError
from sayso.hardware.robot import RobotError


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
        ("http://h/x?loginuse=a&loginpas=s3cret&channel=2", "http://h/x?loginuse=***&loginpas=***&channel=2"),
        (
            "http://h/x?accesskey=s3cret&jwt=s3cret;sessionid=s3cret&anything=s3cret&width=640",
            "http://h/x?accesskey=***&jwt=***;sessionid=***&anything=***&width=640",
        ),
        ("http://h/x?p%61ssword=s3cret&fps=5", "http://h/x?password=***&fps=5"),
        ("rtsp://h/p%61ssword=s3cret", "rtsp://h/password=***"),
        ("rtsp://h/x/loginpas=s3cret", "rtsp://h/x/loginpas=***"),
        ("the camera rtsp://me:s3 cret@h/x is lost", "the camera rtsp://***@h/x is lost"),
        ("rtsp:/me:s3cret@h/x", "rtsp:/***@h/x"),
        ("left=admin:s3cret@192.168.1.5:554", "left=***@192.168.1.5:554"),
        ("the camera admin:s3cret@192.168.1.5:554 is lost", "the camera ***@192.168.1.5:554 is lost"),
        ("'admin:s3 cret@192.168.1.5' is lost", "'***@192.168.1.5' is lost"),
        ("s3cret@192.168.1.5:554", "***@192.168.1.5:554"),
        ("openai:m@me:s3cret@h:80/v1", "openai:m@***@h:80/v1"),
        ("openai:m@127.0.0.1:80/v1", "openai:m@127.0.0.1:80/v1"),
        ("openai:m@h:80/v1 is none", "openai:m@h:80/v1 is none"),
        ("SAYSO_API_KEY_HOST=me:s3cret@h:80 is", "SAYSO_API_KEY_HOST=***@h:80 is"),
        (
            "no server at http://h:80: openai:MODEL@URL is needed",
            "no server at http://h:80: openai:MODEL@URL is needed",
        ),
        ("http://h:80/x is not me@h.org", "http://h:80/x is not me@h.org"),
        ("rtsp://a:s3@h/x and rtsp://b:s4@h/y", "rtsp://***@h/x and rtsp://***@h/y"),
        ("me:s3cret@h/x?password=s3cret", "***@h/x?password=***"),
    ],
)
def test_what_opens_an_address_is_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert without_password(text) == shown
    assert without_password(shown) == shown


@pytest.mark.parametrize(
    "address", ["admin:s3cret@192.168.1.5:554", "rtsp:/me:s3cret@h/x", "rtsp://me:s3 cret@h/x", "rtsp://", "banana",
                "a=b=c", "http:h/x", "h/x?password=s3cret"]
)  # fmt: skip
@pytest.mark.parametrize("name", ["", "left="])
def test_what_is_no_camera_s_address_is_refused_and_not_shown(name: str, address: str) -> None:
    with pytest.raises(RobotError) as error:
        name_and_address(name + address)
    assert "s3" not in str(error.value) and "cret" not in str(error.value)


@pytest.mark.parametrize(
    "address", ["0", "/dev/video9", "no/film.mp4", "film.avi", "realsense:12", "http://h/x?id=1", "rgbd+http://h:8/x",
                "rtsp://me:s3@cr/et@h:554/x", "file:///no/film.mp4"]
)  # fmt: skip
def test_a_camera_that_is_not_there_yet_has_an_address(address: str) -> None:
    assert name_and_address(f"left={address}") == ("left", address)


def test_cameras_that_differ_in_what_is_hidden_are_two() -> None:
    check_cameras(["a=http://h/x?which=1", "b=http://h/x?which=2"])
    with pytest.raises(RobotError, match="two cameras have the address http://h/x"):
        check_cameras(["a=http://h/x?which=1", "b=http://h/x?which=1"])


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
