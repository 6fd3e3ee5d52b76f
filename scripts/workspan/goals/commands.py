# SPDX-License-Identifier: Apache-2.0
"""scripts/measuring-goals: measures whether the suite keeps what it promises about its numbers.

Each command measures what it needs, or judges the runs that it is given.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from workspan.goals import beside_neighbour, idle, large, repeated, single
from workspan.goals.goal import Goal, report
from workspan.goals.measuring import Measured, Place, measure, neighbour
from workspan.resultfile.find import result_file
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result
from workspan.support.errors import Exit, NothingError, UsageError, WorkspanError

MOST_TRIES: Final = 6
QUICK: Final = ("--preset", "quick")
EQUAL: Final = (  # with arrays in a core's cache
    *("--workload", "copy,reduce,scan,fma,fft"),
    *("--sizes", "2^14", "--invocations", "5"),
)
EQUAL_RUNS: Final = 6

Command = Callable[[Place, Sequence[Measured]], list[Goal]]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 if every goal is met, 1 if one is missed, 3 if there is nothing to judge."""
    given = _parser().parse_args(arguments)
    try:
        runs = [_read(path) for path in given.runs]
        goals: list[Goal] = COMMANDS[given.command](Place(given.bench, given.results), runs)
    except WorkspanError as error:
        print(f"measuring-goals: {error}", file=sys.stderr)
        return int(error.code)
    print(report(goals), end="")
    if any(goal.met is False for goal in goals):
        return int(Exit.FAILED)
    return int(Exit.NOTHING if any(goal.met is None for goal in goals) else Exit.GOOD)


def _parser() -> argparse.ArgumentParser:
    lines = [f"  {name:<10} {command.__doc__}" for name, command in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        "scripts/measuring-goals",
        description=__doc__,
        epilog="\n".join(["commands:", *lines]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="judge these instead")
    parser.add_argument("--bench", type=Path, metavar="FILE", help="default: build/release/bench")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        default=Path("results/local"),
        help="parent of the runs' folders; default: results/local",
    )
    return parser


def _read(path: Path) -> Measured:
    file = result_file(path)
    return Measured(read_result(file), None, file.parent)


def repeat(place: Place, runs: Sequence[Measured]) -> list[Goal]:
    """two idle quick runs, of at most six: code, times and shares agree"""
    files = _idle_runs(place, runs, 2)
    return [repeated.code_agrees(*files), repeated.times_and_shares_agree(*files)]


def single_run(place: Place, runs: Sequence[Measured]) -> list[Goal]:
    """an idle quick run: intervals, the filter's effect, the timed share"""
    measured = list(runs) or [_idle_run(place)]
    return [
        goal
        for one in measured
        for goal in (
            single.intervals_are_narrow(one.file),
            single.filter_selects_nothing(one.file),
            single.most_of_the_time_is_timed(one.file, one.seconds),
        )
    ]


def equal(place: Place, runs: Sequence[Measured]) -> list[Goal]:
    """six runs of five workloads in cache: all 15 pairs compared"""
    files = [run.file for run in runs or [measure(place, EQUAL) for _ in range(EQUAL_RUNS)]]
    for number, file in enumerate(files, 1):
        _say(number, file)
    return [repeated.equal_runs_raise_no_alarm(files)]


def beside(place: Place, runs: Sequence[Measured]) -> list[Goal]:
    """speedups quiet, and beside neighbours of 25 and 50 %; runs: four of each, in this order"""
    count = len(beside_neighbour.WORKLOADS)
    files = [run.file for run in runs]
    if runs and len(runs) != count * (1 + len(beside_neighbour.SHARES)):
        raise UsageError(f"neighbour judges {count * 3} runs: quiet, beside 25 %, beside 50 %")
    if not runs:
        files = _short_runs(place)
        for share in beside_neighbour.SHARES:
            with neighbour(share):
                files += _short_runs(place)
    quiet = files[:count]
    return [
        beside_neighbour.speedups_stay(quiet, files[k * count : (k + 1) * count], share)
        for k, share in enumerate(beside_neighbour.SHARES, 1)
    ]


def large_file(place: Place, runs: Sequence[Measured]) -> list[Goal]:
    """a made-up file of 100 000 rows: time and memory of analyze and of report"""
    if runs:
        raise UsageError("large makes its own file; it judges no runs")
    place.results.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=place.results) as folder:
        file, page = large.make_large(Path(folder)), Path(folder) / "page.html"
        analysis = large.spent(["analyze", str(file)])
        shown = large.spent(["report", str(file), "-o", str(page)])
        size = page.stat().st_size
    return [large.is_analysed_soon(analysis), large.is_shown_soon(analysis, shown, size)]


COMMANDS: Final[dict[str, Command]] = {
    "repeat": repeat,
    "single": single_run,
    "equal": equal,
    "neighbour": beside,
    "large": large_file,
}


def _short_runs(place: Place) -> list[ResultFile]:
    return [
        measure(place, ["--workload", name, "--sizes", size, "--threads", "1,2"]).file
        for name, size in beside_neighbour.WORKLOADS.items()
    ]


def _idle_run(place: Place) -> Measured:
    """The first idle one. Raises NothingError."""
    for number in range(1, MOST_TRIES + 1):
        run = measure(place, QUICK)
        if _say(number, run.file):
            return run
    raise NothingError(f"none of {MOST_TRIES} runs was idle")


def _idle_runs(place: Place, runs: Sequence[Measured], count: int) -> list[ResultFile]:
    """The first idle ones of those given, or of at most MOST_TRIES. Raises NothingError."""
    found: list[ResultFile] = []
    for number in range(1, (len(runs) or MOST_TRIES) + 1):
        file = runs[number - 1].file if runs else measure(place, QUICK).file
        found += [file] if _say(number, file) else []
        if len(found) == count:
            return found
    raise NothingError(f"{len(found)} of {number} runs idle; {count} are needed")


def _say(number: int, file: ResultFile) -> bool:
    """Reports a try; whether the machine was idle."""
    found = idle.idleness(file)
    print(f"run {number}, {file.workspan.run.started}: {found}", file=sys.stderr)
    return found.idle
