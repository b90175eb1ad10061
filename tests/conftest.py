"""What every test shares. Nothing is opened here."""

import os

from hypothesis import settings

# On the build server a failure must mean the same thing twice; at the desk new examples are good.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
