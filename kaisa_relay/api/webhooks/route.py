"""What Meta sends: handed to the lane whole; nothing is read or judged here."""

from quart import Response, request

from kaisa_relay.api.answers import answer
from kaisa_relay.api.bodies import receive_body
from kaisa_relay.api.dependencies import Dependencies, receive
from kaisa_relay.api.routes import Access, Route

PREFIX = "/webhooks/"
SIGNATURE = "X-Hub-Signature-256"


class Webhooks:
    """The lane behind HTTP; an address without app is the app with the empty name."""

    def __init__(self, given: Dependencies) -> None:
        self._lane = given.webhooks

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return tuple(
            Route(rule, view, Access.UNLIMITED, method)
            for rule in (f"{PREFIX}whatsapp", f"{PREFIX}whatsapp/<app>")
            for view, method in ((self.receive, "POST"), (self.handshake, "GET"))
        )

    async def receive(self, app: str = "") -> Response:
        """Take a signed webhook of WhatsApp; 200 means that it is stored."""
        body = await receive_body(request)
        signature = request.headers.get(SIGNATURE)
        status, said = await receive(self._lane, app, signature, body)
        return answer(said, status)

    async def handshake(self, app: str = "") -> Response:
        """Answer Meta's check that this address is ours."""
        status, said = self._lane.handshake(request.args.to_dict())
        return answer(said, status)
