"""What verbs there are, what else people call them, and the group that loads one when it is asked for."""

from __future__ import annotations

import importlib
import keyword
from typing import Any

import click

NAME = "care-export"
COMPLETING = "_CARE_EXPORT_COMPLETE"
"""Set by a shell that asks what a word can become."""

VERBS = {
    "init": "Write a first manifest, by a short conversation or by flags.",
    "run": "Plan, ask, wait, and write files and lock; the same again resumes.",
    "plan": "Show what would be asked and written; offline.",
    "collect": "Fetch the files of jobs that are under way; make none.",
    "status": "Show where every file stands; asks nobody, works beside a run.",
    "adopt": "Take over a job that was started by hand.",
    "forget": "Forget what is known of jobs, to begin anew.",
    "validate": "Show every problem of manifests with its place; offline.",
    "explain": "Say what a URL or a curl line asks for, and what looks wrong; offline.",
    "import": "Write requests of Postman, curl and others as a manifest; offline.",
    "show": "Show a manifest's requests as curl, Postman, address or Hurl; offline.",
    "verify": "Check that the files are the ones in the lock; offline.",
    "report": "Write an HTML report of the last run: how it went, what came back; offline.",
    "reports": "The catalogue: reports, parameters and metrics.",
    "discover": "Learn which columns a report has, by one small export.",
    "drift": "Compare the specs with real files, or with OpenAPI; offline.",
    "doctor": "Look at address, clock, disk and folders, each with the fix.",
    "sandbox": "Serve a stand-in of the vendor's API on this machine.",
    "complete": "Print what lets bash, zsh or fish complete what is typed.",
}
"""Every verb with its line of help. `runner.cli.<verb>` holds the command of that name, loaded when asked."""


ALSO = {
    "run": ("export", "download", "fetch", "get", "start"),
    "validate": ("check", "lint"),
    "reports": ("ls", "list", "catalog"),
    "sandbox": ("serve", "mock"),
    "show": ("curl", "postman"),
    "init": ("new", "create"),
}
"""What else people call a verb; a word that is only written like another verb is no guess then."""
MEANT = {word: verb for verb, words in ALSO.items() for word in words}


class Verbs(click.Group):
    """The group that loads a verb's module only when that verb is asked for, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order in which a person meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb; None where there is no such verb."""
        if cmd_name not in VERBS:
            return None
        # `import` is a word of Python's own.
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        verb: click.Command = getattr(importlib.import_module(f"runner.cli.{name}"), name)
        return verb

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; one that is not known is a usage error that names the closest."""
        if args[0] not in VERBS and not ctx.resilient_parsing:
            from runner.wording import nearest

            near = MEANT.get(args[0].lower()) or nearest(args[0], VERBS)
            hint = f"; did you mean {near!r}?" if near else f"; the verbs are {', '.join(VERBS)}"
            raise click.UsageError(f"there is no verb {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete to verbs from the table, without loading one, and to our own options."""
        from click.shell_completion import CompletionItem

        verbs = [CompletionItem(one, help=line) for one, line in VERBS.items() if one.startswith(incomplete)]
        return [*verbs, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from the table, without loading one."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))
