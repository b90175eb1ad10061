"""A client that somebody else wrote: pywa sends every type that it can, and reads our webhooks.

Where the simulator and the relay share an error, pywa would not.
"""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pywa import WhatsApp, handlers, types
from pywa.types import templates

from kaisa_relay.simulator.media.samples import SAMPLES
from tests.simulator.bot import PNID, VISITOR, Bot, Rerouted, hook, simulator

TOKEN = "open sesame"
TO = f"+{VISITOR}"
"""pywa sends what it is given; without the plus the channel's own country code comes before it."""
SECRET = "sim-app-secret"
NO_BUTTONS = [types.Button("Yes", callback_data="yes"), types.Button("No", callback_data="no")]
ROWS = types.SectionList(
    "Choose",
    sections=[types.Section("Boats", [types.SectionRow("Red", "red", "fast")])],
)

HEARD = (
    handlers.MessageHandler,
    handlers.CallbackButtonHandler,
    handlers.CallbackSelectionHandler,
    handlers.MessageStatusHandler,
    handlers.PhoneNumberChangeHandler,
    handlers.EditedMessageHandler,
    handlers.DeletedMessageHandler,
    handlers.TemplateStatusUpdateHandler,
)


@pytest.fixture(scope="module")
def running() -> Iterator[Bot]:
    """One simulator, one pywa, one visitor."""
    with simulator() as url, httpx.Client(transport=Rerouted(url), timeout=10) as session:
        client = WhatsApp(
            PNID,
            "sim-token",
            session=session,
            verify_token=TOKEN,
            app_secret=SECRET,
            waba_id="waba-1",
        )
        bot = Bot(client, url)
        for each in HEARD:
            client.add_handlers(each(lambda _, update: bot.updates.put(update)))
        with hook(bot) as address:
            bot.sim("people", number=f"+{VISITOR}", name="Vera")
            bot.sim("webhook", url=address, verify_token=TOKEN, app_secret=SECRET)
            yield bot
        assert not bot.refused


@pytest.fixture
def bot(running: Bot) -> Bot:
    """With an open window, and nothing left to read."""
    running.phone("send", text="open up")
    running.next(types.Message, lambda each: each.text == "open up")
    return running


def media(kind: str) -> dict[str, Any]:
    """A sample as pywa takes it."""
    mime_type, name, data = SAMPLES[kind]
    arguments = {kind: data, "mime_type": mime_type}
    return arguments | ({"filename": name} if name else {})


BODY: Any = templates.BodyText
"""Its `params` is typed as if it had a self."""

SENDS: dict[str, Callable[[WhatsApp], Any]] = {
    "text": lambda wa: wa.send_message(TO, "hello", preview_url=True),
    "buttons": lambda wa: wa.send_message(TO, "so?", "Head", "Foot", buttons=NO_BUTTONS),
    "list": lambda wa: wa.send_message(TO, "which?", buttons=ROWS),
    "link": lambda wa: wa.send_message(
        TO, "look", buttons=types.URLButton("Open", url="https://example.com")
    ),
    "contact request": lambda wa: wa.send_message(
        TO, "your number?", buttons=types.ContactInfoRequestButton()
    ),
    "location request": lambda wa: wa.request_location(TO, "where?"),
    "image": lambda wa: wa.send_image(TO, caption="see", **media("image")),
    "video": lambda wa: wa.send_video(TO, caption="see", **media("video")),
    "audio": lambda wa: wa.send_audio(TO, **media("audio")),
    "voice": lambda wa: wa.send_voice(TO, **media("voice")),
    "document": lambda wa: wa.send_document(TO, caption="read", **media("document")),
    "sticker": lambda wa: wa.send_sticker(TO, **media("sticker")),
    "location": lambda wa: wa.send_location(TO, 59.3, 18.1, "Home", "Street 1"),
    "contact": lambda wa: wa.send_contact(
        TO,
        types.Contact(
            types.Contact.Name(formatted_name="Aron", first_name="Aron"),
            phones=[types.Contact.Phone("+46700000002", type="CELL")],
        ),
    ),
    "template": lambda wa: wa.send_template(
        TO,
        "kaisa_offer",
        templates.TemplateLanguage.ENGLISH,
        [
            BODY.params("Vera", "a boat"),
            templates.QuickReplyButton.params(index=0, callback_data="yes"),
        ],
    ),
}


@pytest.mark.parametrize("kind", SENDS)
def test_everything_that_pywa_sends_arrives(bot: Bot, kind: str) -> None:
    """It is accepted, on the phone, and its statuses are understood."""
    sent = SENDS[kind](bot.client)
    assert sent.id.startswith("wamid.")
    seen = bot.next(types.MessageStatus, lambda each: each.id == sent.id)
    assert seen.status is not types.MessageStatusType.FAILED
    assert bot.shown()["wamid"] == sent.id


def test_reactions_quotes_read_marks_and_typing(bot: Bot) -> None:
    """About a message of the visitor's."""
    wamid = bot.phone("send", text="react to this")["wamid"]
    message = bot.next(types.Message, lambda each: each.id == wamid)
    reaction = message.react("👍")
    assert bot.next(types.MessageStatus).id == reaction.id
    message.unreact()
    quoted = message.reply("about that", quote=True)
    bot.next(types.MessageStatus, lambda each: each.id == quoted.id)
    assert message.mark_as_read()
    assert message.indicate_typing()


def test_the_files_of_both_sides(bot: Bot) -> None:
    """Uploaded, looked up, downloaded and deleted; and one that the visitor sent."""
    mime_type, _, data = SAMPLES["image"]
    uploaded = bot.client.upload_media(data, mime_type, "a.png")
    found = bot.client.get_media_url(uploaded.id)
    assert bot.client.get_media_bytes(found.url) == data
    assert bot.client.delete_media(uploaded.id)
    bot.phone("send", type="image", image={"caption": "mine"})
    message = bot.next(types.Message)
    assert message.caption == "mine"
    assert message.image is not None
    assert message.image.get_bytes() == data


INBOUND: dict[str, tuple[dict[str, Any], str]] = {
    "text": ({"text": "hi"}, "text"),
    "video": ({"type": "video", "video": {}}, "video"),
    "voice": ({"type": "voice", "voice": {}}, "voice"),
    "document": ({"type": "document", "document": {}}, "document"),
    "sticker": ({"type": "sticker", "sticker": {}}, "sticker"),
    "location": ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, "location"),
    "contacts": (
        {"type": "contacts", "contacts": [{"name": {"formatted_name": "Bo"}, "phones": []}]},
        "contacts",
    ),
    "unsupported": ({"type": "unsupported", "unsupported": "poll_creation"}, "error"),
}


@pytest.mark.parametrize("kind", INBOUND)
def test_pywa_reads_what_people_send(bot: Bot, kind: str) -> None:
    """Each as the type that it is, from the right person."""
    body, attribute = INBOUND[kind]
    wamid = bot.phone("send", **body)["wamid"]
    message = bot.next(types.Message)
    assert message.id == wamid
    assert getattr(message, attribute)
    assert message.from_user.wa_id == VISITOR
    assert message.from_user.bsuid


def test_taps_and_choices(bot: Bot) -> None:
    """Of buttons, lists and templates, with what was put into them."""
    bot.client.send_message(TO, "so?", buttons=NO_BUTTONS)
    bot.phone("tap", label="Yes")
    assert bot.next(types.CallbackButton).data == "yes"
    bot.client.send_message(TO, "which?", buttons=ROWS)
    bot.phone("tap", label="Red")
    assert bot.next(types.CallbackSelection).data == "red"
    SENDS["template"](bot.client)
    bot.phone("tap", label="Accept")
    tapped = bot.next(types.CallbackButton)
    assert (tapped.data, tapped.is_quick_reply) == ("yes", True)


def test_a_reply_and_a_reaction_of_the_visitor(bot: Bot) -> None:
    """They point at our message."""
    sent = bot.client.send_message(TO, "the boat is red")
    bot.phone("send", text="this one", reply_to=sent.id)
    reply = bot.next(types.Message)
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.id == sent.id
    bot.phone("react", wamid=sent.id, emoji="👍")
    reacted = bot.next(types.Message)
    assert reacted.reaction is not None
    assert (reacted.reaction.emoji, reacted.reaction.message_id) == ("👍", sent.id)


def test_templates_and_their_review(bot: Bot) -> None:
    """Created, listed, and the review is heard of."""
    bot.client.create_template(
        templates.Template(
            name="pywa_made",
            language=templates.TemplateLanguage.ENGLISH,
            category=templates.TemplateCategory.UTILITY,
            components=[templates.BodyText("Hello {{1}}, welcome.", "Vera")],
        )
    )
    update = bot.next(types.TemplateStatusUpdate)
    assert update.template_name == "pywa_made"
    assert "pywa_made" in {each.name for each in bot.client.get_templates()}


def test_the_number_itself(bot: Bot) -> None:
    """Its facts, its links, its block list."""
    assert bot.client.get_business_phone_number().id == PNID
    code = bot.client.create_qr_code("Hello there", "SVG")
    assert code.prefilled_message == "Hello there"
    assert len(bot.client.block_users([VISITOR]).added_users) == 1
    assert len(bot.client.unblock_users([VISITOR]).removed_users) == 1


def test_another_number(running: Bot) -> None:
    """pywa hears of a change of number with the old and the new one. The last test: it moves."""
    running.phone("send", text="before")
    running.next(types.Message, lambda each: each.text == "before")
    running.phone("number", number="+46700000099")
    change = running.next(types.PhoneNumberChange)
    assert change.old_wa_id == VISITOR
    assert change.new_wa_id == "46700000099"
