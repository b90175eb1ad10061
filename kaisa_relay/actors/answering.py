"""Requests that a conversation needs more than its own state for, each to whoever does them."""

from typing import assert_never

from kaisa_relay.actors.linking import make_link
from kaisa_relay.actors.messages import MakeLink, MoveConversation, Supervise
from kaisa_relay.actors.requests import Decider, move, supervise


async def answer(task: Decider, asked: Supervise | MoveConversation | MakeLink) -> None:
    """Do what is asked, or say why not."""
    match asked:
        case Supervise():
            await supervise(task, asked)
        case MoveConversation():
            await move(task, asked)
        case MakeLink():
            await make_link(task, asked)
        case _:
            assert_never(asked)
