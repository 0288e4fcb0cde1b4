"""The client and the clock of a profile: the real ones, or those of the sandbox in memory."""

from __future__ import annotations

from runner.cli.world import environment
from runner.client import Client, in_memory, trusted
from runner.execute import InLine, Pace, Threads
from runner.pace import steady
from runner.profiles import Credentials, Profile
from runner.sandbox.application import Application
from runner.sandbox.clock import VirtualClock

SEED = 1
"""The seed of the in-memory sandbox: fixed, so that its locks can be committed."""
STORAGE_ORIGIN = "https://storage.sandbox.invalid"
"""Where the in-memory sandbox keeps its files: another host, as the vendor does."""


def reach(profile: Profile, known: Credentials, at: int) -> tuple[Client, Pace]:
    """Return a profile's client and its clock, which begins at `at` (epoch ms) and never goes back."""
    if profile.source != "sandbox":
        trust = trusted(environment())
        return Client(profile.base_url, known, trust=trust), Threads(steady(at))
    clock = VirtualClock(at)
    application = Application(
        seed=SEED, clock=clock, api_origin=profile.base_url, storage_origin=STORAGE_ORIGIN
    )
    client = Client(profile.base_url, known, transport=in_memory(application))
    return client, InLine(clock.now_ms, clock.advance)
