"""Texts for several commands and posts. Pure, and within the limits on every platform."""
