# SPDX-License-Identifier: Apache-2.0
"""workspan run: measures, keeps what was measured, and shows it."""

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workspan.cli.arguments import parse_bytes, parse_seconds
from workspan.support.errors import UsageError
from workspan.support.text import plain

if TYPE_CHECKING:
    from workspan.running.session import RunOutcome


class Preset(str, Enum):
    """How much is measured."""

    SMOKE = "smoke"
    QUICK = "quick"
    GATE = "gate"
    FULL = "full"


def run(
    preset: Annotated[
        Preset | None,
        typer.Option(
            help="smoke (under 1 min), quick (under 5 min; the default), gate (10 invocations, for compare), full."
        ),
    ] = None,
    workload: Annotated[str | None, typer.Option(help="Only these workloads: gemm,triad.")] = None,
    variant: Annotated[str | None, typer.Option(help="Only these variants: seq,omp.")] = None,
    threads: Annotated[
        str | None, typer.Option(help="Thread counts of the parallel variants: 1,2,4,all.")
    ] = None,
    sizes: Annotated[str | None, typer.Option(help="Only these sizes: 2^20,2^24.")] = None,
    invocations: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="Processes per workload.")
    ] = None,
    time_budget: Annotated[
        str | None, typer.Option(help="Time for all measuring: 90s, 10m, 2h.")
    ] = None,
    timeout: Annotated[str | None, typer.Option(help="Longest time of one process.")] = None,
    memory_limit: Annotated[
        str | None,
        typer.Option(help="Most memory of one process: 8GB. Default: 90 % of what is left."),
    ] = None,
    cpus: Annotated[
        str | None, typer.Option(help="CPUs to run on: 0-3,6. Default: all that may be used.")
    ] = None,
    device: Annotated[
        int | None,
        typer.Option(min=0, max=1023, help="The GPU for CUDA variants; bench --info lists them."),
    ] = None,
    cold: Annotated[
        bool,
        typer.Option("--cold", help="Only kernels on a GPU, its L2 overwritten before each run."),
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**63 - 1, help="Of the inputs and of the order. Default: 1."),
    ] = None,
    bench: Annotated[
        Path | None,
        typer.Option(
            help="The binary. Default: $WORKSPAN_BENCH, else build/release/bench here or above."
        ),
    ] = None,
    results: Annotated[Path, typer.Option(help="Where the run's folder goes.")] = Path(
        "results/local"
    ),
    out: Annotated[
        Path | None, typer.Option(help="Write the merged result to this file too.")
    ] = None,
    resume: Annotated[
        str | None, typer.Option(help="Go on with this run: its folder, or its name in --results.")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Tell the cases, their memory and the time; measure nothing."
        ),
    ] = False,
) -> int:
    """Measures all workloads, each in processes of its own, and writes one result file."""
    from workspan.machine.pinning import choose_cpus
    from workspan.running import session
    from workspan.running.manifest import words

    given = _given(
        preset=preset.value if preset else None,
        workload=None if workload is None else words(workload, "--workload"),
        variant=None if variant is None else words(variant, "--variant"),
        threads=None if threads is None else words(threads, "--threads"),
        sizes=None if sizes is None else words(sizes, "--sizes"),
        invocations=invocations,
        time_budget=None if time_budget is None else parse_seconds(time_budget, "--time-budget"),
        timeout=None if timeout is None else parse_seconds(timeout, "--timeout"),
        memory_limit=None if memory_limit is None else parse_bytes(memory_limit, "--memory-limit"),
        cpus=None if cpus is None else choose_cpus(cpus),
        device=device,
        cold=cold or None,
        seed=seed,
    )
    arguments = ["workspan", *sys.argv[1:]]
    command = session.RunCommand(given, bench, results, out, resume, dry_run, arguments)
    return _show(session.run_session(command))


def _show(outcome: "RunOutcome") -> int:
    """Prints it. Raises UsageError if the result was measured but could not be written."""
    from rich.console import Console

    from workspan.report.run_info import heading
    from workspan.report.run_table import print_result

    print(outcome.estimate, end="")
    if outcome.result:
        console = Console(highlight=False, markup=False, emoji=False)
        console.print(heading(outcome.result), soft_wrap=True)
        print_result(outcome.result, console)
    if outcome.write_error:
        raise UsageError(outcome.write_error)
    print("".join(f"Result: {file}\n" for file in outcome.files), end="")
    if outcome.interrupted:
        print(plain(f"workspan: {outcome.interrupted}"), file=sys.stderr)
    return int(outcome.code)


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
