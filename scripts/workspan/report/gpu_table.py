# SPDX-License-Identifier: Apache-2.0
"""One table per GPU: each CUDA kernel against its ceiling, the library and all cores, and the size
from which on the transfers pay.
"""

import json
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.analysis.judge import Judged, judge, noise
from workspan.report.run_table import notes, power, rate, ratio, short, wide
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.support.errors import InputError
from workspan.support.text import counted
from workspan.support.units import format_number, format_time

ALWAYS = (
    "At the largest size that was measured; every result was verified before and after its timing."
)
LEGEND = {  # of the columns in the table
    "verified": "by tests at all awkward sizes besides.",
    "time": "data resident; ~: the 95 % interval is wider than the target, or there is none.",
    "of ceiling": "rate / the measured ceiling's on this GPU.",
    "of library": "T_library / T, the fastest library variant here.",
    "vs all cores": "T_omp,best / T.",
    "e2e": "with both transfers, from and to pageable memory.",
    "pinned": "the same from and to page-locked memory.",
    "break-even": "the measured size from which on e2e (pageable transfers) is faster than all"
    " cores; <=: from the smallest on.",
}
END = 'A "-": not measured in this run, or without meaning for the row.'
NARROW = {
    "of ceiling": "of\nceiling",
    "vs all cores": "vs all\ncores",
    "e2e vs all cores": "e2e vs\nall cores",
    "break-even": "break-\neven",
}
WIDEST = 118  # columns of prose
TOOLS = ("memcheck", "racecheck", "initcheck", "synccheck")
LEFT = ("kernel", "verified", "of library")


def is_ours(case: Case) -> bool:
    """A kernel of the suite, not a library's."""
    return case.scope == "kernel" and case.ours


def verdicts_of_tests(report: bytes, name: str) -> dict[str, str]:
    """From GoogleTest's JSON report: `ok`, `skipped` or `FAILED` by workload/variant.

    Raises InputError if it is another file.
    """
    found: dict[str, str] = {}
    try:
        suites: list[dict[str, Any]] = json.loads(report)["testsuites"]
        tests = [
            test
            for suite in suites
            for test in suite["testsuite"]
            if suite["name"].startswith("Device/")
        ]
        for test in tests:
            workload, variant = test["name"].split("/")[-1].split("_", 1)
            verdict = (
                "FAILED"
                if test.get("failures")
                else "skipped"
                if test["result"] == "SKIPPED"
                else "ok"
            )
            known = found.setdefault(f"{workload}/{variant}", verdict)
            found[f"{workload}/{variant}"] = max(
                known, verdict, key=("skipped", "ok", "FAILED").index
            )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            name, "", "is not a JSON report of GoogleTest; scripts/gpu-check verify writes one"
        ) from None
    return found


def verdict_of_sanitizer(text: str, name: str) -> str:
    """`clean` if all tools are, else their findings. Raises InputError if there are none."""
    said = dict(re.findall(rf"^({'|'.join(TOOLS)}): (.*)$", text, re.M))
    if not said:
        raise InputError(
            name, "", f"has no line of {', '.join(TOOLS)}; scripts/gpu-check sanitize writes them"
        )
    bad = [f"{tool} {verdict}" for tool, verdict in said.items() if verdict != "clean"]
    return "; ".join(bad) or f"clean ({len(said)} tools)"


def _best(cases: Iterable[Case]) -> Case | None:
    return min(
        (c for c in cases if c.status is Status.OK and c.time),
        key=lambda c: c.time or 0,
        default=None,
    )


def _keys(case: Case) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(case.keys.items()))


def break_even(cases: Sequence[Case], of: Case) -> str:
    """The smallest size from which on cuda_e2e beat the best omp, at all sizes with both: 2^20,
    <= 2^20, none.
    """
    same = [c for c in cases if (c.workload, _keys(c)) == (of.workload, _keys(of))]
    pays: dict[int, bool] = {}
    for n in sorted({c.n for c in same}):
        omp, e2e = (
            _best(c for c in same if c.n == n and c.variant == variant)
            for variant in ("omp", "cuda_e2e")
        )
        if omp and e2e:
            pays[n] = bool(e2e.time and omp.time and e2e.time < omp.time)
    first = None
    for n, does in pays.items():
        first = (first or n) if does else None
    if first is None:
        return "none" if pays else "-"
    return f"{'<= ' if first == min(pays) else ''}{power(first)}"


def _over(other: Case | None, case: Case) -> str:
    return format_number(other.time / case.time) if other and other.time and case.time else "-"


def _time(case: Case | None, target: float) -> str:
    """With a ~ if it is noisy."""
    if case is None or not case.time:
        return "-"
    half = noise(case)
    return format_time(case.time) + (" " if half is not None and half <= target else "~")


def _row(case: Case, result: ResultFile, judged: Judged, tests: dict[str, str]) -> dict[str, str]:
    cases, target = result.workspan.cases, result.workspan.run.target
    same = [c for c in cases if (c.workload, c.n, _keys(c)) == (case.workload, case.n, _keys(case))]
    library = _best(c for c in same if c.scope == "kernel" and not c.ours)
    main = case.role == "main"
    e2e, pinned = (
        _best(c for c in same if c.variant == name and main) for name in ("cuda_e2e", "cuda_pinned")
    )
    name = f"{case.workload}/{case.variant}"
    verified = tests.get(name, "-") if case.status is Status.OK else case.status.value.upper()
    return {
        "kernel": name + "".join(f" {value}" for value in case.keys.values()),
        "n": power(case.n),
        "verified": verified,
        "time": _time(case, target),
        "rate": rate(case),
        "of ceiling": ratio(judged[case.name].of_ceiling),
        "of library": _over(library, case) + (f" {library.variant}" if library else ""),
        "vs all cores": ratio(judged[case.name].vs_all_cores),
        "e2e": _time(e2e, target),
        "pinned": _time(pinned, target),
        "e2e vs all cores": ratio(judged[e2e.name].vs_all_cores if e2e else None),
        "break-even": break_even(cases, case) if main else "-",
    }


def why_none(result: ResultFile) -> str:
    """Why none of our kernels was measured, if the file tells."""
    skipped = (case.reason for case in result.workspan.cases if is_ours(case))
    return result.workspan.machine.cuda.why_none or next(skipped, "")


def rows(result: ResultFile, tests: dict[str, str]) -> list[dict[str, str]]:
    """A row, by title, for each of our kernels and inputs, at its largest measured size."""
    largest: dict[object, Case] = {}
    for case in result.workspan.cases:
        if is_ours(case) and case.status not in (Status.SKIPPED, Status.PLANNED):
            key = (case.workload, case.variant, _keys(case))
            if key not in largest or case.n > largest[key].n:
                largest[key] = case
    judged = judge(result)
    return [_row(case, result, judged, tests) for case in largest.values()]


def heading(result: ResultFile, sanitizer: str) -> list[str]:
    """The GPU and its host, the build, the run."""
    ours, build, cuda = result.workspan, result.workspan.build, result.workspan.machine.cuda
    host = f"{ours.machine.cpu.model}, {counted(ours.run.all_threads, 'usable thread')}"
    changes = " with changes" if build.git_dirty == "yes" else ""
    many = f"{counted(ours.run.invocations, 'process')} per workload"
    lines = [
        f"{cuda.gpus[0].name if cuda.gpus else 'no GPU'}, driver {cuda.nvidia_driver},"
        f" CUDA {cuda.runtime}; beside it {host}",
        f"workspan {build.version} ({build.git_commit[:12]}{changes}), {build.cuda_compiler},"
        f" {build.compiler} {build.flags}",
        f"preset {ours.run.preset}, {many}, begun {ours.run.started}; sanitizer: {sanitizer}",
    ]
    return [short(line) for line in lines]


def print_gpu(result: ResultFile, tests: dict[str, str], sanitizer: str, console: Console) -> None:
    """Heading, the table without empty columns, and its legend."""
    edgeless = wide(console)
    found = rows(result, tests)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    titles = [
        title for title in (found[0] if found else ()) if any(row[title] != "-" for row in found)
    ]
    for title in titles:
        table.add_column(
            NARROW.get(title, title),
            justify="left" if title in LEFT else "right",
            vertical="bottom",
        )
    for row in found:
        table.add_row(
            *(
                Text(row[title], no_wrap=True, style="red" if row[title] == "FAILED" else "")
                for title in titles
            )
        )
    edgeless.print(Text("\n".join(heading(result, sanitizer)) + "\n", style="bold"))
    edgeless.print(table)
    legend = [ALWAYS, *(f"{title}: {LEGEND[title]}" for title in titles if title in LEGEND), END]
    edgeless.print(Text("\n" + textwrap.fill(" ".join(legend), WIDEST)))
    measured = [c for c in result.workspan.cases if c.scope != "host" and c.status is Status.OK]
    if doubts := notes(measured, judge(result), WIDEST):
        edgeless.print(Text("\n" + "\n".join(doubts)))
