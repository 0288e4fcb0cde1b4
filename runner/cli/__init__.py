"""The command: what people type, what the environment and the clock say, messages and exit codes.

Everything below takes these as arguments; nothing below ends the program.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command with the program's own arguments and end with its exit code."""
    from runner.cli import signals

    # Before all else is loaded: Ctrl-C is heard from here on.
    signals.hear()
    sys.exit(signals.concluded(_carried_out))


def _carried_out() -> int:
    from runner.cli import streams

    streams.calm()
    streams.watch()
    from runner.cli.command import outcome

    return streams.closed(outcome(sys.argv[1:]))
