"""Graph's error object: codes, their HTTP status and titles, and the body they come in."""

from typing import Any

from attrs import frozen

# code: (HTTP status, title), from the reference's table of codes.
TABLE = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "Service temporarily unavailable"),
    3: (500, "Capability or permission problem"),
    4: (400, "API Too Many Calls"),
    10: (403, "Permission denied"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token"),
    200: (403, "API Permission"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "Rate limit issues"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131037: (400, "Display name approval is needed before messages can be sent"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "Message not delivered to maintain healthy ecosystem engagement"),
    131050: (400, "User has stopped receiving marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131055: (400, "Method not allowed"),
    131056: (400, "(Business account, consumer account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131060: (400, "This message is unavailable"),
    131062: (400, "Business-scoped user id is not supported for this message"),
    131063: (400, "Marketing messages are disabled on this API"),
    131064: (400, "Messaging limit reached"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    132008: (400, "Parameter value is not valid in the template"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "There is an issue with the parameters in your template"),
    132068: (400, "Flow is in blocked state"),
    132069: (400, "Flow is in throttled state"),
    133000: (500, "Incomplete deregistration"),
    133004: (503, "Server temporarily unavailable"),
    133005: (400, "Two-step verification PIN mismatch"),
    133006: (400, "Phone number re-verification needed"),
    133008: (400, "Too many two-step verification PIN guesses"),
    133009: (400, "Two-step verification PIN guessed too fast"),
    133010: (400, "Phone number not registered"),
    133015: (400, "Please wait a few minutes before attempting to register this phone number"),
    133016: (400, "Account register or deregister rate limit exceeded"),
    134011: (400, "Payments terms of service not accepted"),
    135000: (400, "Generic user error"),
    137000: (400, "Recipient identity key hash mismatch"),
    139100: (400, "Failed to block or unblock users"),
    139101: (400, "Blocklist limit reached"),
    139102: (400, "Blocklist concurrent update"),
    139103: (400, "Internal blocklist error"),
    2388019: (400, "Message template limit exceeded"),
    2388023: (400, "Message template language is being deleted"),
    2388299: (400, "Message template variables cannot be at the start or the end"),
}


@frozen
class GraphError:
    """A refusal as Graph words it; `details` goes into `error_data`."""

    code: int
    details: str = ""
    subcode: int | None = None

    @property
    def http_status(self) -> int:
        """The HTTP status Meta sends with this code."""
        return TABLE[self.code][0]

    @property
    def title(self) -> str:
        """Meta's short name of the code."""
        return TABLE[self.code][1]

    @property
    def message(self) -> str:
        """The `message` of the error object."""
        if self.subcode is not None:
            return self.details
        return f"(#{self.code}) {self.title}"

    def body(self, trace_id: str) -> dict[str, Any]:
        """The JSON body of the HTTP answer."""
        error: dict[str, Any] = {"message": self.message, "type": self._kind(), "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        elif self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.code == 2:
            error["is_transient"] = True
        return {"error": error | {"fbtrace_id": trace_id}}

    def in_status(self) -> dict[str, Any]:
        """The entry in `errors` of a `failed` status, or of `value.errors`."""
        return {
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": {"details": self.details or self.title},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }

    def _kind(self) -> str:
        return "GraphMethodException" if self.subcode == 33 else "OAuthException"


BAD_TOKEN = GraphError(190)


def unknown_object(graph_id: str) -> GraphError:
    """The answer for an id that does not exist or that the token may not see; Graph does not say
    which.
    """
    return GraphError(
        100,
        f"Unsupported request. Object with ID '{graph_id}' does not exist or cannot be seen",
        33,
    )
