"""The local room: a small chat server in the browser, with its own clock, cast and files.

It answers on this machine only.
"""

from adapters.web.listener import CannotOpenRoom, PortInUse
from adapters.web.server import Room

__all__ = ["CannotOpenRoom", "PortInUse", "Room"]
