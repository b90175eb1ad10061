"""`python -m tests.fuzz [seconds]`: has atheris look for a webhook that breaks the promise.

Begins with the golden bodies; what it finds new ways with is kept in `var/fuzz`, a body that
breaks the promise as `crash-…` there: put it into `tests/fuzz/corpus`, which the tests play.
"""

import sys
from pathlib import Path
from random import Random
from typing import Final

import atheris

with atheris.instrument_imports(include=["kaisa_relay"]):
    from tests.fuzz.promise import hold
from tests.fuzz.mutating import CORPUS, mutated, seeds

FOUND: Final = Path("var/fuzz")
SECONDS: Final = 30
LONGEST: Final = 1 << 16


def _mutate(body: bytes, most: int, seed: int) -> bytes:
    """Change a value for as long as it is JSON, and now and then a byte."""
    rng = Random(seed)
    if rng.random() < 0.1:
        changed: bytes = atheris.Mutate(body, most)
        return changed
    return mutated(body, rng)[:most]


def main(seconds: int) -> None:
    """Look for so long; the exit code is another than 0 when something was found."""
    known = FOUND / "corpus"
    known.mkdir(parents=True, exist_ok=True)
    for number, body in enumerate((*seeds(), *(each.read_bytes() for each in CORPUS.iterdir()))):
        (known / f"seed-{number}").write_bytes(body)
    limits = (f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=10", "-verbosity=1")
    arguments = [sys.argv[0], str(known), f"-artifact_prefix={FOUND}/", *limits]
    atheris.Setup(arguments, lambda body: hold(body) and None, custom_mutator=_mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
