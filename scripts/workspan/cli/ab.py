# SPDX-License-Identifier: Apache-2.0
"""workspan ab: whether a change made something slower, on a machine that drifts."""

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from workspan.cli.arguments import parse_bytes, parse_seconds
from workspan.cli.compare import filter_of, rules_of


class Preset(str, Enum):
    """Which sizes."""

    SMOKE = "smoke"
    QUICK = "quick"


class Format(str, Enum):
    """How the comparison is shown."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"
    JUNIT = "junit"


def ab(
    old: Annotated[
        Path, typer.Argument(metavar="OLD_BINARY", help="The binary before the change.")
    ],
    new: Annotated[
        Path | None,
        typer.Argument(metavar="[NEW_BINARY]", help="The one after it; OLD_BINARY if left out."),
    ] = None,
    env_a: Annotated[
        list[str] | None,
        typer.Option("--env-a", metavar="NAME=VALUE", help="Set for OLD only; again for more."),
    ] = None,
    env_b: Annotated[
        list[str] | None, typer.Option("--env-b", metavar="NAME=VALUE", help="Set for NEW only.")
    ] = None,
    pairs: Annotated[
        int, typer.Option(min=1, max=10_000, help="Pairs of invocations of each workload.")
    ] = 10,
    preset: Annotated[Preset, typer.Option(help="Which sizes.")] = Preset.SMOKE,
    workload: Annotated[
        str | None, typer.Option(metavar="LIST", help="Only these workloads: gemm,triad.")
    ] = None,
    variant: Annotated[
        str | None, typer.Option(metavar="LIST", help="Only these variants: seq,omp.")
    ] = None,
    threads: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Thread counts of the parallel variants: 1,2,4,all."),
    ] = None,
    sizes: Annotated[
        str | None, typer.Option(metavar="LIST", help="Only these sizes: 2^20,2^24.")
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Measuring time of one invocation. Default: 3s."),
    ] = None,
    time_budget: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Time for everything: 90s, 10m. Fewer pairs where it ends."
        ),
    ] = None,
    timeout: Annotated[
        str | None, typer.Option(metavar="TIME", help="Longest time of one process.")
    ] = None,
    memory_limit: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Most memory of one process: 8GB.")
    ] = None,
    cpus: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="CPUs to run on: 0-3,6. Default: all that may be used."),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**63 - 1, help="Of the inputs and of the order.")
    ] = 1,
    threshold: Annotated[
        str, typer.Option(metavar="SHARE", help="From when a difference matters: 3% or 0.03.")
    ] = "3%",
    fail_on: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="Verdicts for exit code 1: slower, broken, faster, inconclusive, missing; or none.",
        ),
    ] = "slower,broken",
    filter_: Annotated[
        str,
        typer.Option(
            "--filter", metavar="REGEX", help="Compare only cases whose name it is found in."
        ),
    ] = "",
    form: Annotated[
        Format, typer.Option("--format", help="How to show the comparison.")
    ] = Format.TABLE,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it, instead of to the terminal."),
    ] = None,
    results: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the results of both are kept.")
    ] = Path("results/local"),
) -> int:
    """Measure two builds, or two environments, in turn, and compare them as pairs: for changes on a machine that drifts."""
    from workspan.machine.pinning import choose_cpus
    from workspan.running.ab import session as ab_session
    from workspan.running.ab import sides as ab_sides
    from workspan.running.manifest import Options, words

    rules, chosen = rules_of(threshold, fail_on), filter_of(filter_)
    order = ab_session.AbCommand(
        old=old,
        new=new,
        environments={
            "a": ab_sides.parse_environment(env_a or [], "--env-a"),
            "b": ab_sides.parse_environment(env_b or [], "--env-b"),
        },
        options=Options(
            preset="smoke" if preset is Preset.SMOKE else "quick",
            workload=words(workload, "--workload") if workload is not None else (),
            variant=words(variant, "--variant") if variant is not None else (),
            threads=words(threads, "--threads") if threads is not None else (),
            sizes=words(sizes, "--sizes") if sizes is not None else (),
            invocations=pairs,
            time_budget=parse_seconds(time_budget, "--time-budget")
            if time_budget is not None
            else None,
            timeout=parse_seconds(timeout, "--timeout") if timeout is not None else None,
            memory_limit=parse_bytes(memory_limit, "--memory-limit")
            if memory_limit is not None
            else None,
            cpus=() if cpus is None else tuple(choose_cpus(cpus)),
            seed=seed,
        ),
        pairs=pairs,
        budget=parse_seconds(budget, "--budget") if budget is not None else None,
        results=results,
        output=output,
        arguments=["workspan", *sys.argv[1:]],
    )
    result = ab_session.measure(order)
    from workspan.compare.ab_pairs import show_result

    return show_result(result, rules, chosen, form.value, output)
