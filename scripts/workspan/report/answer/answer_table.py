# SPDX-License-Identifier: Apache-2.0
"""The table of the answer of a run: a line a workload, its legend, and a layout that fits."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from rich.table import Table
from rich.text import Text

from workspan.analysis.verdicts.headline import Headline, WorkloadAnswer
from workspan.report.cells import (
    ABSENT,
    NOISY,
    PROSE_COLUMNS,
    EstimateFormat,
    estimate,
    power,
    rate_with_unit,
)
from workspan.report.run_columns import (
    ALL_ONE_PROCESS,
    COLUMN_LEGENDS,
    END,
    MARK_LEGENDS,
    short_name,
)
from workspan.resultfile.model import Case
from workspan.stats.ratios import Estimate
from workspan.support.units import format_time

Row = dict[str, str]  # cells by title

LEFT: Final = ("workload", "host code")
ALWAYS: Final = (
    "Each workload at its largest measured size, by its fastest host code, on all CPUs unless its"
    " threads are given."
)
SPEEDUP: Final = (
    "vs seq = machine x code: what this machine gave on that number of threads, the caches of more"
    " cores included, and what the code makes of it."
)
ON_GPU: Final = "T of that host code / T on the GPU."
MARKS: Final = {NOISY: "the interval is wider than the target, or there is none."} | MARK_LEGENDS
OF_GPU: Final = ("kernel", "with transfers")
HEADS: Final = {
    "of ceiling": "of\nceiling",
    "kernel": "GPU\nkernel",
    "with transfers": "with\ntransfers",
}
NARROW_HEADS: Final = HEADS | {
    "of ceiling": "of\nceil-\ning",
    "machine": "ma-\nchine",
    "with transfers": "with\ntrans-\nfers",
}


class Layout(NamedTuple):
    """The ratios that have intervals, and the heads of columns."""

    intervals: tuple[str, ...]
    heads: Mapping[str, str] = HEADS


LAYOUTS: Final = (  # from wide to narrow
    Layout(("vs seq", "code")),
    Layout(("vs seq",)),
    Layout(("vs seq",), NARROW_HEADS),
    Layout((), NARROW_HEADS),
)


def code_name(case: Case, cpus: int) -> str:
    """A host code as it is named: omp on all CPUs; otherwise with its threads, omp (2)."""
    return case.variant if case.threads == cpus else short_name(case.name)


def answer_rows(found: Headline, target: float, layout: Layout = LAYOUTS[0]) -> list[Row]:
    """The cells of each workload by title."""
    one_process = not is_one_process(found)
    forms = {interval: EstimateFormat(target, interval, one_process) for interval in (True, False)}
    ratios: dict[str, Callable[[WorkloadAnswer], Estimate | None]] = {
        "of ceiling": lambda a: a.of_host.of_ceiling,
        "vs seq": lambda a: a.of_host.vs_seq,
        "machine": lambda a: a.of_host.machine,
        "code": lambda a: a.of_host.code,
        "kernel": lambda a: a.of_kernel.vs_best_host,
        "with transfers": lambda a: a.of_transfers.vs_best_host,
    }
    return [
        _facts(a, found.cpus)
        | {t: estimate(of(a), forms[t in layout.intervals]) for t, of in ratios.items()}
        for a in found.workloads
    ]


def _facts(a: WorkloadAnswer, cpus: int) -> Row:
    return {
        "workload": a.host.workload,
        "n": power(a.host.n),
        "host code": code_name(a.host, cpus),
        "time": format_time(a.host.time or math.nan),
        "rate": rate_with_unit(a.host),
    }


def is_one_process(found: Headline) -> bool:
    """Whether every estimate is within one process, so that marks would tell nothing."""
    judged = [j for a in found.workloads for j in (a.of_host, a.of_kernel, a.of_transfers)]
    ratios = [e for j in judged for e in (j.of_ceiling, j.vs_seq, j.machine, j.vs_best_host)]
    known = [e for e in ratios if e and not e.exact]
    return bool(known) and all(e.within_one_process for e in known)


def used_titles(rows: Sequence[Row]) -> list[str]:
    """The columns with a value."""
    return [title for title in rows[0] if any(row[title] != ABSENT for row in rows)]


def answer_table(found: Headline, target: float, room: int = PROSE_COLUMNS) -> Table:
    """In the widest layout that fits into the room."""
    for layout in LAYOUTS:
        rows = answer_rows(found, target, layout)
        titles = used_titles(rows)
        widths = [_width(title, rows, layout) for title in titles]
        if sum(widths) + len(widths) - 1 <= room:
            break
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for title in titles:
        head = Text(layout.heads.get(title, title))
        table.add_column(
            head, justify="left" if title in LEFT else "right", vertical="bottom", no_wrap=True
        )
    for row in rows:
        table.add_row(*(Text(row[title], no_wrap=True) for title in titles))
    return table


def _width(title: str, rows: Sequence[Row], layout: Layout) -> int:
    head = layout.heads.get(title, title).split("\n")
    return max(*map(len, head), *(len(row[title]) for row in rows))


def legend(found: Headline, target: float) -> str:
    """Of the columns and marks on this screen."""
    rows = answer_rows(found, target)
    titles = used_titles(rows)
    cells = [row[title] for row in rows for title in titles if title != "n"]  # 2^24 has no mark
    ceilings = dict.fromkeys(a.host.ceiling for a in found.workloads if a.of_host.of_ceiling)
    names = f" ({', '.join(ceilings)})"
    texts = [ALWAYS]
    texts += [f"of ceiling: {COLUMN_LEGENDS['of ceiling'].format(names)}"] if ceilings else []
    if "code" in titles:
        texts.append(SPEEDUP)
    else:
        alone = [title for title in titles if title in ("vs seq", "machine")]
        texts += [f"{title}: {COLUMN_LEGENDS[title]}" for title in alone]
    of_gpu = [HEADS[title].replace("\n", " ") for title in titles if title in OF_GPU]
    texts += [f"{', '.join(of_gpu)}: {ON_GPU}"] if of_gpu else []
    texts += [f"{m}: {words}" for m, words in MARKS.items() if any(m in c for c in cells)]
    texts += [ALL_ONE_PROCESS] if is_one_process(found) else []
    return " ".join([*texts, *([END] if ABSENT in cells else [])])
