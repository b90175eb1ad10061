"""Whether what is posted to us is signed with a secret that we have."""

from attrs import frozen


@frozen
class Signed:
    """Webhooks since `serve` started: signed rightly, and wrongly, which are refused."""

    right: int = 0
    wrong: int = 0
