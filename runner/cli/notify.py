"""Tells a webhook or a command how a run ended: once, last of all, and without ever failing or holding it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from runner.cli.credentials import secret
from runner.cli.ending import Passage
from runner.cli.streams import know, shown, tell
from runner.cli.world import environment
from runner.client import post, trusted
from runner.profiles import PREFIX, Profile
from runner.references import Reference, Unusable
from runner.report.notice import notice

PATIENCE_S = 10.0
"""How long whoever is told may take; then the run ends without it."""

Target = Reference | tuple[str, ...]


def notify(passage: Passage, code: int, patience_s: float = PATIENCE_S) -> None:
    """Tell everybody whom the profiles name how their part of a passage ended; a failure is a warning."""
    targets: dict[Target, list[str]] = {}
    for profile in passage.made.profiles:
        if profile.notify is not None:
            targets.setdefault(profile.notify, []).append(profile.name)
    for target, names in targets.items():
        ended = [one for one in passage.ended if one.partition.profile in names]
        body = notice(passage.made.plan.manifest, code, ended, passage.stored(), shown)
        act = partial(_told, target, body, passage.made.profiles, patience_s)
        if why := _within(act, patience_s):
            who = "the command" if isinstance(target, tuple) else "the webhook"
            tell(f"warning: {who} of {', '.join(names)} was not told how the run ended: {why}")


def _within(act: Callable[[], str], seconds: float) -> str:
    """Return what `act` says, or that it took too long: a name's look-up can be cut off by nothing."""
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(act()), name="notify", daemon=True)
    thread.start()
    thread.join(seconds + 1)
    return said[0] if said else "it took too long"


def _told(target: Target, body: bytes, profiles: Sequence[Profile], patience_s: float) -> str:
    """Tell one; return why that failed. Whatever happens here is no matter for the run."""
    try:
        if isinstance(target, tuple):
            return _piped(target, body, _without_secrets(environment(), profiles), patience_s)
        url = secret(target)
        know(url, "", "")
        return post(url, body, trusted(environment()), patience_s)
    except Unusable as error:
        return f"{target} {error}"
    except Exception as error:
        return type(error).__name__


def _piped(words: Sequence[str], body: bytes, environ: Mapping[str, str], patience_s: float) -> str:
    """Give a command the message on its standard input; return why that failed."""
    try:
        process = subprocess.Popen(  # noqa: S603 - the owner of the profile wrote it
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,
        )
    except OSError as error:
        return f"it cannot be started: {error.strerror}"
    with process:
        try:
            process.communicate(body, timeout=patience_s)
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            return "it took too long"
    return f"it ended with {process.returncode}" if process.returncode else ""


def _without_secrets(environ: Mapping[str, str], profiles: Sequence[Profile]) -> dict[str, str]:
    """Return the environment without the variables that hold this run's secrets."""
    references = [
        one
        for each in profiles
        for one in (each.company_key, each.username, each.password, each.notify)
        if isinstance(one, Reference)
    ]
    names = {one.name for one in references if one.kind == "env"}
    return {
        name: value for name, value in environ.items() if name not in names and not name.startswith(PREFIX)
    }
