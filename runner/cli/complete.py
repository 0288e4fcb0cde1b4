"""`care-export complete`: the script that lets a shell complete what is typed, and the answers to it."""

from __future__ import annotations

import sys

import click
from click.shell_completion import ShellComplete, get_completion_class

from runner.cli.command import COMPLETING, NAME
from runner.cli.streams import say, shown
from runner.errors import Exit

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def complete(shell: str) -> int:
    """Print the script that lets a shell complete verbs, options, manifests, exports, reports and profiles.

    \b
    bash:  eval "$(care-export complete bash)"     in ~/.bashrc
    zsh:   eval "$(care-export complete zsh)"      in ~/.zshrc, after compinit
    fish:  care-export complete fish > ~/.config/fish/completions/care-export.fish
    """  # noqa: D301 - click reads \b as "leave these lines as they are"
    # Not the shell's own `source`: it starts that shell, only to ask for its version.
    say(ShellComplete.source(_of(shell, click.get_current_context().find_root().command)).rstrip())
    return Exit.DONE


def answered(asked: str, verbs: click.Command) -> int:
    """Say what the word can become at which the cursor stands; `asked` is what the variable holds."""
    shell, _, what = asked.partition("_")
    if shell not in SHELLS or what != "complete":
        return Exit.USAGE
    for line in _of(shell, verbs).complete().split("\n"):
        # The tabulator parts a word from its help.
        sys.stdout.write("\t".join(map(shown, line.split("\t"))) + "\n")
    return Exit.DONE


def _of(shell: str, verbs: click.Command) -> ShellComplete:
    kind = get_completion_class(shell) or ShellComplete
    return kind(verbs, {}, NAME, COMPLETING)
