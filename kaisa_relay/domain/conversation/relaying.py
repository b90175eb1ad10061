"""The talk itself: messages across, the agent's commands, and messages that got lost.

Rule 1: what cannot be passed on is told to its sender, once and at once.
Rule 2: a message whose fate is unknown is sent again only when a person asks for it.
"""

from typing import assert_never

from attrs import evolve

from kaisa_relay.domain import chat_commands
from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Content, Edit, Text, Unsupported, kind_of
from kaisa_relay.domain.conversation import (
    ending,
    replying,
    standing_in,
    transferring,
    windows,
)
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.messages import (
    HearOutcome,
    MessageFailed,
    MessageReceived,
    MessageSettled,
    MessageUnconfirmed,
    NoteKept,
    Receive,
)
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.crossing import PLAIN, crosses, is_silent, marks_of, opens_window
from kaisa_relay.domain.failures import Failure, failure_of, note_for
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.payloads import (
    NameOutcome,
    OfferAnswer,
    PassOn,
    Payload,
    Reopen,
    SendAgain,
    of_content,
)
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey

_Command = (
    chat_commands.Close
    | chat_commands.Help
    | chat_commands.Status
    | chat_commands.Who
    | chat_commands.Pause
    | chat_commands.On
    | chat_commands.Off
    | chat_commands.Note
    | chat_commands.History
    | chat_commands.Transfer
    | chat_commands.Block
    | chat_commands.UnknownCommand
)


def take(decision: Decision, command: Receive, side: Side) -> None:
    """Take a message in, and send it across if it can be."""
    if note(decision, command, side, held=False):
        windows.pass_on(decision, command.message, side.other)


def note(decision: Decision, command: Receive, side: Side, *, held: bool) -> bool:
    """Note a message; says whether it can be passed on, and tells its writer where it cannot."""
    content = command.content
    # What stands in one chat alone is nothing to point at in the other.
    aside = command.quotes in decision.state.aside
    quotes = None if aside else command.quotes
    marks = marks_of(content, quotes, command.forwarded)
    tapped = of_content(content) is not None
    kept_back = isinstance(content, Edit) and (aside or (side is Side.AGENT and _orders(content)))
    passes = crosses(content, quotes) and not tapped and not kept_back
    opens = opens_window(content) and not command.elsewhere
    if side is Side.AGENT:
        standing_in.take_back(decision)
    decision.add(
        MessageReceived(
            command.message,
            side,
            kind_of(content),
            command.sent_at,
            command.at,
            held=held and passes,
            marks=None if marks == PLAIN else marks,
            opens_window=opens,
        )
    )
    if opens:
        windows.flush(decision, side)
    if not passes and not tapped and not is_silent(content):
        decision.reply(command.contact, _why_not(content, side), command.message)
    return passes


def _orders(edit: Edit) -> bool:
    """Say whether what was changed is a command, which was never meant for the visitor."""
    return isinstance(edit.content, Text) and edit.content.body.lstrip().startswith("/")


def _why_not(content: Content, side: Side) -> TextKey:
    """Return what the writer of a message is told that cannot be passed on."""
    if isinstance(content, Unsupported) and failure_of(content.code) is Failure.TOO_LARGE:
        return note_for(side, content.code)
    visitor = side is Side.VISITOR
    return TextKey.CANNOT_RELAY_VISITOR if visitor else TextKey.CANNOT_RELAY_AGENT


def from_agent(decision: Decision, command: Receive) -> None:
    """The agent wrote: a tap, a command, or a message for the visitor."""
    tapped = of_content(command.content)
    if tapped is not None:
        if not isinstance(tapped, Reopen):
            _open_window(decision, command)
        _tap(decision, command, tapped)
        return
    typed = None
    if isinstance(command.content, Text) and command.content.body.lstrip().startswith("/"):
        language = decision.state.language_of(command.contact)
        typed = chat_commands.parse(command.content.body, language)
    answers = command.quotes in decision.state.aside and opens_window(command.content)
    if typed is None and answers:
        _open_window(decision, command)
        _keep(decision, command, "")  # an answer to the team, which the visitor knows nothing of
    elif typed is None or isinstance(typed, chat_commands.Literal):
        take(decision, command, Side.AGENT)
    else:
        _open_window(decision, command)
        _obey(decision, command, typed)


def _open_window(decision: Decision, command: Receive) -> None:
    if not command.elsewhere:
        windows.open_for(decision, Side.AGENT, command.sent_at)


def _obey(decision: Decision, command: Receive, typed: _Command) -> None:
    match typed:
        case chat_commands.Close():
            ending.by_agent(decision, command, typed)
        case chat_commands.Help():
            decision.reply(command.contact, TextKey.HELP_AGENT, command.message)
        case chat_commands.Status():
            decision.reply(command.contact, TextKey.STATUS_ACTIVE, command.message)
        case chat_commands.Who():
            decision.reply(command.contact, TextKey.WHO, command.message)
        case chat_commands.Pause() | chat_commands.On() | chat_commands.Off():
            pass  # the router has it obeyed before a conversation hears of it
        case chat_commands.Note(text=text):
            _keep(decision, command, text)
        case chat_commands.History():
            decision.reply(command.contact, TextKey.HISTORY, command.message)
        case chat_commands.Transfer():
            transferring.ask(decision, command)
        case chat_commands.Block():
            ending.by_block(decision, command)
        case chat_commands.UnknownCommand():
            decision.reply(command.contact, TextKey.UNKNOWN_COMMAND, command.message)
        case _:
            assert_never(typed)


def _keep(decision: Decision, command: Receive, text: str | None) -> None:
    if text is None:
        decision.reply(command.contact, TextKey.NOTE_EMPTY, command.message)
        return
    decision.add(NoteKept(command.message, decision.at, command.contact))
    decision.reply(command.contact, TextKey.NOTE_KEPT)


def _tap(decision: Decision, command: Receive, tapped: Payload) -> None:
    state = decision.state
    match tapped:
        case SendAgain(message=message):
            _again(decision, command, message)
        case OfferAnswer(conversation, number, accept=True) if (
            conversation == state.id and number == state.offers
        ):
            pass  # a second tap on the button that brought them here is not news
        case Reopen():
            note(decision, command, Side.AGENT, held=False)
        case PassOn(conversation) if conversation == state.id:
            transferring.ask(decision, command)
        case OfferAnswer() | PassOn() | NameOutcome():
            decision.reply(command.contact, TextKey.STATUS_ACTIVE, command.message)
        case _:
            assert_never(tapped)


def _again(decision: Decision, command: Receive, message: MessageId) -> None:
    for lost, to in decision.state.unconfirmed:
        if lost == message:
            windows.pass_on(decision, message, to, command.message)
            return
    decision.reply(command.contact, TextKey.STATUS_ACTIVE, command.message)


def hear(decision: Decision, command: HearOutcome) -> None:
    """A relayed message failed, got lost, or settled after it was thought lost."""
    for message in sorted((command.message, *command.also)):
        heard = evolve(command, message=message, also=())
        to = decision.state.side_of(command.contact)  # the first may have cost an agent their place
        if to is None:
            replying.hear_of_former(decision, heard)
        else:
            _hear(decision, heard, to)


def goes_again(state: State, command: HearOutcome) -> bool:
    """Say whether a message that failed may go once more in a plainer form, before anybody hears.

    WhatsApp takes a file and looks at it later, so its word on it may come long after the answer.
    """
    live = state.phase is Phase.ACTIVE and state.side_of(command.contact) is not None
    failed = live and command.rank is Rank.FAILED
    return failed and not state.sent_since(command.message, command.send)


def _tell_writer(decision: Decision, message: MessageId, side: Side, text: TextKey) -> None:
    """Tell whoever wrote it, also after they have handed it over: nobody else knows what it is."""
    hand = decision.state.hand_of(message) if side is Side.AGENT else None
    if hand is None or hand.agent == decision.state.agent:
        decision.tell(side, text, message)
    elif window_open(hand.wrote_at, decision.at):
        decision.reply(hand.agent, text, message)


def _hear(decision: Decision, command: HearOutcome, to: Side) -> None:
    state, message, send = decision.state, command.message, command.send
    lost_before = (message, to) in state.unconfirmed
    if command.rank in (Rank.FAILED, Rank.PARKED) and state.sent_since(message, send):
        return
    live = state.phase is Phase.ACTIVE
    if command.rank is Rank.FAILED and live and command.code in windows.CLOSED_CODES:
        windows.hold(decision, message, to)
    elif command.rank is Rank.FAILED and to is Side.AGENT and replying.gone(decision, command):
        replying.lose_unreachable(decision, command)
    elif live and command.rank in (Rank.FAILED, Rank.PARKED) and (message, to) in state.held:
        pass  # it waits to go once more, whatever became of this send
    elif command.plainer and goes_again(state, command):
        decision.add(MessageFailed(message, send, to, command.code, decision.at))
        windows.pass_on(decision, message, to)
    elif command.rank is Rank.FAILED:
        told = message in {*state.failed, *state.aside}
        decision.add(MessageFailed(message, send, to, command.code, decision.at))
        if not told:  # of several parts one is enough, and a repeat says nothing new
            _tell_writer(decision, message, to.other, note_for(to.other, command.code))
    elif command.rank is Rank.PARKED and not lost_before:
        decision.add(MessageUnconfirmed(message, send, to, decision.at))
        lost = TextKey.MAYBE_LOST_VISITOR if to is Side.VISITOR else TextKey.MAYBE_LOST_AGENT
        if message not in state.aside:
            decision.tell(Side.AGENT, lost, message)
    elif command.rank >= Rank.SENT and lost_before:
        decision.add(MessageSettled(message, send, decision.at))
