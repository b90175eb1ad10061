"""Which files are looked at, when, and who hears that one is there."""

import trio

from kaisa_relay.actors.channel.file_queue import FileQueue
from kaisa_relay.domain.content import MediaKind
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, SendId
from kaisa_relay.domain.outgoing import File, Recipient
from kaisa_relay.domain.sending import Purpose
from kaisa_relay.ports import Send
from tests import fakes


def carrying(send: int, message: int) -> Send:
    """Return a send that carries the file of a message."""
    return Send(
        workspace=fakes.WORKSPACE,
        id=SendId(send),
        channel=fakes.channel().id,
        conversation=ConversationId(1),
        message=MessageId(message),
        contact=ContactId(send),
        recipient=Recipient(fakes.phone(send), None),
        outgoing=File(MessageId(message), MediaKind.IMAGE, "image/jpeg"),
        purpose=Purpose.RELAY,
    )


async def nothing_due(queue: FileQueue) -> bool:
    """Say whether nothing is to be looked at for a minute."""
    with trio.move_on_after(60) as silence:
        await queue.next()
    return silence.cancelled_caught


async def test_every_send_of_a_message_hears_that_its_file_is_there(
    autojump_clock: trio.testing.MockClock,
) -> None:
    queue, heard = FileQueue(), list[Send]()
    one, other = carrying(1, 7), carrying(2, 7)
    with queue.telling(heard.append):
        queue.want(one)
        queue.want(other)
        assert await queue.next() == one
        assert await nothing_due(queue)
        assert queue.blocks(one)
        assert queue.blocks(other)
        queue.settle(MessageId(7))
    assert heard == [one, other]
    assert not queue.blocks(other)


async def test_a_file_is_in_one_hand_at_a_time(autojump_clock: trio.testing.MockClock) -> None:
    """What was put off, settled and wanted again is looked at once, not once for each time."""
    queue = FileQueue()
    send = carrying(1, 7)
    queue.want(send)
    assert await queue.next() == send
    queue.look(send.message, trio.current_time() + 30)
    queue.settle(send.message)
    queue.want(send)
    queue.look(send.message, trio.current_time() + 10)
    assert await queue.next() == send
    assert await nothing_due(queue)


async def test_after_a_crash_everything_is_looked_at_again(
    autojump_clock: trio.testing.MockClock,
) -> None:
    queue = FileQueue()
    first, second = carrying(1, 7), carrying(2, 8)
    queue.want(first)
    queue.want(second)
    await queue.next()
    queue.look_at_all()
    assert {(await queue.next()).id for _ in range(2)} == {first.id, second.id}
    assert await nothing_due(queue)
