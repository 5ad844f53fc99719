"""For all tests: hypothesis does not time its examples, as a busy machine is no fault. `make test` takes the same
examples each time, so that it says the same of the same code; `make test-slow` and `make fuzz` look for new ones."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("new", deadline=None)
settings.load_profile("new" if os.environ.get("THOROUGH") else "same")
