"""Requests that a conversation needs more than its own state for, each to whoever does them."""

from typing import assert_never

from kaisa_relay.actors.conversation.linking import make_link
from kaisa_relay.actors.conversation.reaching import send_outreach
from kaisa_relay.actors.conversation.requests import Decider, move, supervise
from kaisa_relay.actors.messages import MakeLink, MoveConversation, SendOutreach, Supervise

Asked = Supervise | MoveConversation | MakeLink | SendOutreach


async def answer(task: Decider, asked: Asked) -> None:
    """Do what is asked, or say why not."""
    match asked:
        case Supervise():
            await supervise(task, asked)
        case MoveConversation():
            await move(task, asked)
        case MakeLink():
            await make_link(task, asked)
        case SendOutreach():
            await send_outreach(task, asked)
        case _:
            assert_never(asked)
