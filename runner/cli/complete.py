"""`care-export complete`: the script that lets a shell complete what is typed, and the answers to it."""

from __future__ import annotations

import sys

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from runner.cli.streams import say, shown
from runner.cli.verbs import COMPLETING, NAME
from runner.errors import Exit

# click's own script parts a line at each comma, and so cuts a help, and a word that holds one.
_FISH = """\
function %(complete_func)s;
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \
        COMP_CWORD=(commandline -t) %(prog_name)s);

    for completion in $response;
        set -l parts (string split --max 1 "," $completion);

        if test $parts[1] = "dir";
            __fish_complete_directories $parts[2];
        else if test $parts[1] = "file";
            __fish_complete_path $parts[2];
        else if test $parts[1] = "plain";
            echo $parts[2];
        end;
    end;
end;

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)";
"""


class _Bash(BashComplete):
    """bash parts words at `=` too, and puts what it is answered behind the last one."""

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete = super().get_completion_args()
        words: list[str] = []
        for word in (*args, incomplete):
            if words and (word == "=" or words[-1].endswith("=")):
                words[-1] += word
            else:
                words.append(word)
        return words[:-1], words[-1]

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        found = super().get_completions(args, incomplete)
        there = incomplete.removeprefix(_option(incomplete)).count("=")
        for one in found:
            one.value = one.value.split("=", there)[-1]
        return found


class _Whole(ShellComplete):
    """The other shells put what they are answered in the place of the whole word, its option included."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        found = super().get_completions(args, incomplete)
        for one in found:
            if one.type == "plain":
                one.value = _option(incomplete) + one.value
        return found


class _Zsh(_Whole, ZshComplete):
    pass


class _Fish(_Whole, FishComplete):
    source_template = _FISH

    def format_completion(self, item: CompletionItem[str]) -> str:
        return f"{item.type},{item.value}" + (f"\t{item.help}" if item.help else "")


def _option(word: str) -> str:
    """Return the option that a word begins with, and its `=`; empty where it holds none."""
    option, equals, _ = word.partition("=")
    return option + equals if equals and option.startswith("--") else ""


SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


@click.command()
@click.argument("shell", type=click.Choice(tuple(SHELLS)))
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
    return SHELLS[shell](verbs, {}, NAME, COMPLETING)
