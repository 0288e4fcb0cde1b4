"""The command, and the one place where whatever goes wrong becomes an exit code."""

from __future__ import annotations

from collections.abc import Sequence

import click

from runner import __version__
from runner.cli.failures import as_refusal, is_ours, refused
from runner.cli.signals import behind, still_to_come
from runner.cli.streams import begin, say, tell, traced
from runner.cli.verbs import COMPLETING, NAME, Verbs
from runner.cli.world import environment
from runner.codes import BY_EXIT
from runner.errors import Exit
from runner.redact import bare


@click.group(
    cls=Verbs,
    name=NAME,
    invoke_without_command=True,
    subcommand_metavar="VERB ...",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 2 usage, 3 differs from the lock, 65 manifest or path, 66 no such file, "
    "69 the vendor ended the job, 70 a fault of ours, 73 cannot create an output, 74 input or output, "
    "75 not finished (run again), 76 an answer that must not be trusted, 77 credentials, 78 profiles, "
    "130 or 143 interrupted.",
)
@click.version_option(__version__, "--version", message="%(prog)s %(version)s")
@click.pass_context
def command(ctx: click.Context) -> int:
    """Carry out versioned manifests against the Khoros Care Analytics Reports API."""
    if ctx.invoked_subcommand:
        return Exit.DONE
    say(ctx.get_help())
    return Exit.USAGE


def outcome(arguments: Sequence[str], verbs: click.Command = command) -> int:
    """Carry out the arguments, tell what went wrong on standard error, and return the exit code.

    A signal is no matter of a verb: it goes up to where the program ends.
    """
    begin()
    try:
        return _carried_out(list(arguments), verbs)
    except click.UsageError as error:
        return _misused(error)
    except Exception as error:
        if environment().get("CARE_EXPORT_TRACEBACK") == "1" and is_ours(error):
            tell(traced(error))
        return refused(as_refusal(error))


def _carried_out(arguments: list[str], verbs: click.Command) -> int:
    """Let click read the arguments and run the verb. Its own `main` would turn Ctrl-C and EPIPE into 1."""
    if asked := environment().get(COMPLETING):
        from runner.cli.complete import answered

        return answered(asked, verbs)
    try:
        with verbs.make_context(NAME, arguments) as context:
            return int(verbs.invoke(context))
    except click.exceptions.Exit as end:
        return end.exit_code
    except Exception as error:
        still_to_come()
        if came := behind(error):
            raise came from None
        raise


def _misused(error: click.UsageError) -> int:
    """Tell what was wrong with the command line. The values of unknown options are not in the message."""
    if isinstance(error, click.NoSuchOption):
        near = _near(error.option_name, error.possibilities or ())
        error = click.NoSuchOption(error.option_name, error.message, near, error.ctx)
    path = error.ctx.command_path if error.ctx else NAME
    tell(f"{path}: {BY_EXIT[Exit.USAGE]}: {bare(error.format_message())}")
    tell(f"'{path} --help' shows what there is.")
    return Exit.USAGE


def _near(option: str, guesses: Sequence[str]) -> list[str]:
    """Return the guesses that begin as the option does, or are nearly it: one that is not may do harm."""
    from runner.wording import nearest

    meant = nearest(option, guesses)
    return [one for one in guesses if one == meant or one.startswith(option)]
