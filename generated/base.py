# Generated from specs/ by `make generate`; never edited by hand.
# fmt: off
# ruff: noqa
"""What all generated models share."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen; its validator is built on first use, so that importing fourteen models costs nothing."""

    model_config = ConfigDict(frozen=True, defer_build=True)
