"""The sandbox: a program that plays the vendor, in memory or behind a port.

It follows what the documents say. Where they say nothing, the docstring of the place says "the sandbox's own
choice"; nothing of that kind is a fact about the vendor. Everything is made from a seed: same seed, same
rows.
"""

from runner.sandbox.accounts import DEFAULT_ACCOUNTS, Account
from runner.sandbox.application import Application
from runner.sandbox.clock import START_MS, Clock, ScaledClock, VirtualClock
from runner.sandbox.quirks import Quirks
from runner.sandbox.wire import Fault, Request, Response

__all__ = [
    "DEFAULT_ACCOUNTS",
    "START_MS",
    "Account",
    "Application",
    "Clock",
    "Fault",
    "Quirks",
    "Request",
    "Response",
    "ScaledClock",
    "VirtualClock",
]
