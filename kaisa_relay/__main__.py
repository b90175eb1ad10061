"""`python -m kaisa_relay` is `kaisa-relay`."""

from kaisa_relay.cli import main

main()
