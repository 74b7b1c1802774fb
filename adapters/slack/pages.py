"""The pages in the browser for somebody who installs the app: what happens, and what to do next.

They are whole in themselves: nothing is fetched from elsewhere, and no script runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from slack_bolt.response import BoltResponse

from adapters.slack.manifest import INSTALL_PATH, NAME

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

TRY_AGAIN = f'<p><a class="button" href="{INSTALL_PATH}">Try again</a></p>'

# The codes of Slack and of Bolt for an installation that failed.
REASONS = {
    "access_denied": "You pressed Cancel on Slack's page, so nothing was installed.",
    "invalid_browser": (
        "You started in a different browser, so nothing was installed. Start again in this one."
    ),
    "invalid_state": (
        "This took more than ten minutes, or you opened the page twice. Please start again."
    ),
}
FAILED = "Slack did not finish, so nothing was installed."

_STYLE = """
:root { color-scheme: light dark }
body { font: 1.125rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 36rem;
  padding: 2rem 1rem }
code { background: #8883; border-radius: .25rem; padding: .1rem .3rem }
li { margin: .5rem 0 }
.button { background: #3b2f8f; border-radius: .5rem; color: #fff; display: inline-block;
  padding: .75rem 1.25rem; text-decoration: none }
.button:focus-visible { outline: 3px solid #c98a00; outline-offset: 3px }
"""


def build_install_page(url: str) -> str:
    """Return the first page, with a button to Slack's own at `url`."""
    return _build_html_page(
        f"Add {NAME} to your Slack workspace",
        f"<p>{NAME} takes a study group through a learning plan, week by week.</p>"
        "<ol><li>Press the button. Slack shows you what I ask for.</li>"
        "<li>Choose your workspace and press <b>Allow</b>. Some workspaces ask an admin first.</li>"
        "<li>You come back here and read how to start your first group.</li></ol>"
        f'<p><a class="button" href="{escape(url)}">Add to Slack</a></p>'
        "<p>I read no conversations. You can manage all groups in the workspace, and so can its "
        "owners and admins.</p>",
    )


def build_install_success_response(command: str, workspace: str, cookie: str) -> BoltResponse:
    """Return the page after an installation.

    `workspace` is its name, empty for an enterprise.
    """
    workspace_name = escape(workspace) if workspace else "your workspaces"
    return _build_html_response(
        200,
        f"{NAME} is in {workspace_name}",
        "<p>Three steps to your first group:</p>"
        "<ol><li>Open Slack and go to the channel for your group.</li>"
        f"<li>Type <code>/invite @{NAME}</code>.</li>"
        f"<li>Type <code>{escape(command)} cohort create</code>. Choose a plan and a start date."
        "</li></ol><p>Nobody sees anything before you open the group. You can close this page.</p>",
        cookie,
    )


def build_install_failure_response(reason: str, status: int, cookie: str) -> BoltResponse:
    """Return the page for somebody who comes back without an installation."""
    sentence = REASONS.get(reason, FAILED)
    return _build_html_response(
        status, f"{NAME} was not installed", f"<p>{sentence}</p>{TRY_AGAIN}", cookie
    )


def build_install_error_response(ticket: str) -> BoltResponse:
    """Return the page for an error on our side."""
    sentence = (
        "Please try again in a minute, or tell the person who runs this bot the number "
        f"<code>{ticket}</code>."
    )
    return _build_html_response(
        500, "Something went wrong on my side", f"<p>{sentence}</p>{TRY_AGAIN}"
    )


def build_starting_response() -> BoltResponse:
    """Return the page shown before the bot is ready."""
    return _build_html_response(
        503, f"{NAME} is starting", f"<p>Please try again in a minute.</p>{TRY_AGAIN}"
    )


def _build_html_response(status: int, title: str, body: str, cookie: str = "") -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = dict(HEADERS)
    if cookie:
        headers["Set-Cookie"] = cookie
    return BoltResponse(status=status, body=_build_html_page(title, body), headers=headers)


def _build_html_page(title: str, body: str) -> str:
    """Return a whole page. `title` and `body` are HTML, so they must be escaped already."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # An empty icon, or the browser would ask for one.
        f'<title>{title}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
