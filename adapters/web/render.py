"""The bot's messages as HTML: one pure function per block, held by golden files.

Nothing is cut and nothing raises. Forms are in `render_form`.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import assert_never

from adapters.web.html_text import (
    LineReader,
    escape_bidi_text,
    escape_typed_text,
    render_flag,
    render_prose_html,
)
from adapters.web.render_form import render_form_html, render_options_html
from bot.chat.message import (
    Answer,
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fact,
    Fields,
    Form,
    Message,
    Progress,
    Select,
    Text,
)


def render_answer_html(answer: Answer, reader: LineReader, name: str) -> str:
    """Return a message or a form as HTML.

    `name` is unique on the page: ids are made from it.
    """
    if isinstance(answer, Form):
        return render_form_html(answer, reader, name)
    return render_message_html(answer, reader, name)


def render_message_html(message: Message, reader: LineReader, name: str) -> str:
    """Return the title and the blocks, in order."""
    return "\n".join(_render_message_parts(message, reader, name))


def _render_message_parts(message: Message, reader: LineReader, name: str) -> Iterator[str]:
    if message.title:
        yield f'<h3 class="title">{escape_bidi_text(message.title)}</h3>'
    # Bars that follow each other share their columns, so they stand in one box.
    numbered_blocks = enumerate(message.blocks)
    for are_bars, group in groupby(numbered_blocks, _is_progress_bar):
        blocks_html = "".join(
            _render_block_html(block, reader, f"{name}-{number}") for number, block in group
        )
        yield f'<div class="bars">{blocks_html}</div>' if are_bars else blocks_html


def _is_progress_bar(numbered_block: tuple[int, Block]) -> bool:
    return isinstance(numbered_block[1], Progress)


def _render_block_html(block: Block, reader: LineReader, name: str) -> str:
    match block:
        case Text():
            return f'<p class="text">{render_prose_html(block.body, reader)}</p>'
        case Fields():
            return _render_facts_html(block, reader)
        case Progress():
            return _render_progress_html(block, reader)
        case Checklist():
            return _render_checklist_html(block, reader, name)
        case Select():
            return _render_select_html(block, name)
        case Buttons():
            return _render_buttons_html(block)
        case _:
            assert_never(block)


def _render_facts_html(block: Fields, reader: LineReader) -> str:
    facts = "".join(_render_fact_html(fact, reader) for fact in block.facts)
    return f'<dl class="fields">{facts}</dl>'


def _render_fact_html(fact: Fact, reader: LineReader) -> str:
    value = render_prose_html(fact.value, reader)
    return f"<div><dt>{escape_bidi_text(fact.name)}</dt><dd>{value}</dd></div>"


def _render_progress_html(block: Progress, reader: LineReader) -> str:
    css_class = "progress strong" if block.strong else "progress"
    count = f"{block.done} of {block.total}"
    note = ""
    if block.note:
        note = f'<span class="note">{render_prose_html(block.note, reader)}</span>'
    # A bar with `max="0"` counts as one without a value, and the browser animates it.
    most = max(1, block.total)
    return (
        f'<div class="{css_class}">'
        f'<span class="label">{escape_typed_text(block.label)}</span>'
        f'<progress max="{most}" value="{block.done}" aria-label="{escape(block.label)}">'
        f"{count}</progress>"
        f'<span class="count">{count}</span>{note}</div>'
    )


def _render_checklist_html(block: Checklist, reader: LineReader, name: str) -> str:
    boxes = "".join(
        _render_checkbox_html(choice, reader, f"{name}-{number}")
        for number, choice in enumerate(block.choices)
    )
    # Everybody's list can only add ticks; one's own list also takes them away.
    css_class, button_label = "checklist", "Mark as done"
    if block.private:
        css_class, button_label = "checklist own", "Save"
    # Disabled until a box changes; the page's script enables it.
    button = f'<button type="submit" class="press primary" disabled>{button_label}</button>'
    legend = f"<legend>{escape_bidi_text(block.label)}</legend>"
    return (
        f'<form class="{css_class}" data-says="{escape(block.says)}"'
        f' data-name="{escape(block.name)}"><fieldset>{legend}{boxes}</fieldset>{button}</form>'
    )


def _render_checkbox_html(choice: Choice, reader: LineReader, name: str) -> str:
    note = ""
    described = ""
    if choice.note:
        note = f'<small id="{name}-note">{escape_bidi_text(choice.note)}</small>'
        described = f' aria-describedby="{name}-note"'
    detail = ""
    if choice.detail.strip():
        # Outside the label: a press on its link must not tick the box.
        detail = f'<div class="detail">{render_prose_html(choice.detail, reader)}</div>'
    return (
        f'<label class="box"><input type="checkbox" value="{escape(choice.value)}"'
        f"{render_flag('checked', choice.chosen)}{described}>"
        f"<span>{escape_typed_text(choice.label)}{note}</span></label>{detail}"
    )


def _render_select_html(block: Select, name: str) -> str:
    options = render_options_html(block.choices)
    return (
        f'<form class="select" data-says="{escape(block.says)}" data-name="{escape(block.name)}">'
        f'<label for="{name}">{escape_bidi_text(block.label)}</label>'
        f'<div class="choose"><select id="{name}">{options}</select>'
        '<button type="submit" class="press primary">Choose</button></div></form>'
    )


def _render_buttons_html(block: Buttons) -> str:
    buttons = "".join(_render_button_html(button) for button in block.buttons)
    return f'<div class="buttons">{buttons}</div>'


def _render_button_html(button: Button) -> str:
    return (
        f'<button type="button" class="press {button.style}" data-says="{escape(button.says)}">'
        f"{escape_typed_text(button.label)}</button>"
    )
