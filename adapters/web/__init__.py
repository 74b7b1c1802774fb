"""The local room: a small chat server in the browser, with its own clock, cast and files, on this machine only."""

from adapters.web.server import CannotOpenRoom, PortInUse, Room

__all__ = ["CannotOpenRoom", "PortInUse", "Room"]
