"""The command: what people type, what the environment and the clock say, messages and exit codes.

Everything below takes these as arguments; nothing below ends the program.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command with the program's own arguments and end with its exit code."""
    from runner.cli import signals, streams
    from runner.cli.command import outcome

    streams.calm()
    streams.watch()
    signals.hear()
    sys.exit(signals.concluded(lambda: streams.closed(outcome(sys.argv[1:]))))
