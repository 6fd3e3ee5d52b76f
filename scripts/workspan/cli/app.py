# SPDX-License-Identifier: Apache-2.0
"""The command `workspan`: its sub-commands, and its error messages."""

import atexit
import functools
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import click
import typer

import workspan
from workspan.cli.ab import ab
from workspan.cli.analyze import analyze
from workspan.cli.compare import compare
from workspan.cli.concurrency import concurrency
from workspan.cli.doctor import doctor
from workspan.cli.export import export
from workspan.cli.gpu import gpu
from workspan.cli.info import info
from workspan.cli.list_runs import list_runs
from workspan.cli.merge import merge
from workspan.cli.mistakes import usage_line
from workspan.cli.plot import plot
from workspan.cli.report import report
from workspan.cli.run import run
from workspan.cli.validate import validate
from workspan.support.errors import Exit, StoppedError, WorkspanError
from workspan.support.text import plain

EXIT_CODES = (
    "Exit codes: 0 all good; 1 a case failed, a regression was found, or an internal error; "
    "2 usage, or a file that cannot be read or written; 3 nothing matched, nothing could be "
    "measured, or no comparison was conclusive; 130 interrupted."
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


def _print_version(is_set: bool) -> None:
    if is_set:
        typer.echo(f"workspan {workspan.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False,
        "--version",
        callback=_print_version,
        is_eager=True,
        help="Print the version and exit.",
    ),
) -> None:
    pass


def _report_interrupt(command: Callable[..., int]) -> Callable[..., int]:
    """The same command, but Ctrl-C ends it with a message; typer's own end is silent."""

    @functools.wraps(command)
    def run_command(*arguments: Any, **options: Any) -> int:
        try:
            return command(*arguments, **options)
        except KeyboardInterrupt:
            raise StoppedError("interrupted") from None

    return run_command


for _function, _name in (
    (run, "run"),
    (doctor, "doctor"),
    (ab, "ab"),
    (compare, "compare"),
    (validate, "validate"),
    (merge, "merge"),
    (list_runs, "list"),
    (info, "info"),
    (analyze, "analyze"),
    (gpu, "gpu"),
    (concurrency, "concurrency"),
    (export, "export"),
    (plot, "plot"),
    (report, "report"),
):
    app.command(_name, epilog=EXIT_CODES)(_report_interrupt(_function))


def _print_error(line: str) -> None:
    sys.stderr.write(plain(line) + "\n")


def invoke(arguments: Sequence[str]) -> int:
    """Runs one command line; returns the exit code. Errors are one line on stderr."""
    try:
        code = app(args=list(arguments), prog_name="workspan", standalone_mode=False)
        return int(code or 0)
    except click.UsageError as e:
        _print_error(usage_line(e, typer.main.get_group(app), arguments))
    except WorkspanError as e:
        _print_error(f"workspan: {e}")
        return int(e.code)
    except (KeyboardInterrupt, click.Abort):
        _print_error("workspan: interrupted")
        return int(Exit.INTERRUPTED)
    except OSError as e:
        _print_error(f"workspan: {e.filename or 'cannot write to stdout'}: {e.strerror or e}")
    return int(Exit.USAGE)


def main() -> None:
    """Runs the command line of this process and exits; the streams are set up already."""
    code = invoke(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError as e:
        if code != Exit.USAGE:
            _print_error(f"workspan: cannot write to stdout: {e.strerror}")
        sys.stderr.flush()
        os._exit(int(Exit.USAGE))  # the rest of the buffer cannot be written either
    _end(code)


def _end(code: int) -> NoReturn:
    """Ends the process without freeing its values one by one, which after a large file takes
    seconds: the system takes the memory back at once.
    """
    atexit._run_exitfuncs()
    sys.stderr.flush()
    os._exit(code)
