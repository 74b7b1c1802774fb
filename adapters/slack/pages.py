"""The pages that somebody sees who brings the app to a workspace: what happens, and what to do next.

They are whole in themselves: nothing is fetched from elsewhere, and no script runs.
"""

from __future__ import annotations

from html import escape

from slack_bolt.response import BoltResponse

from adapters.slack.manifest import INSTALL_PATH, NAME

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

AGAIN = f'<p><a class="button" href="{INSTALL_PATH}">Try again</a></p>'

# Slack's words, and those of the library, for why an installation came to nothing.
REASONS = {
    "access_denied": "You pressed Cancel on Slack's page, so nothing was installed.",
    "invalid_browser": "This page was opened in another browser than the one you began with.",
    "invalid_state": "This took more than ten minutes, or the page was opened twice.",
}
FAILED = "Slack did not finish it, so nothing was installed."

_STYLE = """
:root { color-scheme: light dark }
body { font: 1.125rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 36rem; padding: 2rem 1rem }
code { background: #8883; border-radius: .25rem; padding: .1rem .3rem }
li { margin: .5rem 0 }
.button { background: #3b2f8f; border-radius: .5rem; color: #fff; display: inline-block;
  padding: .75rem 1.25rem; text-decoration: none }
.button:focus-visible { outline: 3px solid #c98a00; outline-offset: 3px }
"""


def build_install_page(url: str) -> str:
    """Return the page that leads to Slack's own, at `url`, and says what happens there."""
    return _build_html_page(
        f"Bring {NAME} to your Slack workspace",
        f"<p>{NAME} takes a study group through a learning plan, week by week.</p>"
        "<ol><li>Press the button. Slack shows what I ask for.</li>"
        "<li>Choose your workspace and press <b>Allow</b>. Some workspaces ask an admin first.</li>"
        "<li>You come back here and read how to start your first group.</li></ol>"
        f'<p><a class="button" href="{escape(url)}">Add to Slack</a></p>'
        "<p>I read no conversations. You manage the groups of the workspace, and so do its owners "
        "and admins.</p>",
    )


def build_install_success_response(command: str, workspace: str, cookie: str) -> BoltResponse:
    """Answer whoever has just installed the app; `workspace` may be empty for an enterprise."""
    where = escape(workspace) if workspace else "your workspaces"
    return _build_html_response(
        200,
        f"{NAME} is in {where}",
        "<p>Your first group is three steps away:</p>"
        "<ol><li>Open Slack and go to the channel where the group lives.</li>"
        f"<li>Type <code>/invite @{NAME}</code>.</li>"
        f"<li>Type <code>{escape(command)} cohort create</code> and choose a plan and a start date."
        "</li></ol><p>Nobody sees anything before you open the group. You can close this page.</p>",
        cookie,
    )


def build_install_failure_response(reason: str, status: int, cookie: str) -> BoltResponse:
    """Answer whoever comes back without an installation."""
    told = REASONS.get(reason, FAILED)
    return _build_html_response(
        status, f"{NAME} was not installed", f"<p>{told}</p>{AGAIN}", cookie
    )


def build_install_error_response(ticket: str) -> BoltResponse:
    """Answer where an installation failed on our side."""
    sentence = (
        f"Please try again in a minute, or tell whoever runs me the number <code>{ticket}</code>."
    )
    return _build_html_response(500, "Something went wrong on my side", f"<p>{sentence}</p>{AGAIN}")


def build_starting_response() -> BoltResponse:
    """Answer before the bot is ready."""
    return _build_html_response(
        503, f"{NAME} is starting", f"<p>Please try again in a minute.</p>{AGAIN}"
    )


def _build_html_response(status: int, title: str, body: str, cookie: str = "") -> BoltResponse:
    headers = {**HEADERS, "Set-Cookie": cookie} if cookie else HEADERS
    return BoltResponse(status=status, body=_build_html_page(title, body), headers=dict(headers))


def _build_html_page(title: str, body: str) -> str:
    """A whole page; `title` and `body` are HTML."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
