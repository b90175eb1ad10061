"""How a message of a business reads on a phone, and what can be tapped on it."""

from typing import Any

from ..templates.rendering import Button

Payload = dict[str, Any]


def shown_text(kind: str, body: Any) -> str:
    """The words a person reads in a message of this kind."""
    match kind:
        case "text":
            return str(body["body"])
        case "interactive":
            return str(body["body"]["text"]) if "body" in body else ""
        case "reaction":
            return str(body["emoji"])
        case "contacts":
            return ", ".join(card["name"]["formatted_name"] for card in body)
        case "location":
            return str(body.get("name", ""))
        case _:
            return str(body.get("caption", ""))


def offered_buttons(kind: str, body: Payload) -> tuple[Button, ...]:
    """What a person may tap on an interactive message: reply buttons, rows of a list, a link, or
    the request to share something.
    """
    if kind != "interactive":
        return ()
    match body["type"]:
        case "button":
            replies = (button["reply"] for button in body["action"]["buttons"])
            return tuple(Button("reply", reply["title"], reply["id"]) for reply in replies)
        case "list":
            rows = (row for section in body["action"]["sections"] for row in section["rows"])
            return tuple(
                Button("row", row["title"], row["id"], row.get("description")) for row in rows
            )
        case "cta_url":
            link = body["action"]["parameters"]
            return (Button("link", link["display_text"], link["url"]),)
        case "location_request_message":
            return (Button("location", "Send location", ""),)
        case "request_contact_info":
            return (Button("contact_info", "Share contact info", ""),)
        case _:
            return ()
