# SPDX-License-Identifier: Apache-2.0
"""workspan ab: detects slowdowns caused by a change, even on a drifting machine."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspan.cli import options
from workspan.cli.arguments import (
    A_BINARY,
    A_FOLDER,
    Format,
    choice_of,
    parse_cases,
    parse_filter,
    parse_limits,
    parse_optional,
    parse_seconds,
    parse_thresholds,
)
from workspan.compare.thresholds import CHANGE, format_percent
from workspan.support.errors import Exit, NothingError
from workspan.support.presets import Preset
from workspan.support.text import plain

if TYPE_CHECKING:
    from workspan.compare.verdict import Thresholds
    from workspan.running.ab.order import SideName
    from workspan.running.ab.result import AbResult

_SIZES: tuple[Preset, ...] = ("smoke", "quick")

OldBinary = Annotated[
    Path,
    typer.Argument(metavar="OLD_BINARY", click_type=A_BINARY, help="The binary before the change."),
]
NewBinary = Annotated[
    Path | None,
    typer.Argument(
        metavar="[NEW_BINARY]",
        click_type=A_BINARY,
        help="The binary after the change. Default: OLD_BINARY.",
    ),
]
EnvironmentA = Annotated[
    list[str] | None,
    typer.Option(
        "--env-a", metavar="NAME=VALUE", help="Environment variable of OLD only; may be repeated."
    ),
]
EnvironmentB = Annotated[
    list[str] | None,
    typer.Option(
        "--env-b", metavar="NAME=VALUE", help="Environment variable of NEW only; may be repeated."
    ),
]
Pairs = Annotated[int, typer.Option(min=1, max=10_000, help="Pairs of invocations per workload.")]
SizePreset = Annotated[
    Preset,
    typer.Option(click_type=choice_of(_SIZES), help="Problem sizes."),
]
Budget = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Measuring time per invocation. Default: 3s."),
]
TimeBudget = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="Total time limit, after which no new pair starts: 90s, 10m."
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed for inputs and run order.")]
Threshold = Annotated[
    str,
    typer.Option(
        metavar="SHARE",
        help=f"Smallest change, as estimated, that counts. Default: {format_percent(CHANGE)}.",
    ),
]
FailOn = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="Verdicts for exit code 1: slower, broken, faster, inconclusive (NONE included), "
        "missing; or none.",
    ),
]
Filter = Annotated[
    str, typer.Option("--filter", metavar="REGEX", help="Only cases whose name matches.")
]
Results = Annotated[
    Path,
    typer.Option(
        metavar="FOLDER", click_type=A_FOLDER, help="Folder for the results of both sides."
    ),
]


def ab(
    old: OldBinary,
    new: NewBinary = None,
    env_a: EnvironmentA = None,
    env_b: EnvironmentB = None,
    pairs: Pairs = 10,
    preset: SizePreset = "smoke",
    workload: options.Workload = None,
    variant: options.Variant = None,
    threads: options.Threads = None,
    sizes: options.Sizes = None,
    budget: Budget = None,
    time_budget: TimeBudget = None,
    timeout: options.Timeout = None,
    memory_limit: options.MemoryLimit = None,
    cpus: options.Cpus = None,
    seed: Seed = 1,
    threshold: Threshold = "",
    fail_on: FailOn = "slower,broken",
    filter_: Filter = "",
    form: options.ComparisonFormat = Format.TABLE,
    output: options.Output = None,
    results: Results = Path("results/local"),
) -> int:
    """Measure two builds, or two environments, in interleaved pairs, and compare them.

    Recommended for a machine that drifts: drift affects both sides of a pair alike.
    """
    from workspan.running.ab.session import AbCommand, measure
    from workspan.running.manifest import Options

    thresholds, chosen = parse_thresholds(threshold, fail_on), parse_filter(filter_)
    environments = _parse_environments(env_a or [], env_b or [])
    cases = parse_cases(workload, variant, threads, sizes) | {"preset": preset}
    limits = parse_limits(time_budget, timeout, memory_limit, cpus)
    given = Options(invocations=pairs, seed=seed, **cases, **limits)
    seconds = parse_optional(parse_seconds, budget, "--budget")
    command = ["workspan", *sys.argv[1:]]
    order = AbCommand(old, new, environments, given, pairs, seconds, results, output, command)
    return _show_result(measure(order), thresholds, chosen, form, output)


def _parse_environments(old: list[str], new: list[str]) -> "dict[SideName, dict[str, str]]":
    from workspan.running.ab.sides import parse_environment

    return {"a": parse_environment(old, "--env-a"), "b": parse_environment(new, "--env-b")}


def _show_result(
    result: "AbResult",
    thresholds: "Thresholds",
    chosen: Callable[[str], bool],
    form: Format,
    output: Path | None,
) -> int:
    """Shows the report. Returns the exit code of compare, or 130 after an interruption."""
    from workspan.compare.ab_pairs import AbFiles, compare_ab
    from workspan.compare.cases import exit_code
    from workspan.report.comparison.comparison import show

    files = AbFiles(result.old, result.new, result.labels, result.why_short)
    report = compare_ab(files, thresholds, chosen)
    if not report.rows:
        raise NothingError(f"no case to compare; the measurements are in {result.folder}")
    show(report, form.value, thresholds, output)
    print(plain(f"workspan: both results are in {result.folder}"), file=sys.stderr)
    return int(Exit.INTERRUPTED if result.interrupted else exit_code(report, thresholds))
