"""The automatic texts in English."""

from typing import Final

from kaisa_relay.domain.texts.keys import TextKey, Texts

TEXTS: Final[Texts] = {
    TextKey.SEEKING: (
        "Hi {name}! Thanks for getting in touch. We are finding the right person for you; "
        "feel free to write your question in the meantime.",
        "Hi! Thanks for getting in touch. We are finding the right person for you; "
        "feel free to write your question in the meantime.",
    ),
    TextKey.AGENT_FOUND: (
        "You are now talking to {agent}, who can see what you have written so far.",
        "Someone is here for you now and can see what you have written so far.",
    ),
    TextKey.QUEUED: "Everyone is busy just now. Please stay; we will get to you as soon as we can.",
    TextKey.CLOSED_NOW: "Thanks for getting in touch! We are closed at the moment and have kept "
    "your message. We will answer when we open: {opening}",
    TextKey.SEEKING_AGAIN: "We are finding somebody else for you. We have all your messages.",
    TextKey.RESUMED: "Welcome back! We are getting somebody for you; "
    "feel free to write in the meantime.",
    TextKey.NO_AGENT: "We are sorry, nobody can take your chat right now. "
    "We have your message and the team can see that you wrote.",
    TextKey.CLOSED_VISITOR: "This chat has now ended. Thank you for talking to us!",
    TextKey.EXPIRED_VISITOR: "It has been quiet for a while, so we have ended this chat. "
    "Thank you for talking to us!",
    TextKey.LINK_USED: "This link has already been used from another phone. "
    "Please ask for a new one where you found it.",
    TextKey.RIGHT_LINK: "Nearly there! Please use this link to reach the right number: {url}",
    TextKey.LINK_ENDED: "This link is no longer valid. "
    "Please ask for a new one where you found it.",
    TextKey.OUT_OF_SESSION_VISITOR: "Hi! We have no open chat with you here, so nobody would see "
    "your message. To talk to us, please start again from our website.",
    TextKey.BLOCKED_VISITOR: "We are sorry, we cannot open a chat with you here.",
    TextKey.OPTED_OUT: "Done: we will not write to you first any more, neither here nor by text "
    "message. You can still write to us at any time. If you change your mind, write START.",
    TextKey.OPTED_IN: "Welcome back! We may write to you first again. To stop that, write STOP.",
    TextKey.ASK_NUMBER: "Hi! We cannot tell yet which enquiry is yours, so nobody would see your "
    "message. Share your number below and we will find it; only we will see it.",
    TextKey.CANNOT_RELAY_VISITOR: "Sorry, we could not pass on {kind}. "
    "Could you put it in words instead?",
    TextKey.NOT_DELIVERED_VISITOR: "Sorry, this message could not be delivered. Please try again.",
    TextKey.UNREACHABLE_VISITOR: "Sorry, this message could not be delivered: "
    "the person you are talking to cannot be reached on WhatsApp just now.",
    TextKey.REFUSED_VISITOR: "Sorry, WhatsApp did not let this message through. "
    "Please try again a little later.",
    TextKey.TOO_LATE_VISITOR: "Sorry, this message could not be delivered: the person you are "
    "talking to has been away for more than a day.",
    TextKey.MOVING_VISITOR: "We are changing our number. Your chat goes on here: {url}",
    TextKey.MOVED_VISITOR: "Hello again! Your chat goes on here, on our new number.",
    TextKey.MOVING_AGENT: "This number is being replaced. Your chat goes on here: {url}",
    TextKey.MOVED_AGENT: "Your chat goes on here, on the new number. Write as before.",
    TextKey.BUSY_AS_AGENT: "This phone is already in use for another chat on this number. "
    "Please open the link on a different phone.",
    TextKey.PREFILLED_LINK: "Hello! I would like to chat with you. My code: {token}",
    TextKey.HELD_VISITOR: "Your contact is away just now. Your message is kept, and we have "
    "let them know that you wrote.",
    TextKey.HELD_AGENT: "The visitor has not written here for 24 hours, so WhatsApp does not let"
    " this through yet. It is kept; we have asked them to open the "
    "chat, and it follows when they do.",
    TextKey.KEEP_OPEN_VISITOR: "There is an answer for you here. Would you like to keep this chat "
    "open?",
    TextKey.KEEP_OPEN_AGENT: (
        "{name} has written to you. Tap below or answer, so that we can go on reaching you.",
        "Your visitor has written to you. Tap below or answer, so that we can go on reaching you.",
    ),
    TextKey.WINDOW_ENDS_AGENT: (
        "{name} is waiting for your answer. In two hours WhatsApp closes the chat to "
        "us until they write again.",
        "Your visitor is waiting for your answer. In two hours WhatsApp closes the "
        "chat to us until they write again.",
    ),
    TextKey.REOPEN_FAILED_VISITOR: "We cannot reach your contact at the moment. Your messages are "
    "kept.",
    TextKey.REOPEN_FAILED_AGENT: "We could not reach the visitor. Your messages are kept "
    "and follow as soon as they write.",
    TextKey.KEEP_OPEN: "Keep open",
    TextKey.FILE_TOO_LARGE: "This file could not be passed on: it is too large. "
    "Files may have up to 100 MB.",
    TextKey.FILE_LOST: "This file could not be passed on: it did not reach us whole. "
    "Could you send it again?",
    TextKey.FILE_NOT_TAKEN: "This file could not be passed on: WhatsApp does not take "
    "files of this type. Could you send it in another form?",
    TextKey.FORWARDED: "Forwarded:",
    TextKey.EDITED: "Edited:",
    TextKey.DELETED: "An earlier message was deleted.",
    TextKey.FROM_TEAM: "From the team:",
    TextKey.WHISPER: "From your team (the visitor does not see this):",
    TextKey.OFFER: (
        "{name} would like to chat.\n{note}\n\nCan you take it?",
        "A visitor would like to chat.\n{note}\n\nCan you take it?",
    ),
    TextKey.OFFER_ACCEPT: "Accept",
    TextKey.OFFER_DECLINE: "Decline",
    TextKey.OFFER_NOTE: "New enquiry",
    TextKey.AGENT_CARD: (
        "You are now talking to {name}. Everything you write here goes to them; "
        "send /close when you are done.\n{fields}",
        "You are now talking to the visitor. Everything you write here goes to them; "
        "send /close when you are done.\n{fields}",
    ),
    TextKey.OFFER_TAKEN: "Thanks! This chat is no longer available; somebody else has taken it "
    "or it has ended.",
    TextKey.OFFER_EXPIRED: "No answer in time, so this chat goes to somebody else. "
    "Perhaps the next one.",
    TextKey.CLOSED_AGENT: "The chat is closed. Nothing you write from here on reaches the visitor.",
    TextKey.OUTCOME_ASKED: "How did it go?",
    TextKey.OUTCOME_SOLD: "Sold",
    TextKey.OUTCOME_LOST: "Not sold",
    TextKey.OUTCOME_LATER: "Later",
    TextKey.OUTCOME_NOTED: "Noted, thank you.",
    TextKey.EXPIRED_AGENT: "The chat has been closed because it was quiet for so long.",
    TextKey.CLOSED_BY_SYSTEM_AGENT: "The chat has been closed for you. "
    "Nothing you write from here on reaches the visitor.",
    TextKey.BLOCKED_AGENT: (
        "{name} is blocked and the chat is closed: nothing more from {name} reaches you or your "
        "colleagues. If that was a mistake, your supervisor can lift the block.",
        "The visitor is blocked and the chat is closed: nothing more from them reaches you or "
        "your colleagues. If that was a mistake, your supervisor can lift the block.",
    ),
    TextKey.NUDGE_AGENT: (
        "It has been quiet with {name} for a while. Write a line, or send /close if you are done.",
        "It has been quiet with your visitor for a while. Write a line, "
        "or send /close if you are done.",
    ),
    TextKey.REPLY_REMINDER: (
        "{name} is waiting for your first answer.",
        "Your visitor is waiting for your first answer.",
    ),
    TextKey.REPLY_LATE: (
        "We are finding somebody else for {name}, who has waited long. "
        "Nothing you write from here on reaches them.",
        "We are finding somebody else for your visitor, who has waited long. "
        "Nothing you write from here on reaches them.",
    ),
    TextKey.HELP_AGENT: "What you can send:\n"
    "/close – end the chat (also: /close sold, then a note)\n"
    "/note – keep a note that the visitor does not see\n"
    "/history – what was said of late\n"
    "/transfer – hand the chat over (also: /transfer anna, then a note)\n"
    "/block – end the chat and hear no more from this person\n"
    "/who – who you are talking to\n"
    "/status – where you stand\n"
    "/pause 2h – no new chats for a while\n"
    "/off, /on – no new chats until you say so\n"
    "/help – this list\n"
    "Begin with // to send a text that starts with a slash.",
    TextKey.STATUS_FREE: "You have no chat here at the moment. "
    "We will write to you when somebody needs you.",
    TextKey.STATUS_ACTIVE: (
        "You are talking to {name}. Send /close when you are done.",
        "You are talking to a visitor. Send /close when you are done.",
    ),
    TextKey.STATUS_OFFERED: (
        "{name} is waiting for your answer. Reply yes or no.",
        "A visitor is waiting for your answer. Reply yes or no.",
    ),
    TextKey.STATUS_AVAILABLE: "Your open chats: {chats}. You are available for more.",
    TextKey.STATUS_AWAY: (
        "Your open chats: {chats}. You get no new ones until you send /on.",
        "You have no open chat and get none until you send /on.",
    ),
    TextKey.STATUS_PAUSED: (
        "Your open chats: {chats}. You are paused for another {time}; send /on to end the pause.",
        "You have no open chat and are paused for another {time}; send /on to end the pause.",
    ),
    TextKey.ON_AGENT: "Welcome back! You are available for new chats.",
    TextKey.OFF_AGENT: "You get no new chats until you send /on.",
    TextKey.PAUSED_AGENT: "You get no new chats for {time}. Send /on to end the pause.",
    TextKey.PAUSE_HOW: "How long? Write for example /pause 30m or /pause 2h.",
    TextKey.PAUSED_BY_TEAM: "Your team has paused you: no new chats for {time}. "
    "Send /on if you are ready sooner.",
    TextKey.OFF_BY_TEAM: "Your team has paused you: no new chats until you send /on.",
    TextKey.ON_BY_TEAM: "Your team has ended your pause: you get new chats again. "
    "Send /off if you are not there.",
    TextKey.MISSED_AGENT: "You did not answer the last {count} chats that we offered you, "
    "so you get no more for {time}. Send /on when you are back.",
    TextKey.STILL_YOURS: "Still with you: {chats}. They can go on writing to you. To hand a chat "
    "over, send /transfer in it; if somebody waits long for your answer, we ask a colleague.",
    TextKey.HAND_OVER: "Hand over",
    TextKey.AWAY_ASKED: (
        "{name} is waiting for an answer while you are away, so we have asked {agent} to take "
        "over. The chat stays with you until they accept.",
        "Your visitor is waiting for an answer while you are away, so we have asked a colleague "
        "to take over. The chat stays with you until they accept.",
    ),
    TextKey.AWAY_WAITING: (
        "{name} is waiting for an answer, and nobody else is free at the moment, "
        "so the chat stays with you. Could you write them a line?",
        "Your visitor is waiting for an answer, and nobody else is free at the moment, "
        "so the chat stays with you. Could you write them a line?",
    ),
    TextKey.AWAY_NOTE: (
        "{agent} is away, and they are waiting for an answer",
        "Your colleague is away, and they are waiting for an answer",
    ),
    TextKey.NO_CONVERSATION_AGENT: "You have no chat here at the moment, "
    "so your message was not passed on.",
    TextKey.NOTE_KEPT: "The note is kept. The visitor does not see it.",
    TextKey.NOTE_EMPTY: "Write the note after the command, for example: /note wants a red bicycle",
    TextKey.HISTORY: ("The latest messages:\n{lines}", "Nothing has been said here yet."),
    TextKey.TRANSFER_ASKED: (
        "We have asked {agent}. The chat stays with you until they accept.",
        "We have asked. The chat stays with you until somebody accepts.",
    ),
    TextKey.TRANSFER_UNKNOWN: (
        "Nobody else here has that name. You can hand this chat over to: {names}.",
        "There is nobody else to whom this chat could go.",
    ),
    TextKey.TRANSFER_BUSY: (
        "{agent} cannot take a chat here at the moment, so it stays with you. "
        "Send /transfer for whoever is free.",
        "They cannot take a chat here at the moment, so it stays with you. "
        "Send /transfer for whoever is free.",
    ),
    TextKey.TRANSFER_NOBODY: "Nobody else is free here at the moment, so the chat stays with you.",
    TextKey.TRANSFER_UNDER_WAY: (
        "We are waiting for an answer from {agent}. The chat stays with you until then.",
        "We are waiting for an answer. The chat stays with you until then.",
    ),
    TextKey.TRANSFER_DECLINED: (
        "{agent} cannot take over, so the chat stays with you.",
        "Your colleague cannot take over, so the chat stays with you.",
    ),
    TextKey.TRANSFER_UNANSWERED: (
        "{agent} has not answered, so the chat stays with you.",
        "Your colleague has not answered, so the chat stays with you.",
    ),
    TextKey.TRANSFER_NOTE: (
        "Handed over by {agent}. {note}",
        "Handed over by a colleague. {note}",
    ),
    TextKey.TRANSFERRED_AGENT: (
        "{agent} has taken over. Nothing you write from here on reaches the visitor.",
        "Your colleague has taken over. Nothing you write from here on reaches the visitor.",
    ),
    TextKey.TRANSFER_BY_TEAM: (
        "Your team has asked {agent} to take this chat over. It stays with you until they accept.",
        "Your team has asked a colleague to take this chat over. "
        "It stays with you until they accept.",
    ),
    TextKey.TEAM_WROTE: "Your team has written to the visitor:",
    TextKey.WHO: (
        "You are talking to {name}.\n{fields}",
        "You are talking to a visitor who gave no name.\n{fields}",
    ),
    TextKey.UNKNOWN_COMMAND: "I do not know {command}, so nothing was sent. Send /help for a list, "
    "or begin with // to send it as it is.",
    TextKey.CANNOT_RELAY_AGENT: "Sorry, {kind} could not be passed on to the visitor. "
    "Could you put it in words instead?",
    TextKey.NOT_DELIVERED_AGENT: "This message could not be delivered to the visitor.",
    TextKey.UNREACHABLE_AGENT: "This message could not be delivered: the visitor cannot be "
    "reached on WhatsApp. They may have left it or blocked this number.",
    TextKey.REFUSED_AGENT: "WhatsApp did not let this message through to the visitor.",
    TextKey.TOO_LATE_AGENT: "This message could not be delivered: the visitor last wrote more "
    "than 24 hours ago, and WhatsApp lets you answer again only when they write.",
    TextKey.STUCK_AGENT: "Something on our side has gone wrong with this chat, so nothing passes "
    "either way for now. Nothing is lost: it goes on when our team has mended it.",
    TextKey.MAYBE_LOST_AGENT: "A message from the visitor may not have reached you.",
    TextKey.MAYBE_LOST_VISITOR: "Your last message may not have reached the visitor.",
    TextKey.SHOW_IT: "Show it",
    TextKey.SEND_AGAIN: "Send again",
}
