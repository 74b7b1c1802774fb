"""What fitting did to a plan, and the other ways to fit it, for a moderator."""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.buttons import button_row
from bot.chat.message import Buttons, build_phrase, escape_text, paginate_lines
from bot.group.cohort import Cohort
from bot.group.fit import FitOffer, FitResult

# Lines and characters about fitting; a preview has more to say.
FIT_LINES, FIT_PROSE = 10, 1600


def describe_fit_result(fit_result: FitResult) -> tuple[str, ...]:
    """Return the effects from fitting, the other seasons and the other ways, a line each."""
    notes = [f"• {escape_text(note)}" for note in fit_result.notes]
    page = paginate_lines(notes, 1, FIT_LINES, FIT_PROSE)
    lines = list(page.entries)
    if page.left:
        lines.append(f"• … and {page.left} more notes.")
    if fit_result.season_count > 1:
        lines.append(
            "A cohort takes one season. `cohort fit` changes to another season, or takes them all."
        )
    lines += _describe_offers(fit_result)
    return tuple(lines)


def _describe_offers(fit_result: FitResult) -> Iterator[str]:
    if not fit_result.offers:
        return
    need = fit_result.need or "There is more time than you need."
    yield f"{need} You can choose:"
    for offer in fit_result.offers:
        choice = "Chosen" if offer.is_taken else "Or"
        yield f"• {choice}: {offer.sentence}"


def build_fit_offer_buttons(cohort: Cohort, fit_result: FitResult) -> list[Buttons]:
    """Return a row of buttons for the ways that were not taken, if there are any."""
    offers = [offer for offer in fit_result.offers if not offer.is_taken]
    if not offers:
        return []
    choices = [(offer.label, _build_offer_phrase(cohort, offer)) for offer in offers]
    return [button_row(*choices, has_main=False)]


def _build_offer_phrase(cohort: Cohort, offer: FitOffer) -> str:
    return build_phrase(
        "cohort fit",
        cohort=cohort.ref,
        weeks=offer.weeks,
        hours=None if offer.hours is None else f"{offer.hours:g}",
        season=offer.season or None,
    )
