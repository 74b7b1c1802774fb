"""Voices: one sentence said in three ways, used in turn, so that no two in a row are the same."""

from __future__ import annotations

Voices = tuple[str, str, str]

VOICES = 3
