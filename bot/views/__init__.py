"""Texts that several commands and posts share. Pure, and within the limits of every platform."""
