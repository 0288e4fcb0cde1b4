"""Tells a webhook or a command how a run ended: once, last of all, and without ever failing or holding it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial

import click

from runner.cli.credentials import secret
from runner.cli.ending import Passage
from runner.cli.failures import as_refusal
from runner.cli.planning import Planned
from runner.cli.streams import know, shown, tell
from runner.cli.world import environment
from runner.client import post, trusted
from runner.codes import code_of
from runner.profiles import PREFIX, Profile
from runner.references import Reference, Unusable
from runner.report.notice import notice, refused

PATIENCE_S = 10.0
"""How long whoever is told may take; then the run ends without it."""

Target = Reference | tuple[str, ...]


def notify(passage: Passage, code: int, patience_s: float = PATIENCE_S) -> None:
    """Tell everybody whom the profiles name how their part of a passage ended; a failure is a warning."""

    def body(names: Sequence[str]) -> bytes:
        ended = [one for one in passage.ended if one.partition.profile in names]
        return notice(passage.made.plan.manifest, code, ended, passage.stored(), shown)

    _tell_all(passage.made, body, patience_s)


def notify_refused(made: Planned, exit: int, code: str, patience_s: float = PATIENCE_S) -> None:
    """Tell everybody whom the profiles name that their run was refused, and by which code."""

    def body(names: Sequence[str]) -> bytes:
        asked = [one for one in made.plan.partitions if one.profile in names]
        return refused(made.plan.manifest, exit, code, asked, shown)

    _tell_all(made, body, patience_s)


@contextmanager
def told_if_refused(made: Planned) -> Iterator[None]:
    """Tell of whatever ends a run here by an error; a wrong command line is for who wrote it alone."""
    try:
        yield
    except click.UsageError:
        raise
    except Exception as error:
        refusal = as_refusal(error)
        with suppress(Exception):  # what ended the run is what counts
            notify_refused(made, refusal.exit, code_of(refusal))
        raise


def _tell_all(made: Planned, body: Callable[[Sequence[str]], bytes], patience_s: float) -> None:
    targets: dict[Target, list[str]] = {}
    for profile in made.profiles:
        if profile.notify is not None:
            targets.setdefault(profile.notify, []).append(profile.name)
    for target, names in targets.items():
        act = partial(_told, target, body(names), made.profiles, patience_s)
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
