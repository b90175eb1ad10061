"""`/_sim/people/{number}/…` and `/_sim/feed`: what can be seen on the phones."""

from typing import Any

import trio
from quart import Blueprint, Response, request

from ..people.chat import Bubble, Chat
from ..people.person import Arrival, Person
from ..simulator import Simulator
from ..templates.rendering import Button
from .calls import ControlProblem, Shown, add_routes, find_channel, find_person, integer, seconds

LONGEST_WAIT = 60.0
_MOST_EVENTS = 1000


class Views:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> Blueprint:
        """The blueprint to mount."""
        person = "/people/<number>"
        return add_routes(
            Blueprint("views", __name__, url_prefix="/_sim"),
            (
                (f"{person}/inbox", "GET", self.inbox),
                (f"{person}/chats", "GET", self.chats),
                (f"{person}/chats/<channel>", "GET", self.chat),
                (f"{person}/media/<media_id>", "GET", self.medium),
                ("/feed", "GET", self.feed),
            ),
        )

    async def inbox(self, number: str) -> Shown:
        """What arrived after index `after`; waits up to `wait` seconds while there is nothing."""
        world = self._simulator.world
        person, after = find_person(world, number), integer("after", 0)
        with trio.move_on_after(min(seconds("wait"), LONGEST_WAIT)):
            await person.wait_arrival(after)
        shown = []
        for arrival in person.arrived_after(after):
            channel = world.channels.get(arrival.channel)
            shown.append(_show_arrival(arrival, channel.number if channel is not None else None))
        return {"messages": shown, "next": max(after, person.received)}

    async def chats(self, number: str) -> Shown:
        """The person's chats: with whom, the last bubble, how many are unread."""
        world = self._simulator.world
        person = find_person(world, number)
        shown = []
        for name, chat in world.chats.with_person(person.wa_id):
            last = next(reversed(chat.bubbles.values()), None)
            bubble = _show_bubble(last) if last is not None else None
            shown.append(self._about(person, name, chat) | {"last": bubble})
        return {"chats": shown}

    async def chat(self, number: str, channel: str) -> Shown:
        """One chat as it looks on the phone: the last `limit` bubbles, oldest first."""
        world = self._simulator.world
        person, found = find_person(world, number), find_channel(world, channel)
        chat = world.chats.of(found.phone_number_id, person.wa_id)
        most = integer("limit", 100)
        bubbles = list(chat.bubbles.values())[-most:] if most else []
        about = self._about(person, found.phone_number_id, chat)
        shown = [_show_bubble(bubble) for bubble in bubbles]
        return about | {"bubbles": shown, "feed": world.feed.last}

    def _about(self, person: Person, name: str, chat: Chat) -> Shown:
        world, channel = self._simulator.world, self._simulator.world.channels.get(name)
        unread = sum(wamid in chat.bubbles for wamid in person.unread)
        return {
            "channel": name,
            "number": f"+{channel.number}" if channel is not None else None,
            "name": channel.verified_name if channel is not None else None,
            "unread": unread,
            "blocked": name in person.blocked,
            "typing": chat.typing_until > world.clock.time(),
            "window_seconds": world.window_left(channel, person) if channel is not None else 0,
        }

    async def medium(self, number: str, media_id: str) -> Response:
        """The bytes of a medium in one of the person's chats, as their phone has them."""
        world = self._simulator.world
        person = find_person(world, number)
        media = world.media
        medium = media.on_phone(media_id) if self._has(person, media_id) else None
        data = media.data(medium) if medium is not None else None
        if medium is None or data is None:
            raise ControlProblem(404, f"there is no medium {media_id} on the phone of {number}")
        return Response(data, content_type=medium.mime_type)

    def _has(self, person: Person, media_id: str) -> bool:
        chats = self._simulator.world.chats.with_person(person.wa_id)
        return any(
            bubble.medium == media_id for _, chat in chats for bubble in chat.bubbles.values()
        )

    async def feed(self) -> Shown:
        """What happened on the phones after event `after` (without it: only where to begin), of
        one `person` if given; waits up to `wait` seconds while there is nothing. `gap` says that
        some are forgotten, or that the simulator is another one.
        """
        feed = self._simulator.world.feed
        asked = integer("after", feed.last)
        after = min(asked, feed.last)
        with trio.move_on_after(min(seconds("wait"), LONGEST_WAIT)):
            await feed.wait_later_than(after)
        events = feed.later_than(after)[:_MOST_EVENTS]
        following = events[-1].index if events else after
        person = request.args.get("person")
        if person is not None:
            number = find_person(self._simulator.world, person).wa_id
            events = [one for one in events if one.person in ("", number)]
        shown = [
            {"index": one.index, "kind": one.kind, "person": one.person, "channel": one.channel}
            | one.facts
            for one in events
        ]
        gap = asked > after or feed.lost_after(after)
        return {"events": shown, "next": following, "gap": gap}


def _show_button(button: Button) -> dict[str, Any]:
    return {"label": button.label, "payload": button.payload}


def _show_arrival(arrival: Arrival, number: str | None) -> Shown:
    shown: Shown = {
        "index": arrival.index,
        "wamid": arrival.wamid,
        "channel": arrival.channel,
        "from": f"+{number}" if number is not None else None,
        "type": arrival.kind,
        "text": arrival.text,
        "buttons": [_show_button(one) for one in arrival.buttons],
        "reply_to": arrival.quoted,
        "at": arrival.at.isoformat(),
        "body": arrival.body,
    }
    if arrival.template is not None:
        shown["template"] = {"name": arrival.template[0], "language": arrival.template[1]}
    if arrival.medium is not None:
        shown["media"] = arrival.medium
    return shown


def _show_bubble(bubble: Bubble) -> Shown:
    return {
        "wamid": bubble.wamid,
        "from": bubble.writer,
        "type": bubble.kind,
        "text": bubble.text,
        "body": bubble.body,
        "at": bubble.at.isoformat(),
        "reply_to": bubble.quoted,
        "buttons": [_show_button(one) | {"kind": one.kind} for one in bubble.buttons],
        "template": bubble.template,
        "media": bubble.medium,
        "forwarded": bubble.forwarded,
        "edited": bubble.edited,
        "deleted": bubble.deleted,
        "ticks": bubble.ticks,
        "reactions": bubble.reactions,
    }
