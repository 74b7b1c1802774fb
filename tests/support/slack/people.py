"""People of a simulated Slack: they type, click, pick, fill in and look, and see what Slack would
show them.

What they do returns when the answer has arrived, which a bot may send after it has told Slack that
it heard.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tests.support.slack import block_text
from tests.support.slack.delivery import Delivery, Heard
from tests.support.slack.files import File
from tests.support.slack.filling import escape_typed_text, find_problem, put_value
from tests.support.slack.views import answer, change, check_view, close, show
from tests.support.slack.workspaces import BOT, Channel, Json, Sight, Workspace

Values = Mapping[str, str | Sequence[str] | File | None]
ANSWER = frozenset({"ephemeral", "modal"})


class Person:
    """Somebody in a workspace."""

    def __init__(self, delivery: Delivery, place: Workspace, name: str) -> None:
        self.delivery = delivery
        self.wire = delivery.wire
        self.place = place
        self.user = place.named(name)
        self._read = 0  # how many sights were returned, or came before one that was
        self._unbroken = 0
        self._state: dict[
            tuple[str, str, str], Json
        ] = {}  # of a view, by its id, the block's and the action's

    # — what they see —

    @property
    def home(self) -> Sight:
        """Their App Home as it is."""
        assert self.user.home is not None, f"{self.user.name} has no App Home yet"
        return Sight("home", self.user.home)

    @property
    def modal(self) -> Sight | None:
        """The modal before them, if one is open."""
        return Sight("modal", self.user.modals[-1]) if self.user.modals else None

    @property
    def letters(self) -> list[Sight]:
        """The private messages they were sent, oldest first."""
        channels = [
            channel for channel in self.place.channels.values() if channel.user == self.user.id
        ]
        return [
            Sight("direct", message, channel.id)
            for channel in channels
            for message in channel.messages
        ]

    async def hears(self, *kinds: str) -> Sight:
        """The next that comes to them, of these kinds or of any, after what they saw last."""
        return await self._next(kinds or {"ephemeral", "modal", "home", "direct"}, "anything")

    async def _next(self, kinds: Collection[str], about: object) -> Sight:
        start, broken = self._read, self._unbroken

        def come() -> list[int]:
            later = enumerate(self.user.sights[start:], start)
            found = [(at, sight) for at, sight in later if sight.kind in kinds]
            return [
                at
                for at, sight in found
                if not (sight.kind == "modal" and block_text.idle(sight.body))
            ]

        try:
            await self.wire.until(lambda: come() or len(self.wire.broken) > broken)
        except TimeoutError:
            seen = [sight.kind for sight in self.user.sights[start:]]
            raise AssertionError(
                f"{self.user.name} got no answer to {about}, but saw {seen}"
            ) from None
        assert come(), f"{self.user.name} got no answer to {about}: {self.wire.broken[broken:]}"
        self._read = come()[0] + 1
        return self.user.sights[self._read - 1]

    def _begins(self) -> None:
        """They do something now: earlier sights and breaks are no answer to it."""
        self._read, self._unbroken = len(self.user.sights), len(self.wire.broken)

    # — what they do —

    async def types(self, text: str, channel: Channel | str = "study-group") -> Sight:
        """They type a command, `/study join spring`, in a channel or (`direct`) to the bot.

        What they see then.
        """
        command, _, rest = text.partition(" ")
        where = self._channel(channel)
        self._begins()
        heard, url = await self.delivery.command(
            self.place, self.user, where, escape_typed_text(self.place, rest), command
        )
        self._heard(heard, text)
        if heard.payload:
            said = heard.payload if isinstance(heard.payload, dict) else {"text": heard.payload}
            answer(self.wire, self.wire.urls[url.rpartition("/")[2]], said)
        return await self._next(ANSWER, text)

    def _channel(self, channel: Channel | str) -> Channel:
        if isinstance(channel, Channel):
            return channel
        if channel == "direct":
            return self.place.direct(self.user)
        return next(
            candidate
            for candidate in self.place.channels.values()
            if candidate.name == channel or candidate.id == channel
        )

    async def clicks(self, on: Sight | Json, label: str) -> Sight:
        """They press a button of a message or view."""
        sight = self._before(on)
        block, element = block_text.button(sight.body, label)
        action: Json = {
            key: element[key]
            for key in ("type", "action_id", "text", "value", "style")
            if key in element
        }
        return await self._acts(sight, {**action, "block_id": block["block_id"]}, label)

    async def picks(self, on: Sight | Json, *labels: str) -> Sight:
        """They leave exactly these options chosen, in all groups of checkboxes together, or pick
        the one of a menu.
        """
        sight, seen, done = self._before(on), None, set[str]()
        lists = [
            element
            for _, element in block_text.elements(sight.body)
            if element["type"] in block_text.LISTS
        ]
        known = {
            block_text.label(option["text"])
            for element in lists
            for option in block_text.list_options(element)
        }
        assert set(labels) <= known, f"There is no {set(labels) - known} in:\n{sight.sees}"
        while press := self._press(sight, labels, done):
            block, element, held = press
            done.add(element["action_id"])
            self._hold(sight, block, element, held)
            seen = await self._acts(
                sight,
                {**held, "action_id": element["action_id"], "block_id": block["block_id"]},
                labels,
            )
            sight = self._before(sight)
        assert seen is not None, f"{labels} changes nothing in:\n{sight.sees}"
        return seen

    def _press(
        self, sight: Sight, labels: tuple[str, ...], done: Collection[str]
    ) -> tuple[Json, Json, Json] | None:
        """The first list, not pressed yet, that does not hold what it should, and what it should
        hold.
        """
        values = self._values(sight)
        for block, element in block_text.elements(sight.body):
            if element["type"] not in block_text.LISTS or element["action_id"] in done:
                continue
            chosen = block_text.options(element, labels)
            if element["type"] != "checkboxes" and not chosen:
                continue
            held = block_text.held(
                element, chosen if element["type"] == "checkboxes" else chosen[0]
            )
            if held != values[block["block_id"]][element["action_id"]]:
                return block, element, held
        return None

    async def ticks(self, on: Sight | Json, *labels: str) -> Sight:
        """They tick these options beside what is ticked."""
        return await self.picks(on, *{*self._ticked(on), *labels})

    async def unticks(self, on: Sight | Json, *labels: str) -> Sight:
        """They take the tick from these options."""
        return await self.picks(on, *set(self._ticked(on)) - set(labels))

    def _ticked(self, on: Sight | Json) -> list[str]:
        values = self._values(self._before(on))
        lists = [
            held["selected_options"]
            for block in values.values()
            for held in block.values()
            if "selected_options" in held
        ]
        return [block_text.label(option["text"]) for chosen in lists for option in chosen]

    async def _acts(self, sight: Sight, action: Json, about: object) -> Sight:
        self._begins()
        heard = await self.delivery.action(
            self.place, self.user, sight, action, self._values(sight)
        )
        self._heard(heard, about)
        if heard.payload:
            self.wire.broken.append(
                f"a click: Slack reads nothing in its answer, {heard.payload!r}"
            )
        return await self._next(ANSWER | {"home"} if sight.kind == "home" else ANSWER, about)

    async def fills(self, on: Sight, values: Values | None = None) -> Sight:
        """They put values into the fields of a form, named by label or block, and send it. What
        Slack or the bot does not take comes back as `errors`, by label; a form that closes is
        `closed`.
        """
        view = self._before(on).body
        self._fill(view, values or {})
        if missing := self._unfit(view):
            return Sight("errors", view, errors=missing)
        self._begins()
        heard = await self.delivery.submit(
            self.place, self.user, view, self._values(Sight("modal", view))
        )
        self._heard(heard, values)
        return self._take(view, heard.payload or {})

    def _take(self, view: Json, said: Any) -> Sight:
        """What a submitted form is answered with (Slack: Modals, Updating views)."""
        does = said.get("response_action") if isinstance(said, dict) else said
        if does == "errors":
            return Sight("errors", view, errors=self._errors(view, said["errors"]))
        if does in {"update", "push"}:
            new = check_view(
                self.wire, f"response_action {does}", said["view"], "modal", view["id"]
            )
            if does == "push":
                show(self.wire, self.place.id, self.user, new, on_top=True)
            else:
                change(self.wire, self.place.id, self.user, new, view)
        elif does in {None, "clear"}:
            close(self.wire, self.place.id, self.user, top=does is None)
        else:
            self.wire.broken.append(f"a form: there is no such response_action as {does!r}")
        self._read = len(self.user.sights)
        return self.user.sights[-1]

    def _errors(self, view: Json, errors: Mapping[str, str]) -> dict[str, str]:
        fields = {
            block["block_id"]: block_text.label(block["label"])
            for block in view["blocks"]
            if block["type"] == "input"
        }
        if (
            not errors
            or set(errors) - set(fields)
            or not all(isinstance(error, str) and error for error in errors.values())
        ):
            self.wire.broken.append(f"a form: has fields {list(fields)}, and errors {errors}")
        return {fields.get(block, block): problem for block, problem in errors.items()}

    def closes(self) -> None:
        """They close the modal on top, of which nobody is told."""
        close(self.wire, self.place.id, self.user, top=True)

    async def opens_home(self) -> Sight:
        """They look at the App Home."""
        event: Json = {
            "type": "app_home_opened",
            "user": self.user.id,
            "tab": "home",
            "event_ts": self.wire.ts(),
        }
        event |= {"channel": self.place.direct(self.user).id}
        self._begins()
        self._heard(await self.delivery.event(self.place, event), "opening the home")
        return await self._next({"home"}, "opening the home")

    async def opens_messages(self) -> Heard:
        """They look at the Messages tab, where their private messages with the app are."""
        event: Json = {
            "type": "app_home_opened",
            "user": self.user.id,
            "tab": "messages",
            "event_ts": self.wire.ts(),
        }
        self._begins()
        return await self.delivery.event(
            self.place, event | {"channel": self.place.direct(self.user).id}
        )

    async def writes(self, text: str, /, **more: Any) -> Heard:
        """They write to the app in private; `more` is what else Slack says of it."""
        event = self._written("message", text, self.place.direct(self.user)) | {
            "channel_type": "im"
        }
        return await self.delivery.event(self.place, event | more)

    async def mentions(
        self, text: str, channel: Channel | str = "study-group", /, **more: Any
    ) -> Heard:
        """They mention the app in a channel."""
        event = self._written("app_mention", f"<@{BOT}> {text}", self._channel(channel))
        return await self.delivery.event(self.place, event | more)

    def _written(self, kind: str, text: str, channel: Channel) -> Json:
        self._begins()
        ts = self.wire.ts()
        said: Json = {"type": kind, "user": self.user.id, "text": text, "ts": ts, "event_ts": ts}
        return said | {"channel": channel.id, "team": self.user.home_team or self.place.id}

    def _heard(self, heard: Heard, about: object) -> None:
        if heard.status != 200:
            raise AssertionError(
                f"{self.user.name} is told by Slack that it failed: {about} was answered {heard}"
            )

    # — what is before them, and what they have put into it —

    def _before(self, on: Sight | Json) -> Sight:
        """A message, wherever it stands, or a view, as it is now."""
        sight = on if isinstance(on, Sight) else self._message(on)
        if sight.kind == "home":
            return self.home
        if sight.kind == "ephemeral":
            same = [
                shown
                for shown in self.user.sights
                if shown.kind == "ephemeral" and shown.body["ts"] == sight.body["ts"]
            ]
            return same[-1]
        if sight.kind not in {"modal", "errors"}:
            return sight
        now = next((modal for modal in self.user.modals if modal["id"] == sight.body["id"]), None)
        assert now is not None, (
            f"{self.user.name} has this modal no longer before them:\n{sight.sees}"
        )
        return Sight("modal", now)

    def _message(self, message: Json) -> Sight:
        for channel in self.place.channels.values():
            if channel.message(message["ts"]):
                return Sight("direct" if channel.user else "message", message, channel.id)
        return Sight(
            "ephemeral",
            message,
            next(sight.channel for sight in self.user.sights if sight.body is message),
        )

    def _values(self, sight: Sight) -> Json:
        """The state of all that is there: what they put in, else what it held at first."""
        values = block_text.state(sight.body)
        for (key, block, action), held in self._state.items():
            if key == _key(sight) and action in values.get(block, {}):
                values[block][action] = held
        return values

    def _hold(self, sight: Sight, block: Json, element: Json, held: Json) -> None:
        self._state[_key(sight), block["block_id"], element["action_id"]] = held

    def _fill(self, view: Json, values: Values) -> None:
        fields = [block for block in view["blocks"] if block["type"] == "input"]
        names = {
            name: block
            for block in fields
            for name in (block["block_id"], block_text.label(block["label"]))
        }
        for name, value in values.items():
            assert name in names, f"There is no field {name!r} in:\n{block_text.words(view)}"
            element = names[name]["element"]
            held = [value.told(self.wire)] if isinstance(value, File) else value
            self._hold(Sight("modal", view), names[name], element, put_value(element, held))

    def _unfit(self, view: Json) -> dict[str, str]:
        """What Slack itself says about a form before it is sent."""
        values, wrong = self._values(Sight("modal", view)), {}
        for block in view["blocks"]:
            if block["type"] == "input":
                element = block["element"]
                held = values[block["block_id"]][element["action_id"]][
                    block_text.INITIAL[element["type"]][1]
                ]
                if problem := find_problem(element, held, block.get("optional", False)):
                    wrong[block_text.label(block["label"])] = problem
        return wrong


def everybody(delivery: Delivery, place: Workspace | None = None) -> dict[str, Person]:
    """The people of a workspace, by name; of the first one unless it is told which."""
    place = place or delivery.wire.hall
    return {
        user.name: Person(delivery, place, user.name)
        for user in place.users.values()
        if not user.bot
    }


def _key(sight: Sight) -> str:
    return str(sight.body.get("ts") or sight.body["id"])
