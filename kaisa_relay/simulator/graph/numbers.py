"""What a number can be told: register, profile, whom to block."""

import re
from typing import Any

from quart import Blueprint, request

from ..config import ChannelConfig
from ..errors import GraphError
from ..people.person import Person
from ..simulator import Simulator
from ..standing import Number
from .access import SUCCESS, Access, Answer, page, read_object

Body = dict[str, Any]

MOST_BLOCKED = 64_000
_REGISTRATIONS, _REGISTRATION_SECONDS = 10, 72 * 3600.0
_PROFILE = ("about", "address", "description", "email", "vertical", "websites")


class Numbers:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._access = Access(simulator)

    def add_to(self, routes: Blueprint) -> None:
        """Mount the routes."""
        at = "/<version>/<graph_id>"
        for path, method, handler in (
            ("/register", "POST", self.register),
            ("/deregister", "POST", self.deregister),
            ("/whatsapp_business_profile", "GET", self.profile),
            ("/whatsapp_business_profile", "POST", self.change_profile),
            ("/block_users", "GET", self.blocked),
            ("/block_users", "POST", self.block),
            ("/block_users", "DELETE", self.unblock),
        ):
            routes.add_url_rule(at + path, handler.__name__, handler, methods=[method])

    async def register(self, version: str, graph_id: str) -> Answer:
        """`POST /{phone_number_id}/register` with a PIN of six digits."""
        number = self._number(version, graph_id)
        if isinstance(number, GraphError):
            return self._access.refuse(number, graph_id)
        pin = str((await read_object()).get("pin", ""))
        problem = self._too_often(number)
        if re.fullmatch(r"[0-9]{6}", pin) is None:
            problem = GraphError(131009, "pin must have six digits")
        elif problem is None and number.pin not in (None, pin):
            problem = GraphError(133005, "The PIN is not the one set for this number")
        if problem is not None:
            return self._access.refuse(problem, graph_id)
        number.registered, number.pin = True, pin
        return SUCCESS

    async def deregister(self, version: str, graph_id: str) -> Answer:
        """`POST /{phone_number_id}/deregister`: it sends nothing until it is registered again."""
        number = self._number(version, graph_id)
        problem = number if isinstance(number, GraphError) else self._too_often(number)
        if isinstance(number, GraphError) or problem is not None:
            return self._access.refuse(problem or GraphError(133000), graph_id)
        number.registered = False
        return SUCCESS

    async def profile(self, version: str, graph_id: str) -> Answer:
        """`GET /{phone_number_id}/whatsapp_business_profile?fields=…`."""
        number = self._number(version, graph_id)
        if isinstance(number, GraphError):
            return self._access.refuse(number, graph_id)
        asked = request.args.get("fields", "about").split(",")
        shown = {name: number.profile[name] for name in asked if name in number.profile}
        return {"data": [shown | {"messaging_product": "whatsapp"}]}, 200

    async def change_profile(self, version: str, graph_id: str) -> Answer:
        """`POST /{phone_number_id}/whatsapp_business_profile`."""
        number = self._number(version, graph_id)
        if isinstance(number, GraphError):
            return self._access.refuse(number, graph_id)
        body = await read_object()
        number.profile |= {name: body[name] for name in _PROFILE if name in body}
        return SUCCESS

    async def blocked(self, version: str, graph_id: str) -> Answer:
        """`GET /{phone_number_id}/block_users`."""
        number = self._number(version, graph_id)
        if isinstance(number, GraphError):
            return self._access.refuse(number, graph_id)
        users = [{"messaging_product": "whatsapp", "wa_id": one} for one in number.blocked]
        return page(users, 25), 200

    async def block(self, version: str, graph_id: str) -> Answer:
        """`POST /{phone_number_id}/block_users`: only people who wrote in the last 24 hours."""
        channel = self._access.channel(version, graph_id)
        if isinstance(channel, GraphError):
            return self._access.refuse(channel, graph_id)
        users = _users(await read_object())
        if isinstance(users, GraphError):
            return self._access.refuse(users, graph_id)
        world, number = self._simulator.world, self._simulator.world.numbers[graph_id]
        if len(number.blocked) + len(users) > MOST_BLOCKED:
            problem = GraphError(139101, f"At most {MOST_BLOCKED} users can be blocked")
            return self._access.refuse(problem, graph_id)
        done, failed = [], []
        for user in users:
            person = self._person(channel, user)
            if person is not None and world.window_open(channel, person):
                number.blocked[person.wa_id] = None
                done.append({"input": user, "wa_id": person.wa_id})
            else:
                failed.append(user)
        return self._outcome("added_users", done, failed)

    async def unblock(self, version: str, graph_id: str) -> Answer:
        """`DELETE /{phone_number_id}/block_users`."""
        channel = self._access.channel(version, graph_id)
        if isinstance(channel, GraphError):
            return self._access.refuse(channel, graph_id)
        users = _users(await read_object())
        if isinstance(users, GraphError):
            return self._access.refuse(users, graph_id)
        blocked = self._simulator.world.numbers[graph_id].blocked
        done, failed = [], []
        for user in users:
            person = self._person(channel, user)
            if person is not None and person.wa_id in blocked:
                del blocked[person.wa_id]
                done.append({"input": user, "wa_id": person.wa_id})
            else:
                failed.append(user)
        return self._outcome("removed_users", done, failed)

    def _outcome(self, name: str, done: list[Body], failed: list[str]) -> Answer:
        answer: Body = {"messaging_product": "whatsapp", "block_users": {name: done}}
        if not failed:
            return answer, 200
        error = GraphError(139100, "Only users who wrote in the last 24 hours can be blocked")
        each = {
            "message": error.title,
            "code": error.code,
            "error_data": {"details": error.details},
        }
        answer["block_users"]["failed_users"] = [
            {"input": user, "errors": [each]} for user in failed
        ]
        return answer | error.body(self._simulator.world.new_trace_id()), 400

    def _person(self, channel: ChannelConfig, user: str) -> Person | None:
        people = self._simulator.world.people
        found = people.by_user_id(user, channel.portfolio) if "." in user else None
        return found or people.by_number(re.sub(r"\D", "", user))

    def _number(self, version: str, graph_id: str) -> Number | GraphError:
        channel = self._access.channel(version, graph_id)
        if isinstance(channel, GraphError):
            return channel
        return self._simulator.world.numbers[graph_id]

    def _too_often(self, number: Number) -> GraphError | None:
        now = self._simulator.world.clock.time()
        number.registrations = [
            at for at in number.registrations if now - at < _REGISTRATION_SECONDS
        ]
        if len(number.registrations) >= _REGISTRATIONS:
            return GraphError(133016, "At most 10 registrations in 72 hours")
        number.registrations.append(now)
        return None


def _users(body: Body) -> list[str] | GraphError:
    users = body.get("block_users")
    if body.get("messaging_product") != "whatsapp" or not isinstance(users, list) or not users:
        return GraphError(100, "messaging_product and block_users are required")
    named = [
        one.get("user") or one.get("user_id") if isinstance(one, dict) else None for one in users
    ]
    if not all(isinstance(one, str) and one for one in named):
        return GraphError(100, "block_users must hold objects with user or user_id")
    return [str(one) for one in named]
