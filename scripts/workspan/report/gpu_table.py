# SPDX-License-Identifier: Apache-2.0
"""The table of a GPU: each CUDA kernel against its ceiling, the library and the best host code,
and its break-even.
"""

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.analysis.laws.break_even import BreakEven
from workspan.analysis.ratios.judge import judge
from workspan.analysis.ratios.times import is_noisy
from workspan.analysis.verdicts.gpu_kernels import (
    KernelJudgement,
    WithTransfers,
    is_ours,
    judge_kernels,
)
from workspan.report.cells import (
    ABSENT,
    BY_VALUE,
    NOISY,
    PROSE_COLUMNS,
    EstimateFormat,
    estimate,
    power,
    rate_with_unit,
    room_of,
    short,
    without_edge,
    wrapped,
)
from workspan.report.run_columns import MARK_LEGENDS, short_name
from workspan.report.run_table import notes
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.support.errors import InputError
from workspan.support.text import quantity
from workspan.support.units import format_time

ALWAYS: Final = (
    "At the largest measured size; every result was verified before and after its timing."
)
COLUMN_LEGENDS: Final = {
    "verified": "result of the tests at awkward sizes.",
    "time": "data resident; ~: the 95 % interval is wider than the target, or there is none.",
    "of ceiling": "rate / the measured ceiling's on this GPU.",
    "of library": "T_library / T, the fastest library variant here.",
    "vs best host code": "T of the fastest host code / T, and its name (threads).",
    "e2e": "with both transfers, from and to pageable memory, and against that host code.",
    "pinned": "the same from and to page-locked memory.",
    "e2e break-even": "the measured sizes between which e2e overtakes the best host code; always,"
    " never: at every, at no measured size that tells; unclear: no interval tells.",
    "pinned break-even": "the same of pinned.",
}
END: Final = '"-": not measured in this run, or not meaningful for the row.'
NARROW_TITLES: Final = {
    "of ceiling": "of\nceiling",
    "vs best host code": "vs best\nhost code",
    **{
        f"{transfers} {title}": f"{transfers} {shown}"
        for transfers in ("e2e", "pinned")
        for title, shown in (
            ("vs best host code", "vs best\nhost code"),
            ("break-even", "\nbreak-even"),
        )
    },
}
TOOLS: Final = ("memcheck", "racecheck", "initcheck", "synccheck")
EACH_PART: Final = ("kernel", "n")
FIRST_OF_A_PART: Final = ("vs best host code", "pinned")
GAP: Final = 2
LEFT: Final = ("kernel", "verified", "of library", "vs best host code")


Rows = Sequence[Mapping[str, str]]  # cells by title


def gpu_rows(result: ResultFile, tests: dict[str, str]) -> list[dict[str, str]]:
    """A row, by title, for each of our kernels and inputs, at its largest measured size."""
    kernels, target = judge_kernels(result), result.workspan.run.target
    one_process = result.workspan.run.invocations > 1
    form = EstimateFormat(target, interval=False, one_process=one_process)
    return [_kernel_row(kernel, form, tests) for kernel in kernels]


def _kernel_row(
    kernel: KernelJudgement, form: EstimateFormat, tests: dict[str, str]
) -> dict[str, str]:
    case = kernel.case
    name = f"{case.workload}/{case.variant}"
    verified = tests.get(name, ABSENT) if case.status is Status.OK else case.status.value.upper()
    library = f" {kernel.library.variant}" if kernel.library else ""
    judged = kernel.judgement
    best = f" {short_name(judged.best_host)}" if judged.vs_best_host else ""
    return {
        "kernel": name + "".join(f" {value}" for value in case.keys.values()),
        "n": power(case.n),
        "verified": verified,
        "time": _time(case, form.target),
        "rate": rate_with_unit(case),
        "of ceiling": estimate(judged.of_ceiling, form),
        "of library": estimate(kernel.of_library, form) + library,
        "vs best host code": estimate(judged.vs_best_host, form) + best,
        **_transfer_cells("e2e", kernel.e2e, form),
        **_transfer_cells("pinned", kernel.pinned, form),
    }


def _transfer_cells(
    title: str, found: WithTransfers | None, form: EstimateFormat
) -> dict[str, str]:
    return {
        title: _time(found.case if found else None, form.target),
        f"{title} vs best host code": estimate(found.vs_best_host if found else None, form),
        f"{title} break-even": format_break_even(found.break_even if found else None),
    }


def _time(case: Case | None, target: float) -> str:
    """With a ~ if it is noisy."""
    if case is None or not case.time:
        return ABSENT
    return format_time(case.time) + (NOISY if is_noisy(case, target) else " ")


def format_break_even(found: BreakEven | None) -> str:
    """2^10 .. 2^18, always, never?, never (2^20 unclear), unclear."""
    if found is None:
        return ABSENT
    if found.kind == "unknown":
        return "unclear"
    brackets = ", ".join(f"{power(low)} .. {power(high)}" for low, high in found.brackets)
    untold = f" ({power(found.untold[-1].n)} unclear)" if found.untold else ""
    return f"{brackets or found.kind}{BY_VALUE if found.by_value else ''}{untold}"


def why_none(result: ResultFile) -> str:
    """Why none of our kernels was measured, or empty."""
    skipped = (case.reason for case in result.workspan.cases if is_ours(case))
    return result.workspan.machine.cuda.why_none or next(skipped, "")


def gpu_heading(result: ResultFile, sanitizer: str) -> list[str]:
    """The GPU and its host, the build, the run."""
    ours, build, cuda = result.workspan, result.workspan.build, result.workspan.machine.cuda
    host = f"{ours.machine.cpu.model}, {quantity(ours.run.all_threads, 'usable thread')}"
    many = f"{quantity(ours.run.invocations, 'process')} per workload"
    lines = [
        f"{cuda.gpus[0].name if cuda.gpus else 'no GPU'}, driver {cuda.nvidia_driver},"
        f" CUDA {cuda.runtime}; host: {host}",
        f"workspan {build.version} ({build.short_commit()}), {build.cuda_compiler},"
        f" {build.compiler} {build.flags}",
        f"preset {ours.run.preset}, {many}, begun {ours.run.started}; sanitizer: {sanitizer}",
    ]
    return [short(line) for line in lines]


def print_gpu(result: ResultFile, tests: dict[str, str], sanitizer: str, console: Console) -> None:
    """Heading, the table without empty columns, in parts if it is too wide, and its legend."""
    edgeless, width = without_edge(console), min(room_of(console), PROSE_COLUMNS)
    found = gpu_rows(result, tests)
    titles = [
        title for title in (found[0] if found else ()) if any(row[title] != ABSENT for row in found)
    ]
    heading = [wrapped(line, width, "    ") for line in gpu_heading(result, sanitizer)]
    edgeless.print(Text("\n".join(heading), style="bold"))
    for part in _parts(titles, found, room_of(console)):
        edgeless.print(Text(""), _table(part, found))
    edgeless.print(Text("\n" + textwrap.fill(_legend(titles, found), width)))
    measured = [c for c in result.workspan.cases if c.scope != "host" and c.status is Status.OK]
    if doubts := notes(measured, judge(result), width):
        edgeless.print(Text("\n" + "\n".join(doubts)))


def _parts(titles: Sequence[str], rows: Rows, room: int) -> list[list[str]]:
    """The columns of one table, or of several if it is wider than the room: of the kernel, of it
    against the host with the transfers, and with those from pinned memory.
    """
    widths = [_width(title, rows) for title in titles]
    if sum(widths) + GAP * (len(widths) - 1) <= room:
        return [list(titles)]
    rest = [title for title in titles if title not in EACH_PART]
    starts = [rest.index(title) for title in FIRST_OF_A_PART if title in rest]
    bounds = [0, *starts, len(rest)]
    parts = (rest[low:high] for low, high in pairwise(bounds))
    return [[*EACH_PART, *part] for part in parts if part]


def _width(title: str, rows: Rows) -> int:
    head = NARROW_TITLES.get(title, title).split("\n")
    return max(*map(len, head), *(len(row[title]) for row in rows))


def _table(titles: Sequence[str], rows: Rows) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for title in titles:
        table.add_column(
            NARROW_TITLES.get(title, title),
            justify="left" if title in LEFT else "right",
            vertical="bottom",
        )
    for row in rows:
        table.add_row(
            *(
                Text(row[title], no_wrap=True, style="red" if row[title] == "FAILED" else "")
                for title in titles
            )
        )
    return table


def _legend(titles: Sequence[str], rows: Rows) -> str:
    """Of the columns and marks in the table."""
    columns = (f"{title}: {COLUMN_LEGENDS[title]}" for title in titles if title in COLUMN_LEGENDS)
    cells = [
        cell
        for row in rows
        for title, cell in row.items()
        if title != "n" and not title.endswith("break-even")  # their ^ is a power
    ]
    marks = [f"{m}: {text}" for m, text in MARK_LEGENDS.items() if any(m in c for c in cells)]
    answers = [cell for row in rows for title, cell in row.items() if title.endswith("break-even")]
    if any(BY_VALUE in cell for cell in answers):
        marks.append(f"{BY_VALUE}: {MARK_LEGENDS[BY_VALUE]}")
    return " ".join([ALWAYS, *columns, *marks, END])


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
    """`clean` if all tools are, else their findings. Raises InputError if no tool is named."""
    verdicts = dict(re.findall(rf"^({'|'.join(TOOLS)}): (.*)$", text, re.M))
    if not verdicts:
        raise InputError(
            name, "", f"has no line of {', '.join(TOOLS)}; scripts/gpu-check sanitize writes them"
        )
    bad = [f"{tool} {verdict}" for tool, verdict in verdicts.items() if verdict != "clean"]
    return "; ".join(bad) or f"clean ({len(verdicts)} tools)"
