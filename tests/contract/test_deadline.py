"""Deadlines over real sockets."""

from __future__ import annotations

import socket

from runner.client.deadline import Deadline


def test_a_cut_wakes_a_blocked_read() -> None:
    """Both ends see the end, and the first reason stays."""
    near, far = socket.socketpair()
    with near, far, Deadline(60) as deadline:
        deadline.watch(near)
        deadline.cut("E-STOPPED")
        deadline.cut("E-TIMEOUT")
        assert near.recv(1) == b""
        assert far.recv(1) == b""
    assert deadline.over == "E-STOPPED"


def test_a_request_that_has_ended_is_not_cut() -> None:
    """After the request nothing happens any more, nor before there is a socket."""
    near, far = socket.socketpair()
    with near, far:
        with Deadline(60) as deadline:
            deadline.cut("E-STOPPED")
            deadline.watch(near)
        deadline.cut("E-TIMEOUT")
        far.sendall(b"x")
        assert near.recv(1) == b"x"
    assert deadline.over == ""


def test_a_socket_that_is_gone_already_is_no_trouble() -> None:
    """A peer that has reset the connection before makes no error."""
    with socket.socket() as never_connected, Deadline(60) as deadline:
        deadline.watch(never_connected)
        deadline.cut("E-STOPPED")
    assert deadline.over == "E-STOPPED"


def test_time_that_is_renewed_is_waited_for() -> None:
    """A deadline that was renewed ends at its new time, not at its first."""
    near, far = socket.socketpair()
    with near, far, Deadline(0.05) as deadline:
        deadline.watch(near)
        deadline.renew(0.15)
        near.settimeout(0.1)
        try:
            near.recv(1)
        except TimeoutError:
            early = deadline.over
        near.settimeout(2)
        assert near.recv(1) == b""
        assert (early, deadline.over) == ("", "E-TIMEOUT")
