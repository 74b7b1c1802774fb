"""From an outline to a roadmap: the meaning of the words is decided here.

From the ground up:

- `draft`: fields during import; `vocabulary`: the words of study plans; `heading_names`: headings
  taken apart (“Weeks 1–2: Loops (4 hours)”);
- `calendar_dates`: dates; `progress_marks`: what the author has done already;
- `parts`: the document as a tree of units; `timetables`, `table_lists`: the tables in it;
- `resource_kinds`, `resource_fields`, `resources`: the links and titles;
- `items`: one line of a list; `section_body`: the text below one heading; `fallback_items`:
  headings without a list; `label_parts`: headings that are only labels;
- `weeks`, `crowded_weeks`, `choices`, `stages`: the plan itself;
- `info_blocks`, `portfolio`, `extras`: everything beside it;
- `ids`, `provenance`, `opening`, `sections`: ids, origin, title and the order of sections;
- `outline_reader`: all of these together.
"""

from __future__ import annotations

from bot.roadmap.importer.interpret.outline_reader import build_roadmap_from_outline

__all__ = ["build_roadmap_from_outline"]
