# SPDX-License-Identifier: Apache-2.0
"""One table of what a GPU does: each CUDA variant against the ceiling, the library, all cores, and from which size the transfers pay."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.errors import InputError
from workspan.result import Case, Ratio, ResultFile, Status
from workspan.table import power, wide
from workspan.text import number, seconds

LEGEND = """\
At the largest size that was measured. verified: tests of the variant at all awkward sizes, and every sample here. kernel: data resident.
of ceiling: rate / the measured ceiling's on this GPU. of library: T_library / T, the fastest library variant here. vs all cores:
T_omp,best / T. e2e: with both transfers. break-even: the size from which on e2e is faster than all cores. "-": not measured, or none."""


def is_ours(case: Case) -> bool:
    """A kernel of the suite, not a library's."""
    return case.scope == "kernel" and case.variant in ("cuda", "cuda_naive")


def verdicts_of_tests(report: bytes, name: str) -> dict[str, str]:
    """GoogleTest's JSON report: of each workload/variant `ok`, `skipped` or `FAILED`. Raises InputError where it is none."""
    found: dict[str, str] = {}
    try:
        suites: list[dict[str, Any]] = json.loads(report)["testsuites"]
        tests = [test for suite in suites for test in suite["testsuite"] if suite["name"].startswith("Device/")]
        for test in tests:
            workload, variant = test["name"].split("/")[-1].split("_", 1)
            verdict = "FAILED" if test.get("failures") else "skipped" if test["result"] == "SKIPPED" else "ok"
            known = found.setdefault(f"{workload}/{variant}", verdict)
            found[f"{workload}/{variant}"] = max(known, verdict, key=("skipped", "ok", "FAILED").index)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(name, "", "is no JSON report of GoogleTest; scripts/gpu-check verify writes one") from None
    return found


def verdict_of_sanitizer(text: str) -> str:
    """`clean` where all tools are, else what they say."""
    said = dict(re.findall(r"^(\w+): (.*)$", text, re.M))
    if not said:
        return "not run"
    bad = [f"{tool} {verdict}" for tool, verdict in said.items() if verdict != "clean"]
    return "; ".join(bad) or f"clean ({len(said)} tools)"


def _best(cases: Iterable[Case]) -> Case | None:
    return min((c for c in cases if c.status is Status.OK and c.time), key=lambda c: c.time or 0, default=None)


def _keys(case: Case) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(case.keys.items()))


def break_even(cases: Sequence[Case], of: Case) -> int | None:
    """The smallest size from which on cuda_e2e was faster than the best time of omp, in all sizes that have both; None: there is none."""
    same = [c for c in cases if (c.workload, _keys(c)) == (of.workload, _keys(of))]
    pays: dict[int, bool] = {}
    for n in sorted({c.n for c in same}):
        omp, e2e = (_best(c for c in same if c.n == n and c.variant == variant) for variant in ("omp", "cuda_e2e"))
        if omp and e2e:
            pays[n] = bool(e2e.time and omp.time and e2e.time < omp.time)
    first = None
    for n, does in pays.items():
        first = (first or n) if does else None
    return first


def _over(other: Case | None, case: Case) -> str:
    return number(other.time / case.time) if other and other.time and case.time else "-"


def _ratio(of: Ratio | str | None) -> str:
    return number(of.ratio) if isinstance(of, Ratio) else "-"


def _row(case: Case, cases: Sequence[Case], tests: dict[str, str]) -> list[str]:
    same = [c for c in cases if (c.workload, c.n, _keys(c)) == (case.workload, case.n, _keys(case))]
    library = _best(c for c in same if c.scope == "kernel" and not is_ours(c))
    e2e = _best(c for c in same if c.variant == "cuda_e2e") if case.variant == "cuda" else None
    even = break_even(cases, case) if case.variant == "cuda" else None
    comparison = case.comparison
    keys = "".join(f" {value}" for value in case.keys.values())
    return [
        f"{case.workload}/{case.variant}{keys}",
        power(case.n),
        tests.get(f"{case.workload}/{case.variant}", "-") if case.status is Status.OK else case.status.value.upper(),
        seconds(case.time) if case.time else "-",
        _ratio(comparison.of_ceiling if comparison else None),
        _over(library, case) + (f" {library.variant}" if library else ""),
        _ratio(comparison.vs_all_cores if comparison else None),
        seconds(e2e.time) if e2e and e2e.time else "-",
        power(even) if even else "-",
    ]


def rows(result: ResultFile, tests: dict[str, str]) -> list[list[str]]:
    """A row for each of our kernels and inputs, at its largest size that was measured."""
    cases = result.workspan.cases
    largest: dict[object, Case] = {}
    for case in cases:
        if is_ours(case) and case.status is not Status.SKIPPED:
            key = (case.workload, case.variant, _keys(case))
            if key not in largest or case.n > largest[key].n:
                largest[key] = case
    return [_row(case, cases, tests) for case in largest.values()]


def print_gpu(result: ResultFile, tests: dict[str, str], sanitizer: str, console: Console) -> None:
    """The table, its legend, and what the sanitizer said."""
    edgeless = wide(console)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("kernel", "n", "verified", "time", "of ceiling", "of library", "vs all cores", "e2e", "break-even"):
        table.add_column(title, justify="left" if title in ("kernel", "verified", "of library") else "right")
    for row in rows(result, tests):
        table.add_row(*(Text(cell, no_wrap=True, style="red" if cell == "FAILED" else "") for cell in row))
    gpus = result.workspan.machine.cuda.gpus
    edgeless.print(Text(f"{gpus[0].name if gpus else 'no GPU'}; sanitizer: {sanitizer}\n", style="bold"))
    edgeless.print(table)
    edgeless.print(Text("\n" + LEGEND))
