# SPDX-License-Identifier: Apache-2.0
"""What a run says, in sections of prose and small tables: as text, Markdown or JSON."""

import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from workspan.analysis.laws.break_even import TRANSFERS, BreakEven
from workspan.analysis.laws.roofline import Roofline
from workspan.analysis.ratios.transfers import Link
from workspan.analysis.verdicts.conclusions import Conclusions, conclude
from workspan.analysis.verdicts.headline import Opponent
from workspan.report import weak_sentences
from workspan.report.answer import (
    alarm_sentences,
    answer,
    scaling_sentences,
    task_graph_sentences,
    verdict_sentences,
)
from workspan.report.answer.shares import NOTHING, reached
from workspan.report.cells import (
    ABSENT,
    BY_VALUE,
    PROSE_COLUMNS,
    power,
    rate_with_unit,
    rate_words,
)
from workspan.report.comparison.comparison_markdown import escape
from workspan.report.marked_numbers import mark_legend
from workspan.report.plain_values import json_of
from workspan.report.run_columns import short_name
from workspan.resultfile.model import ResultFile
from workspan.resultfile.names import problem_name
from workspan.support.text import of_cpus, plain, quantity
from workspan.support.units import format_time

FORMATS: Final = ("text", "json", "markdown")
WORTH_IT: Final = {
    "resident": "data resident",
    "pageable": "with transfers",
    "pinned": "from pinned memory",
}
TOO_SMALL: Final = "too_small"  # the finding for which a smaller size is shown

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """Prose, then a table: its first row are the headers."""

    title: str
    paragraphs: Sequence[str] = ()
    table: Rows = ()


def render(file: ResultFile, form: str) -> str:
    """The analysis of a run in one of FORMATS."""
    found = conclude(file, sizes=None if form == "json" else 1)
    if form == "json":
        return json_text(found)
    parts = [*sections(found, file)]
    return markdown_text(parts) if form == "markdown" else text_of(parts)


def sections(found: Conclusions, file: ResultFile) -> Iterator[Section]:
    """The answer, doubts, the GPU, one paragraph a workload, scaling, task graphs, roofs,
    transfers.
    """
    said = [Section(_title(file), [" ".join(_answer_of(found, file))])]
    if doubts := [a for a in found.alarms if a.code != answer.SAID_FIRST]:
        said.append(Section("What may mislead", alarm_sentences.sentences(doubts)))
    if found.break_evens:
        rows = _break_even_rows(found.break_evens)
        said.append(Section("Is the GPU worth it?", [_gpu_legend(found.headline.opponent)], rows))
    verdicts = [*_verdict_paragraphs(found)]
    graphs = task_graph_sentences.sentences(found.task_graphs)
    legend = mark_legend([*verdicts, *graphs, *chain.from_iterable(map(_texts, said))])
    yield from said
    marks = [legend] if legend else []
    if verdicts or marks:
        yield Section("Why not more" if verdicts else "Marks", [*verdicts, *marks])
    if found.scalings:
        yield Section("Scaling", scaling_sentences.sentences(found.scalings))
    if found.weak_scalings:
        texts = [weak_sentences.LEGEND, *weak_sentences.refusals(found.weak_scalings)]
        yield Section("Weak scaling", texts, [*weak_sentences.table(found.weak_scalings)])
    if graphs:
        yield Section("Work and span", graphs)
    if found.rooflines:
        yield Section("Measured ceilings", (), [*_roof_rows(found.rooflines)])
    if found.links:
        yield Section("Transfers", [LINK_LEGEND], [LINK_HEADS, *map(_link_row, found.links)])


def _answer_of(found: Conclusions, file: ResultFile) -> list[str]:
    """Without an answer what its codes reach of their ceilings."""
    said = answer.sentences(found.headline)
    if len(said) > len(answer.of_disturbance(found.headline.disturbance)):
        return said
    return [*said, reached(file) or NOTHING]


def _gpu_legend(found: Opponent) -> str:
    only = f"; it was measured on at most {of_cpus(found.threads, found.cpus)}"
    return (
        "Sizes from which on the GPU is faster than the best verified code of the host, libraries"
        f" included, at any number of threads{only if found.is_part else ''}; its name is that of"
        " the largest size."
    )


LINK_LEGEND: Final = (
    "Between host and GPU, by the host's clock until the bytes have arrived, from and to pageable"
    " and page-locked (pinned) memory; n in bytes, in each direction."
)
LINK_HEADS: Final = ("copy", "highest rate", "its n", "smallest n", "its time")


def _title(file: ResultFile) -> str:
    ours = file.workspan
    gpus = [gpu.name for gpu in ours.machine.cuda.gpus[:1]]
    machine = " and ".join([f"{ours.run.all_threads} x {ours.machine.cpu.model}", *gpus])
    processes = quantity(ours.run.invocations, "process")
    return plain(f"{machine}, {ours.run.preset}, {processes} a workload")


def _verdict_paragraphs(found: Conclusions) -> Iterator[str]:
    """Of the largest size of each workload and input, and of those too small for threads."""
    largest: dict[tuple[object, ...], int] = {}
    texts = []
    for verdict in found.verdicts:
        key = verdict.workload, tuple(sorted(verdict.keys.items()))
        first = largest.setdefault(key, verdict.n) == verdict.n
        if first or verdict.findings[0].code == TOO_SMALL:
            said = " ".join(verdict_sentences.sentences(verdict))
            texts.append(f"{verdict_sentences.heading(verdict)}: {said}")
    yield from texts


def _texts(part: Section) -> Iterator[str]:
    yield from part.paragraphs
    yield from chain.from_iterable(part.table)


def _break_even_rows(found: Sequence[BreakEven]) -> Rows:
    measured = [t for t in TRANSFERS if any(b.transfers == t for b in found)]
    by_workload: dict[str, dict[str, BreakEven]] = {}
    for b in found:
        name = problem_name(b.workload, b.keys.values())
        by_workload.setdefault(name, {})[b.transfers] = b
    rows = [["workload", *(WORTH_IT[t] for t in measured), "best host code"]]
    for name, of_workload in by_workload.items():
        cells = [_kind(of_workload[t]) if t in of_workload else ABSENT for t in measured]
        host = next(iter(of_workload.values())).points[-1].host
        rows.append([name, *cells, short_name(host.name)])
    return rows


def _kind(b: BreakEven) -> str:
    """In few words: always from 2^20, between 256 and 2^11, never up to 2^28?."""
    if b.kind == "unknown":
        return "cannot tell"
    mark = BY_VALUE if b.by_value else ""
    untold = f", {power(b.untold[-1].n)} unclear" if b.untold else ""
    return f"{_answer(b)}{mark}{untold}"


def _answer(b: BreakEven) -> str:
    if b.kind == "between":
        low, high = (power(n) for n in b.brackets[0])
        root = f", about {b.root.value:.3g}" if b.root else ""
        return f"between {low} and {high}{root}"
    if b.kind == "always":
        return f"always from {power(b.said_of[0])}"
    return f"never up to {power(b.said_of[1])}" if b.kind == "never" else "in and out"


def _roof_rows(found: Sequence[Roofline]) -> Iterator[Sequence[str]]:
    yield "device", "level", "ceiling", "rate", "measured"
    for roofline in found:
        for roof in roofline.roofs:
            threads = quantity(roofline.threads, "CPU")
            device = threads if roofline.scope == "host" else "GPU"
            level = "" if roof.kind == "flops" else roof.level
            rate = rate_words(roof.rate, roof.kind)
            where = f"beside {quantity(roof.groups, 'group')}" if roof.groups else "in its row"
            measured = f"{where}, {roof.name}"
            yield device, level or "arithmetic", roof.workload, rate, measured


def _link_row(link: Link) -> Sequence[str]:
    fastest, smallest = link.fastest, link.smallest
    of_rate, of_time = rate_with_unit(fastest), format_time(smallest.time or math.nan)
    return link.variant, of_rate, power(fastest.n), power(smallest.n), of_time


def text_of(parts: Iterable[Section]) -> str:
    """Plain text of PROSE_COLUMNS."""
    blocks = []
    for part in parts:
        lines = [*textwrap.wrap(part.title, PROSE_COLUMNS), ""]
        for paragraph in part.paragraphs:
            lines += [*textwrap.wrap(plain(paragraph), PROSE_COLUMNS), ""]
        lines += [*_table_lines(part.table), *([""] if part.table else [])]
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def _table_lines(rows: Rows) -> Iterator[str]:
    """The last column is ragged, the others are padded."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def markdown_text(parts: Iterable[Section]) -> str:
    """Headings, paragraphs and tables."""
    blocks = []
    for part in parts:
        blocks.append(f"## {escape(part.title)}")
        blocks += [escape(paragraph) for paragraph in part.paragraphs if paragraph]
        if part.table:
            lines = [part.table[0], ["---"] * len(part.table[0]), *part.table[1:]]
            blocks.append("\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines))
    return "\n\n".join(blocks) + "\n"


def _cell(text: str) -> str:
    return text if set(text) == {"-"} else escape(text)


def json_text(found: Conclusions) -> str:
    """All conclusions with their numbers; cases by their names, times in seconds."""
    return json_of(found)
