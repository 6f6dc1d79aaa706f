"""An emulated controller's clients: what has come from one, and was not read yet, is known."""

import socket

from sayso.hardware.emulated.ur.rtde_session import RtdeSession


def test_mail_that_was_not_read_is_known() -> None:
    here, there = socket.socketpair()
    session = RtdeSession(here, lambda _: None, 500.0, (5, 11, 0, 0))
    assert not session.has_mail()
    there.send(b"\0")
    assert session.has_mail()
    here.recv(1)
    assert not session.has_mail()
    there.close()
    here.close()
    assert not session.has_mail()
