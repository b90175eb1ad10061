"""`POST /{phone_number_id}/messages`: a send or a read mark, and the faults on the way back."""

from typing import Any

import trio
from quart import Blueprint, Response, request

from ..config import ChannelConfig
from ..dropping import DROP_HEADER
from ..errors import BAD_TOKEN, GraphError
from ..media.store import DAY
from ..people.numbers import digits
from ..sends.outgoing import Outgoing, ReadMark, parse_outgoing
from ..sends.sending import Accepted
from ..simulator import Simulator
from .access import SUCCESS, Access, Answer

TYPING_SECONDS = 25.0
_MARK_SECONDS = 30 * DAY


class Messages:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._access = Access(simulator)

    def add_to(self, routes: Blueprint) -> None:
        """Mount the routes."""
        routes.add_url_rule(
            "/<version>/<graph_id>/messages", view_func=self.messages, methods=["POST"]
        )

    async def messages(self, version: str, graph_id: str) -> Answer:
        """`POST /{phone_number_id}/messages`: a send or a read mark."""
        channel = self._access.sender(version, graph_id)
        if isinstance(channel, GraphError):
            return self._access.refuse(channel, graph_id)
        parsed = parse_outgoing(await request.get_json(force=True, silent=True))
        if isinstance(parsed, GraphError):
            return self._access.refuse(parsed, graph_id)
        if isinstance(parsed, ReadMark):
            return self._mark_read(channel, parsed)
        return await self._send(channel, parsed)

    async def _send(self, channel: ChannelConfig, outgoing: Outgoing) -> Answer:
        about = (channel.phone_number_id, digits(outgoing.to or ""), outgoing.recipient or "")
        stalled = self._simulator.faults.strikes("stall", *about)
        if stalled is not None:
            self._note(channel, outgoing, outcome="not accepted", answer="dropped")
            await trio.sleep(stalled.seconds)
            return {}, 200, {DROP_HEADER: "1"}
        fault = self._fault_before(about)
        if fault is not None:
            self._note(channel, outgoing, outcome="not accepted", answer=fault[1])
            return fault
        attached = await self._simulator.attachments.of(channel, outgoing)
        accepted = self._simulator.sending.accept(channel, outgoing, attached)
        if isinstance(accepted, GraphError):
            self._note(channel, outgoing, outcome="refused", code=accepted.code)
            return self._access.error(accepted)
        return await self._answer(channel, outgoing, accepted, about)

    def _fault_before(self, about: tuple[str, ...]) -> tuple[dict[str, Any], int] | None:
        faults = self._simulator.faults
        if faults.strikes("error_before_accept", *about) is not None:
            return {}, 500
        wanted = [("downtime", GraphError(2)), ("expired_token", BAD_TOKEN)]
        wanted.append(
            ("refuse_send", GraphError(faults.knobs["refuse_send"].code, "Simulated refusal"))
        )
        for name, error in wanted:
            if faults.strikes(name, *about) is not None:
                return error.body(self._simulator.world.new_trace_id()), error.http_status
        return None

    async def _answer(
        self, channel: ChannelConfig, outgoing: Outgoing, accepted: Accepted, about: tuple[str, ...]
    ) -> Answer:
        faults = self._simulator.faults
        if faults.strikes("status_before_answer", *about) is not None:
            await self._tell_at_once(accepted)
        slow = faults.strikes("slow_answer", *about)
        dropped = faults.strikes("drop_answer", *about) is not None
        failed = not dropped and faults.strikes("error_after_accept", *about) is not None
        answer = "dropped" if dropped else "500" if failed else "200"
        self._note(channel, outgoing, outcome="accepted", wamid=accepted.sent.wamid, answer=answer)
        if slow is not None:
            await trio.sleep(slow.seconds)
        if dropped:
            return {}, 200, {DROP_HEADER: "1"}
        if failed:
            return Response("", status=500)
        return accepted.body(), 200

    async def _tell_at_once(self, accepted: Accepted) -> None:
        for update in self._simulator.statuses.updates(accepted.sent, "sent"):
            await self._simulator.courier.post_now(update)

    def _note(self, channel: ChannelConfig, outgoing: Outgoing, **facts: Any) -> None:
        self._simulator.record.add(
            "send",
            phone_number_id=channel.phone_number_id,
            to=outgoing.to or outgoing.recipient,
            type=outgoing.kind,
            opaque=outgoing.opaque,
            **facts,
        )

    def _mark_read(self, channel: ChannelConfig, mark: ReadMark) -> Answer:
        world = self._simulator.world
        heard = world.heard.get(mark.wamid)
        problem = ""
        if heard is None or heard.channel != channel.phone_number_id:
            problem = "message_id is not a received message"
        elif world.clock.time() - heard.at > _MARK_SECONDS:
            problem = "message_id is older than 30 days"
        if heard is None or problem:
            return self._access.refuse(GraphError(131009, problem), channel.phone_number_id)
        self._simulator.record.add(
            "read mark",
            phone_number_id=channel.phone_number_id,
            wamid=mark.wamid,
            typing=mark.typing,
        )
        read = world.chats.of(heard.channel, heard.wa_id).marked_read(mark.wamid)
        if read:
            world.feed.tell("read", heard.wa_id, heard.channel, wamids=read)
        if mark.typing:
            self._simulator.handsets.show_typing(mark.wamid, TYPING_SECONDS)
        return SUCCESS
