"""The command: what people type, what the environment and the clock say, messages and exit codes.

Everything below takes these as arguments; nothing below ends the program.
"""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command with the program's own arguments and end with its exit code."""
    from runner.cli import streams
    from runner.cli.command import concluded, outcome, terminate

    streams.calm()
    streams.watch()
    signal.signal(signal.SIGTERM, terminate)
    sys.exit(concluded(lambda: streams.closed(outcome(sys.argv[1:]))))
