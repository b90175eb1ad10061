"""The simulator as a program of its own, quick to post a webhook again.

Meta tries again after minutes; a test that restarts the relay wants what it missed at once.
"""

import sys

from kaisa_relay.simulator import ChannelConfig, SimulatorConfig, Timing, run

TIMING = Timing(retry_delays=(0.05, 0.1, 0.2, 0.3))


def main(bind: str, *channels: str) -> None:
    """Serve on `bind`; a channel is ID=+NUMBER."""
    configured = tuple(_channel(channel) for channel in channels)
    run(SimulatorConfig(bind=bind, channels=configured, timing=TIMING))


def _channel(text: str) -> ChannelConfig:
    phone_number_id, _, number = text.partition("=")
    return ChannelConfig(phone_number_id, number)


if __name__ == "__main__":
    main(*sys.argv[1:])
