# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from workspan.cli.arguments import A_BINARY, A_FILE, A_RESULT, COMPARISON_FORMATS, Format, choice_of
from workspan.support.presets import MEMORY_SHARE

Workload = Annotated[
    str | None, typer.Option(metavar="LIST", help="Only these workloads: gemm,triad.")
]
Variant = Annotated[str | None, typer.Option(metavar="LIST", help="Only these variants: seq,omp.")]
Threads = Annotated[
    str | None,
    typer.Option(metavar="LIST", help="Thread counts of the parallel variants: 1,2,4,all."),
]
Sizes = Annotated[str | None, typer.Option(metavar="LIST", help="Only these sizes: 2^20,2^24.")]
Timeout = Annotated[str | None, typer.Option(metavar="TIME", help="Time limit per process.")]
MemoryLimit = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help=f"Memory limit per process: 8GB. Default: {MEMORY_SHARE * 100:g} % of what is left.",
    ),
]
Cpus = Annotated[
    str | None,
    typer.Option(metavar="LIST", help="CPUs to run on: 0-3,6. Default: all usable ones."),
]
Bench = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        click_type=A_BINARY,
        help="The binary. Default: $WORKSPAN_BENCH, else build/release/bench here or above.",
    ),
]
ComparisonFormat = Annotated[
    Format,
    typer.Option(
        "--format",
        metavar="FORMAT",
        click_type=choice_of(COMPARISON_FORMATS),
        help="Output format: table, markdown, json, csv, junit.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", click_type=A_FILE, help="Write to this file instead of the terminal."
    ),
]
AnyResult = Annotated[
    Path,
    typer.Argument(
        click_type=A_RESULT,
        help="A result file, a run, or Google Benchmark JSON of another program.",
    ),
]
