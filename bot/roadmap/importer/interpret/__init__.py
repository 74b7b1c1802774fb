"""The second half of reading: from an outline to a plan. What the words mean is decided here, and nothing guessed silently.

`parts` finds whatever is counted, with `names` taking headings apart (“Weeks 1–2: Loops (4 hours)”) and `words` knowing the
vocabulary. `stages` makes stages and weeks of that, `body` what stands below one heading, `items` one line of a list,
`resources` what links and titles name, `beside` all that is no week; `origin` reads the front matter, `ids` names it all, and
`reading` puts it together. Until then everything is a `draft`.
"""

from __future__ import annotations

from bot.roadmap.importer.interpret.outline_reader import build_roadmap_from_outline

__all__ = ["build_roadmap_from_outline"]
