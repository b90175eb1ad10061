"""What becomes of a message, and what its writer hears of it, through the simulator."""

import json
from datetime import timedelta

from kaisa_relay.accounts.commands import WorkspaceSettings
from tests.e2e.house import WEBHOOK
from tests.e2e.running import Running
from tests.e2e.stage import stage
from tests.e2e.test_refusals import signed

BURST = 45
"""Messages that one person may be sent at once (reference, section 5)."""


async def test_read_marks_cross_unless_switched_off(shared: Running) -> None:
    """With the setting off the writer's message is taken, and never shown as read."""
    for receipts in (True, False):
        async with stage(shared, WorkspaceSettings(read_receipts=receipts)) as it:
            vera = await it.someone("Vera Visitor", auto_read=False)
            anna = await it.someone("Anna Agent", auto_read=False)
            await it.talking(vera, anna)
            wamid = await vera.writes("Are you reading this?")
            await anna.reads("Are you reading this?")
            await it.settled()
            sent = await vera.bubble(wamid, lambda each: True)
            assert sent["ticks"] == "sent"
            await anna.does("read")
            if receipts:
                await vera.bubble(wamid, lambda each: bool(each["ticks"] == "read"))
                continue
            await it.leap(timedelta(minutes=1))
            assert (await vera.bubble(wamid, lambda each: True))["ticks"] == "sent"


async def test_a_failure_is_told_once_under_its_message(shared: Running) -> None:
    """Refused at once or reported later, on either side."""
    async with stage(shared) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        await it.talking(vera, anna)
        for writer, reader in ((vera, anna), (anna, vera)):
            for knob in ("refuse_send", "fail_send"):
                fault = {"times": 1, "code": 131051, "only": reader.number}
                answer = await it.graph.patch("/_sim/faults", json={knob: fault})
                answer.raise_for_status()
                wamid = await writer.writes(f"lost by {knob}")
                note = await writer.reads("could not be delivered")
                shown = await writer.bubble(note.wamid, lambda each: True)
                assert shown["reply_to"] == wamid
                await writer.writes(f"after {knob}")
                await reader.reads(f"after {knob}")
        await it.settled()
        assert (await vera.unread(), await anna.unread()) == ([], [])


async def test_short_texts_are_joined_under_the_limit_of_a_person(shared: Running) -> None:
    """Ninety lines in a row arrive whole and in order, in far fewer messages."""
    async with stage(shared) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        made = await it.talking(vera, anna)
        await anna.writes("Tell me")
        await vera.reads("Tell me")
        for number in range(2 * BURST):
            await vera.writes(f"line {number}")
        for _ in range(4):  # a moment at a time: a long rest would give the whole burst back
            await it.leap(timedelta(seconds=7), but=" send ")
        await it.leap(timedelta(minutes=10), but=" send ")
        await it.settled()
        got = await anna.unread()
        # WhatsApp's webhooks may overtake each other: the order is that in which we took them.
        taken = [each.text for each in await it.api.messages(made.id) if each.author == "visitor"]
        assert "\n".join(got).split("\n") == taken[-2 * BURST :]
        assert len(set(taken)) >= 2 * BURST
        assert len(got) < 2 * BURST


async def test_a_status_for_a_message_nobody_sent_troubles_nobody(shared: Running) -> None:
    """Taken, tried for ten minutes, and gone; the talk beside it goes on."""
    async with stage(shared) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        await it.talking(vera, anna)
        line = next(each for each in it.lines if each.phone_number_id == vera.line)
        status = {"id": "wamid.nobodys", "status": "failed", "timestamp": "1790000000"}
        told = {
            "messaging_product": "whatsapp",
            "statuses": [status | {"errors": [{"code": 131026}]}],
        }
        value = told | {"metadata": {"phone_number_id": line.phone_number_id}}
        entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        headers = {"X-Hub-Signature-256": f"sha256={signed(body)}"}
        answer = await it.http.post(WEBHOOK, content=body, headers=headers)
        assert answer.status_code == 200
        await vera.writes("Still there?")
        await anna.reads("Still there?")
        await anna.writes("Yes")
        await vera.reads("Yes")
        await it.leap(timedelta(minutes=11), but="statuses")
        await it.settled()
        assert (await vera.unread(), await anna.unread()) == ([], [])


async def test_nobody_without_a_chat_is_answered_for_ever(shared: Running) -> None:
    """Three times within an hour; then again later."""
    async with stage(shared) as it:
        stina = await it.someone("Stina Stranger")
        for _ in range(5):
            await stina.writes("Hello?")
            await it.settled()
        assert len(await stina.unread()) == 3
        await it.leap(timedelta(hours=1, minutes=1))
        await stina.writes("Hello again?")
        await it.settled()
        assert len(await stina.unread()) == 4
