"""Graph's error object: codes, their HTTP status and titles, and the body they come in."""

from typing import Any

from attrs import frozen

# code: (HTTP status, title), from the reference's table of codes.
_TABLE = {
    1: (400, "API Unknown"),
    2: (503, "Service temporarily unavailable"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token"),
    130429: (400, "Rate limit hit"),
    131000: (500, "Something went wrong"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131047: (400, "Re-engagement message"),
    131051: (400, "Unsupported message type"),
    131056: (400, "(Business account, consumer account) pair rate limit hit"),
    131062: (400, "Business-scoped user id is not supported for this message"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "There is an issue with the parameters in your template"),
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
        return _TABLE[self.code][0]

    @property
    def title(self) -> str:
        """Meta's short name of the code."""
        return _TABLE[self.code][1]

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
