# SPDX-License-Identifier: Apache-2.0
"""The answer of a run on one screen: the headline, a line a workload, and what has no number."""

import math
import shlex
import textwrap
from collections.abc import Callable, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.analysis.headline import Headline, Wins, WorkloadAnswer, headline
from workspan.report.cells import (
    ABSENT,
    NOISY,
    PROSE_COLUMNS,
    EstimateFormat,
    estimate,
    half_width,
    power,
    rate_with_unit,
    short,
    without_edge,
)
from workspan.report.run_columns import COLUMN_LEGENDS, END, MARK_LEGENDS, short_name
from workspan.report.run_table import failures, print_result, totals
from workspan.resultfile.clean_samples import clean_samples
from workspan.resultfile.model import ResultFile
from workspan.stats.ratios import Estimate
from workspan.support.text import quantity
from workspan.support.units import format_number, format_time

LEFT: Final = ("workload", "host code")
REST: Final = "All tables, notes, and why cases were skipped"
ALWAYS: Final = "Each workload at its largest measured size, by its fastest host code (threads)."
SPEEDUP: Final = (
    "vs seq = machine x code: what this machine gave on that number of threads, the caches of more"
    " cores included, and what the code makes of it."
)
ON_GPU: Final = "T of that host code / T on the GPU."
MARKS: Final = {NOISY: "the interval is wider than the target, or there is none."} | MARK_LEGENDS


def sentences(found: Headline) -> list[str]:
    """The headline in words, as far as it was measured."""
    gains = [
        f"{_number(gain)} times the {what} of one"
        for gain, what in ((found.arithmetic, "arithmetic"), (found.memory, "memory bandwidth"))
        if gain
    ]
    said = [f"{quantity(found.cpus, 'CPU')} gave {' and '.join(gains)}."] if gains else []
    wins = [
        f"{_wins(count)} {how}"
        for count, how in (
            (found.kernels, "with its data resident"),
            (found.transfers, "with transfers"),
        )
        if count.of
    ]
    if wins:
        said.append(f"The GPU was faster than the best host code in {', in '.join(wins)}.")
    return said


def _number(gain: Estimate) -> str:
    width = gain.relative_half_width
    if gain.within_one_process:
        return f"{format_number(gain.value)} (one process)"
    return format_number(gain.value) + (f" ({half_width(width)})" if width is not None else "")


def _wins(count: Wins) -> str:
    return f"{count.won} of {quantity(count.of, 'workload')}"


def answer_rows(found: Headline, target: float) -> list[dict[str, str]]:
    """The cells of each workload by title."""
    wide, bare = EstimateFormat(target), EstimateFormat(target, interval=False)
    cells: dict[str, Callable[[WorkloadAnswer], str]] = {
        "workload": lambda a: a.host.workload,
        "n": lambda a: power(a.host.n),
        "host code": lambda a: short_name(a.host.name),
        "time": lambda a: format_time(a.host.time or math.nan),
        "rate": lambda a: rate_with_unit(a.host),
        "of ceiling": lambda a: estimate(a.of_host.of_ceiling, bare),
        "vs seq": lambda a: estimate(a.of_host.vs_seq, wide),
        "machine": lambda a: estimate(a.of_host.machine, bare),
        "code": lambda a: estimate(a.of_host.code, wide),
        "kernel": lambda a: estimate(a.of_kernel.vs_best_host, bare),
        "with transfers": lambda a: estimate(a.of_transfers.vs_best_host, bare),
    }
    return [{title: cell(a) for title, cell in cells.items()} for a in found.workloads]


def print_answer(result: ResultFile, files: Sequence[str], console: Console) -> None:
    """One screen, and the command for the rest; a run about concurrency alone has its whole table.

    files: where the result was written.
    """
    edgeless, found = without_edge(console), headline(result)
    if not found.workloads:
        print_result(result, console)
        return
    cases = result.workspan.cases
    if said := sentences(found):
        edgeless.print(Text("\n" + textwrap.fill(" ".join(said), PROSE_COLUMNS), style="bold"))
    rows = answer_rows(found, result.workspan.run.target)
    titles = [title for title in rows[0] if any(row[title] != ABSENT for row in rows)]
    edgeless.print(Text(""), _table(rows, titles))
    edgeless.print(Text("\n" + textwrap.fill(legend(rows, titles), PROSE_COLUMNS)))
    if quiet := quietness(result):
        edgeless.print(Text(f"\n{quiet}"))
    if bad := failures(cases, PROSE_COLUMNS):
        edgeless.print(Text("\n" + "\n".join(bad), style="red"))
    edgeless.print(Text(f"\n{totals(cases)}"))
    for file in files[:1]:
        edgeless.print(Text(f"{REST}: workspan info {short(shlex.quote(file))}"))


def legend(rows: Sequence[dict[str, str]], titles: Sequence[str]) -> str:
    """Of the columns and marks on this screen."""
    cells = [row[title] for row in rows for title in titles if title != "n"]  # 2^24 has no mark
    of_gpu = ", ".join(title for title in titles if title in ("kernel", "with transfers"))
    texts = [ALWAYS]
    if "code" in titles:
        texts.append(SPEEDUP)
    else:
        alone = [title for title in titles if title in ("vs seq", "machine")]
        texts += [f"{title}: {COLUMN_LEGENDS[title]}" for title in alone]
    texts += [f"{of_gpu}: {ON_GPU}"] if of_gpu else []
    texts += [f"{m}: {words}" for m, words in MARKS.items() if any(m in c for c in cells)]
    return " ".join([*texts, *([END] if ABSENT in cells else [])])


def quietness(result: ResultFile) -> str:
    """How many samples had their CPUs, and how many processes were disturbed; or empty."""
    share, records = clean_samples(result).share, result.workspan.invocations
    loud = sum(bool(r.disturbed) for r in records)
    said = [] if share is None else [f"{100 * share:.1f} % of the judged samples were clean"]
    said += [f"{loud} of {quantity(len(records), 'process')} disturbed"] if loud else []
    return ", ".join(said) + "." if said else ""


def _table(rows: Sequence[dict[str, str]], titles: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for title in titles:
        words = title.replace(" ", "\n") if title in ("of ceiling", "with transfers") else title
        table.add_column(
            Text(words), justify="left" if title in LEFT else "right", vertical="bottom"
        )
    for row in rows:
        table.add_row(*(Text(row[title], no_wrap=True) for title in titles))
    return table
