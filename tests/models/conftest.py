"""What all model tests share: a first call compiles, so no test is failed for being slow once."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("models", deadline=None, max_examples=60)
settings.load_profile("models")
