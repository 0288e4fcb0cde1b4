"""`care-export sandbox`: the stand-in of the vendor's API, served on this machine until it is stopped."""

from __future__ import annotations

import sys
import time
from typing import NoReturn
from urllib.parse import urlencode

import click

from runner.cli import options
from runner.cli.streams import say
from runner.errors import Exit, Refusal
from runner.sandbox.accounts import DEFAULT_ACCOUNTS
from runner.sandbox.clock import START_MS, ScaledClock
from runner.sandbox.server import Served, serve

MAY_2026 = (1_777_593_600_000, 1_780_271_999_999)
"""The window of the example, in the past of the sandbox's calendar: May 2026, UTC."""


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    metavar="N",
    help="Where to listen on 127.0.0.1; without it, or with 0, on a free port.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=1,
    show_default=True,
    metavar="S",
    help="The same seed makes the same rows.",
)
@click.option(
    "--speed",
    type=float,
    callback=options.up_to(1_000_000),
    default=60,
    show_default=True,
    metavar="X",
    help="How many times as fast as real its clock runs.",
)
def sandbox(port: int, seed: int, speed: float) -> NoReturn:
    """Serve a stand-in of the vendor's API on this machine, until Ctrl-C.

    It holds made-up data, needs no network, and forgets everything when it ends.
    """
    with _served(port, seed, speed) as served:
        say(f"{served.api_origin} plays the vendor, with made-up rows of seed {seed}")
        say(f"and a clock that is {speed:g} times as fast. Ask it, for example:")
        say(f"  {example(served.api_origin)}")
        say("Ctrl-C ends it.")
        sys.stdout.flush()
        while True:
            # Not signal.pause(): a signal that comes just before it would be lost.
            time.sleep(0.5)


def _served(port: int, seed: int, speed: float) -> Served:
    """Begin to serve; a port that cannot be had is refused with the reason."""
    try:
        return serve(port=port, seed=seed, clock=ScaledClock(speed, START_MS, time.monotonic))
    except OSError as error:
        advice = "Without --port a free one is taken."
        message = f"port {port} cannot be had: {error.strerror}"
        raise Refusal(Exit.IO, message, advice=advice, code="E-PORT") from error


def example(origin: str) -> str:
    """Return a curl line that asks the sandbox at that origin for a report."""
    account = DEFAULT_ACCOUNTS[0]
    start, end = MAY_2026
    query = {"companyKey": account.company_key, "startTime": start, "endTime": end, "reportFormat": "csv"}
    url = f"{origin}/api/public/reports/report/conversation?{urlencode(query)}"
    return f"curl -u '{account.username}:{account.password}' -X POST '{url}'"
