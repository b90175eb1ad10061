"""How an offer's button is known to be the one we sent.

An agent whose number is hidden is known by that button alone, and everything else in it can be
guessed: a conversation's id is in the API's answers, and holds the time of its making.
"""

from hashlib import blake2b

from kaisa_relay.domain.ids import ConversationId


def offer_proof(key: bytes, conversation: ConversationId, offer: int) -> int:
    """Return a number of 62 bits, never 0, that nobody can guess without the key."""
    digest = blake2b(f"{conversation}:{offer}".encode(), key=key, digest_size=8).digest()
    return (int.from_bytes(digest) >> 2) | 1
