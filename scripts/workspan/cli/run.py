# SPDX-License-Identifier: Apache-2.0
"""workspan run: measures, saves the measurements, and shows the result."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspan.cli import options
from workspan.cli.arguments import A_FILE, A_FOLDER, choice_of, parse_cases, parse_limits
from workspan.support.errors import Exit, UsageError, warn
from workspan.support.presets import PRESETS, Preset
from workspan.support.text import plain

if TYPE_CHECKING:
    from workspan.running.session import RunOutcome

HowMuch = Annotated[
    Preset | None,
    typer.Option(
        click_type=choice_of(PRESETS),
        help="smoke (under 1 min), quick (about 5 min; the default), gate (10 invocations, for "
        "compare), full, concurrency (execution models, about 4 min), scaling (quick's sizes on "
        "1, 2, 3, 4, 6, 8, ... and all threads).",
    ),
]
Invocations = Annotated[int | None, typer.Option(min=1, max=10_000, help="Processes per workload.")]
TimeBudget = Annotated[
    str | None, typer.Option(metavar="TIME", help="Time limit of all measurements: 90s, 10m, 2h.")
]
Device = Annotated[
    int | None,
    typer.Option(min=0, max=1023, help="The GPU for CUDA variants; bench --info lists them."),
]
Cold = Annotated[
    bool,
    typer.Option("--cold", help="Only GPU kernels, with a cold L2: overwritten before each run."),
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=2**63 - 1, help="Seed for inputs and run order. Default: 1."),
]
Results = Annotated[
    Path,
    typer.Option(metavar="FOLDER", click_type=A_FOLDER, help="Parent folder of the run's folder."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", click_type=A_FILE, help="Also write the merged result to this file."
    ),
]
BreakEven = Annotated[
    bool,
    typer.Option(
        "--break-even",
        help="Then measure sizes between those of the preset, until it is known within a factor "
        "of 2 from which size on the GPU is faster. With --resume also for a finished run.",
    ),
]
Weak = Annotated[
    bool,
    typer.Option(
        "--weak",
        help="Weak scaling: for each number of threads a size at which a thread has the work of "
        "one at --sizes. Default preset: scaling.",
    ),
]
Report = Annotated[bool, typer.Option("--report", help="Also write report.html beside the result.")]
Resume = Annotated[
    str | None,
    typer.Option(metavar="RUN", help="Continue this run: its folder, or its name in --results."),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Show a line per workload with memory, and the time estimate; measure nothing.",
    ),
]
CheckOptions = Annotated[
    bool,
    typer.Option("--check-options", hidden=True, help="Refuse a mistake in the options, or end."),
]


def run(
    preset: HowMuch = None,
    workload: options.Workload = None,
    variant: options.Variant = None,
    threads: options.Threads = None,
    sizes: options.Sizes = None,
    invocations: Invocations = None,
    time_budget: TimeBudget = None,
    timeout: options.Timeout = None,
    memory_limit: options.MemoryLimit = None,
    cpus: options.Cpus = None,
    device: Device = None,
    cold: Cold = False,
    break_even: BreakEven = False,
    weak: Weak = False,
    seed: Seed = None,
    bench: options.Bench = None,
    results: Results = Path("results/local"),
    out: Out = None,
    report: Report = False,
    resume: Resume = None,
    dry_run: DryRun = False,
    check_options: CheckOptions = False,
) -> int:
    """Measure all workloads, each in its own processes, and write one result file."""
    from workspan.running import session

    given = parse_cases(workload, variant, threads, sizes)
    given |= parse_limits(time_budget, timeout, memory_limit, cpus)
    others = {"preset": preset, "invocations": invocations, "device": device, "seed": seed}
    given |= {name: value for name, value in others.items() if value is not None}
    flags = {"cold": cold, "break_even": break_even, "weak": weak}
    given |= {name: True for name, value in flags.items() if value}
    words = ["workspan", *sys.argv[1:]]
    if check_options:  # before scripts/bench builds
        return int(Exit.GOOD)
    command = session.RunCommand(given, bench, results, out, resume, dry_run, words)
    return _report(session.run_session(command), report)


def _report(outcome: "RunOutcome", with_page: bool) -> int:
    """Prints the outcome, and writes its page beside the result."""
    code = _show(outcome)
    if with_page and outcome.files:
        from workspan.page.page import write_page
        from workspan.page.sources import read_source
        from workspan.support.collector import collector_at_rest

        page = outcome.files[0].with_name("report.html")
        with collector_at_rest():
            write_page([read_source(outcome.files[0])], page)
        print(plain(f"Report: {page}"))
    return code


def _show(outcome: "RunOutcome") -> int:
    """Prints the outcome. Raises UsageError if the result could not be written."""
    from rich.console import Console

    from workspan.report.answer import narrowing_sentences
    from workspan.report.answer.answer import print_answer
    from workspan.report.run_info import heading

    print(outcome.estimate, end="")
    if outcome.result:
        console = Console(highlight=False, markup=False, emoji=False)
        console.print(heading(outcome.result), soft_wrap=True)
        print_answer(outcome.result, [str(file) for file in outcome.files], console)
    if outcome.write_error:
        raise UsageError(outcome.write_error)
    print("".join(f"Result: {file}\n" for file in outcome.files), end="")
    for line in (*map(narrowing_sentences.sentence, outcome.wide), outcome.remark):
        if line:
            warn(line)
    if outcome.interrupted:
        warn(outcome.interrupted)
    return int(outcome.code)
