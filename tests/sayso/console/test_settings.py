"""Where the console is served: errors are one line, and the network needs a word."""

from __future__ import annotations

import socket
import sys

import pytest

from sayso.cli import run_command
from sayso.console.auth import Authorizer
from sayso.console.operator_lease import OperatorLease
from sayso.console.settings import ConsoleSettings, check_installed
from sayso.errors import UserError


@pytest.mark.parametrize("arguments", [["--token", "short"], ["--host", "0.0.0.0"], ["--robot", "nothing"]])
def test_bad_input_is_one_line_and_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["console", "--port", "0", *arguments]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("sayso: ")


def test_a_taken_port_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run_command(["console", "--port", str(port)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and f"port {port}: Address already in use" in error


def test_the_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(UserError, match=r"needs the library uvicorn: pip install 'sayso\[console\]'"):
        check_installed()


def test_another_host_than_loopback_needs_the_word() -> None:
    with pytest.raises(UserError, match=r"whoever reads its address.*--open-to-network"):
        ConsoleSettings(host="192.0.2.7")
    assert ConsoleSettings(host="192.0.2.7", open_to_network=True).address(80).startswith("http://192.0.2.7:80/#token=")
    for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost"):
        assert ConsoleSettings(host=host).is_loopback


def test_each_console_has_a_token_of_its_own() -> None:
    assert len({ConsoleSettings().token for _ in range(20)}) == 20


@pytest.mark.parametrize("host", ["127.0.0.1:80", "localhost", "[::1]:8377", "192.168.1.4:8377"])
def test_hosts_of_this_computer_are_let_in(host: str) -> None:
    assert not Authorizer("t").host(host)
    assert not Authorizer("t").origin(f"http://{host}", host)


@pytest.mark.parametrize("host", ["evil.example", "", "127.0.0.1.evil.example", "localhost:80 ", "[::1", "a@localhost"])
def test_names_that_a_stranger_may_point_here_are_not(host: str) -> None:
    assert Authorizer("t").host(host)


def test_control_that_nobody_has_goes_to_who_asks() -> None:
    lease = OperatorLease()
    assert [lease.join("a"), lease.join("b"), lease.join("a")] == ["screen 1", "screen 2", "screen 1"]
    assert (lease.name, lease.allows("b")) == ("screen 1", False)
    assert not lease.leave("a"), "another tab of it is open"
    assert lease.leave("a") and lease.holder == ""
    assert lease.allows("b") and lease.name == "screen 2"
    assert not lease.allows("a"), "it has gone"
    assert lease.join("a") == "screen 1"
