"""The values of a check-in: typed ones laid over the report there was."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.chat.errors import Refused
from bot.chat.text import clean_text
from bot.command import Call
from bot.store.progress import CheckinReport

MAX_BLOCKERS = 300  # characters
MAX_NOTE = 2000  # characters: a field takes no more


@dataclass(frozen=True, slots=True)
class TypedReport:
    """The values typed for a report; None where nothing was typed."""

    hours: float | None
    confidence: int | None
    blockers: str | None
    note: str | None
    share: bool | None

    @property
    def has_report(self) -> bool:
        values = (self.hours, self.confidence, self.blockers, self.note, self.share)
        return any(value is not None for value in values)

    def apply_to(self, report: CheckinReport, is_late: bool) -> CheckinReport:
        """Return a report with the typed values in it; the others stay.

        Raises `Refused` for a text that is too long.
        """
        changed = replace(report, late=is_late)
        # Zero hours is an honest answer, so each value is compared with None.
        if self.hours is not None:
            changed = replace(changed, hours=self.hours)
        if self.confidence is not None:
            changed = replace(changed, confidence=self.confidence)
        if self.blockers is not None:
            clean_answer = _clean_checkin_text(
                self.blockers, MAX_BLOCKERS, "The answer", "blockers"
            )
            changed = replace(changed, blockers=clean_answer)
        if self.note is not None:
            clean_note = _clean_checkin_text(self.note, MAX_NOTE, "The note", "note")
            changed = replace(changed, note=clean_note)
        if self.share is not None:
            changed = replace(changed, shared=self.share)
        return changed


def clear_emptied_fields(call: Call, before: CheckinReport) -> CheckinReport:
    # A form sent with an empty field takes the earlier answer back; a phrase without it does not.
    report = before
    if call.is_field_cleared("hours"):
        report = replace(report, hours=None)
    if call.is_field_cleared("confidence"):
        report = replace(report, confidence=None)
    if call.is_field_cleared("blockers"):
        report = replace(report, blockers="")
    if call.is_field_cleared("note"):
        report = replace(report, note="")
    return report


def _clean_checkin_text(text: str, limit: int, label: str, option: str) -> str:
    try:
        return clean_text(text, limit, label, is_multiline=True)
    except Refused as refused:
        # Raised anew, so that the form shows the sentence beside its field.
        raise Refused(refused.sentence, option) from None
