"""The local room: a small chat server in the browser, with its own clock, cast and files, on this machine only."""

from adapters.web.server import CannotOpen, PortInUse, Room

__all__ = ["CannotOpen", "PortInUse", "Room"]
