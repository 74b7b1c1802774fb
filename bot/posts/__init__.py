"""One pure file for each kind of post, discovered. None knows another."""
