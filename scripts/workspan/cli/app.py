# SPDX-License-Identifier: Apache-2.0
"""The command `workspan`: its sub-commands, and how mistakes are told."""

import difflib
import functools
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click
import typer

import workspan
from workspan.cli.ab import ab
from workspan.cli.compare import compare
from workspan.cli.doctor import doctor
from workspan.cli.export import export
from workspan.cli.gpu import gpu
from workspan.cli.info import info
from workspan.cli.list_runs import list_runs
from workspan.cli.merge import merge
from workspan.cli.run import run
from workspan.cli.validate import validate
from workspan.support.errors import Exit, StoppedError, WorkspanError
from workspan.support.text import plain

EXIT_CODES = (
    "Exit codes: 0 all good; 1 a case failed or a regression was found; 2 usage, or input that cannot be read; "
    "3 nothing matched, or no compared case could be told; 130 interrupted."
)

app = typer.Typer(
    name="workspan",
    help="Runs, judges and compares the measurements of the Workspan benchmark suite.",
    epilog=EXIT_CODES,
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"workspan {workspan.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    pass


def _telling(command: Callable[..., int]) -> Callable[..., int]:
    """The same, but Ctrl-C in it is said: typer ends silently."""

    @functools.wraps(command)
    def told(*arguments: Any, **options: Any) -> int:
        try:
            return command(*arguments, **options)
        except KeyboardInterrupt:
            raise StoppedError("interrupted") from None

    return told


for _function, _name in (
    (run, "run"),
    (doctor, "doctor"),
    (ab, "ab"),
    (compare, "compare"),
    (validate, "validate"),
    (merge, "merge"),
    (list_runs, "list"),
    (info, "info"),
    (gpu, "gpu"),
    (export, "export"),
):
    app.command(_name, epilog=EXIT_CODES)(_telling(_function))


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def _usage_line(error: click.UsageError) -> str:
    """One line for a wrong option, argument or command, with the nearest right one."""
    command = error.ctx.command_path if error.ctx else "workspan"
    if isinstance(error, click.NoSuchOption):
        known = [name for p in error.ctx.command.params for name in p.opts] if error.ctx else []
        near = _nearest(error.option_name, known)
        return f"{command}: there is no option '{error.option_name}'{near or f'; {command} --help lists them'}"
    if (
        error.ctx
        and isinstance(error.ctx.command, click.Group)
        and error.ctx.args == []
        and "No such command" in error.message
    ):
        word = error.message.split("'")[1] if "'" in error.message else ""
        near = _nearest(word, list(error.ctx.command.commands))
        return f"{command}: there is no command '{word}'{near or '; workspan --help lists them'}"
    if (
        isinstance(error, click.BadParameter)
        and error.param
        and isinstance(error.param.type, click.Choice)
    ):
        given, known = (
            error.message.split("'")[1],
            [str(choice) for choice in error.param.type.choices],
        )
        return f"{command}: {error.param.opts[0]}: there is no '{given}'{_nearest(given, known) or '; choose ' + ', '.join(known)}"
    if error.message == "Missing command.":
        return f"{command}: which command? {command} --help lists them"
    return f"{command}: {error.format_message()}"


def _say(line: str) -> None:
    sys.stderr.write(plain(line) + "\n")


def invoke(arguments: Sequence[str]) -> int:
    """Runs one command line; gives the exit code. Mistakes are one line on stderr."""
    try:
        code = app(args=list(arguments), prog_name="workspan", standalone_mode=False)
        return int(code or 0)
    except click.UsageError as e:
        _say(_usage_line(e))
    except WorkspanError as e:
        _say(f"workspan: {e}")
        return int(e.code)
    except (KeyboardInterrupt, click.Abort):
        _say("workspan: interrupted")
        return int(Exit.INTERRUPTED)
    except OSError as e:
        _say(f"workspan: {e.filename or 'cannot write to stdout'}: {e.strerror or e}")
    return int(Exit.USAGE)


def main() -> None:
    """What the entry point calls, with the streams in order."""
    code = invoke(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError as e:
        if code != Exit.USAGE:
            _say(f"workspan: cannot write to stdout: {e.strerror}")
        sys.stderr.flush()
        os._exit(int(Exit.USAGE))  # what is still in the buffer cannot be written either
    sys.exit(code)
