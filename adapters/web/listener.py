"""The room's port on this machine, and the errors for a room that cannot be opened."""

from __future__ import annotations

import errno
import socket


class CannotOpenRoom(OSError):
    """The room cannot be opened; the sentence says what to do."""


class PortInUse(CannotOpenRoom):
    """Another program answers on the room's port."""


def open_listener(port: int) -> socket.socket:
    """Return a socket listening on 127.0.0.1; port 0 takes any free one.

    Raises `PortInUse` or `CannotOpenRoom`.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Without it, the port stays taken for a minute after the room was closed.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except (OSError, OverflowError) as problem:
        listener.close()
        if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"Port {port} is already in use on this machine: stop the other program, "
                "or set ROOM_PORT to another port (0 takes any free one)."
            ) from problem
        raise CannotOpenRoom(
            f"The room cannot use port {port} ({problem}): "
            "set ROOM_PORT to a port from 1024 to 65535."
        ) from problem
    listener.setblocking(False)
    return listener
