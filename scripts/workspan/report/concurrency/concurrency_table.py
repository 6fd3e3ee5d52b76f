# SPDX-License-Identifier: Apache-2.0
"""The table of execution models, the findings below it, and the same as Markdown and JSON."""

import io
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from rich.console import Console
from rich.text import Text

from workspan.analysis.asynchrony.tables import Asynchrony, judge_asynchrony
from workspan.analysis.concurrency import Concurrency, ModelRow, Subject, judge_models
from workspan.analysis.laws.metg import SUSPICIOUS
from workspan.analysis.ratios.figures import Figure
from workspan.analysis.ratios.judge import judge
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.report.cells import ABSENT, PROSE_COLUMNS, short, without_edge
from workspan.report.comparison.comparison_markdown import escape
from workspan.report.concurrency.asynchrony_sheets import sheets
from workspan.report.concurrency.concurrency_sentences import sentences
from workspan.report.figure_cells import (
    MODEL,
    Sheet,
    Show,
    figure_table,
    gain_cell,
    mark_legend,
    memory_cell,
    time_cell,
)
from workspan.report.run_table import failures, notes
from workspan.resultfile.model import Case, ResultFile
from workspan.support.text import quantity
from workspan.support.units import format_time

FORMATS: Final = ("table", "markdown", "json")
NARROW_TITLES: Final = {
    "cost of a task": "cost of\na task",
    "smallest task": "smallest\ntask",
    "waiting on one core": "waiting\non one\ncore",
    "waiting gain": "waiting\ngain",
    "gain of many": "gain\nof many",
    "computing on one core": "computing\non one\ncore",
    "computing on all CPUs": "computing\non all\nCPUs",
    "memory of a waiter": "memory\nof a\nwaiter",
}
COLUMN_LEGENDS: Final = {
    "cost of a task": "T / n of the largest number of empty tasks measured of that model.",
    "smallest task": "the granularity T x CPUs / tasks at which an efficiency of 50 % is reached,"
    " METG(50 %); <: the finest grain measured is still above.",
    "waiting on one core": "T of {waiters} tasks that wait for {tau} each.",
    "waiting gain": "T_seq / T of them.",
    "gain of many": "n x tau / T of {many} such tasks on one core, for which seq was not measured.",
    "computing on one core": "T_seq / T of tasks that compute for {task} each.",
    "computing on all CPUs": "the same on all CPUs ({cpus}).",
    "memory of a waiter": "of each of many that wait at once; rough, since measured in the whole"
    " system.",
}


@dataclass(frozen=True)
class ConcurrencyReport:
    """The judged models of a file, and everything that is said of them."""

    models: Concurrency
    asynchrony: Asynchrony
    heading: list[str]
    sentences: list[str]
    sheets: list[Sheet]
    notes: list[str]
    failures: list[str]


IDLE_BY_DESIGN: Final = ("starved",)  # tasks that wait, and workers that wait for tasks


def _doubts(cases: Sequence[Case], file: ResultFile) -> list[str]:
    return notes(cases, judge(file), PROSE_COLUMNS, without=IDLE_BY_DESIGN)


def concurrency_report(file: ResultFile) -> ConcurrencyReport:
    """The report on all workloads about concurrency."""
    models, asynchrony = judge_models(file), judge_asynchrony(file)
    cases = [case for case in file.workspan.cases if is_about_concurrency(case)]
    return ConcurrencyReport(
        models=models,
        asynchrony=asynchrony,
        heading=_heading(file),
        sentences=sentences(models),
        sheets=sheets(asynchrony),
        notes=[*_refusals(models.rows), *_doubts(cases, file)],
        failures=failures(cases, PROSE_COLUMNS),
    )


def _heading(file: ResultFile) -> list[str]:
    ours, build = file.workspan, file.workspan.build
    cpus = f"{ours.run.all_threads} x {ours.machine.cpu.model}"
    kernel = ours.machine.kernel.split(" ")[0]
    many = f"{quantity(ours.run.invocations, 'process')} per workload"
    lines = (
        f"Concurrency on {cpus}, Linux {kernel}, {build.compiler}, "
        f"{ours.environment.openmp_runtime}",
        f"workspan {build.version} ({build.short_commit()}), {build.flags}",
        f"preset {ours.run.preset}, {many}, begun {ours.run.started}",
    )
    return [short(line) for line in lines]


def _refusals(rows: Sequence[ModelRow]) -> Iterator[str]:
    """Models without a smallest task for a reason that is not in the legend."""
    if models := [row.model for row in rows if row.suspicious]:
        yield (
            f"note: smallest task refused, with an efficiency of {SUSPICIOUS * 100:.0f} % or more"
            f" ({len(models)}): {', '.join(models)}"
        )


def model_cells(row: ModelRow) -> dict[str, str]:
    """The cells of a model by title, each with its mark or a space."""
    return {MODEL: row.model} | {
        title: CELLS.get(title, gain_cell)(figure) for title, figure in model_figures(row).items()
    }


def model_figures(row: ModelRow) -> dict[str, Figure | None]:
    """The numbers of a model by title."""
    return {
        "cost of a task": row.task_cost,
        "smallest task": row.smallest_task,
        "waiting on one core": row.waiting,
        "waiting gain": row.waiting_gain,
        "gain of many": row.many_gain,
        "computing on one core": row.one_core_gain,
        "computing on all CPUs": row.all_cpus_gain,
        "memory of a waiter": row.waiter_bytes,
    }


CELLS: Final[dict[str, Show]] = {  # of columns that are not gains
    "cost of a task": time_cell,
    "smallest task": time_cell,
    "waiting on one core": time_cell,
    "memory of a waiter": memory_cell,
}


def shown_cells(models: Concurrency) -> tuple[list[str], list[dict[str, str]]]:
    """The titles of columns with a value, and the rows."""
    rows = [model_cells(row) for row in models.rows]
    first = rows[0] if rows else {}
    return [t for t in first if any(row[t].strip() != ABSENT for row in rows)], rows


def legend(titles: Sequence[str], subject: Subject) -> str:
    """Of these columns."""
    values = {
        "waiters": subject.waiters,
        "many": subject.many,
        "tau": format_time(subject.tau),
        "task": format_time(subject.task),
        "cpus": subject.cpus,
    }
    columns = (f"{t}: {COLUMN_LEGENDS[t].format(**values)}" for t in titles if t in COLUMN_LEGENDS)
    return " ".join(columns)


def all_sheets(report: ConcurrencyReport) -> list[Sheet]:
    """The table of models, if it has a row, and those about asynchrony; a legend only once."""
    titles, rows = shown_cells(report.models)
    words = legend(titles, report.models.subject)
    figures = [model_figures(row) for row in report.models.rows]
    first = Sheet("", titles, NARROW_TITLES, rows, figures, words, report.sentences)
    found = [*([first] if rows else []), *report.sheets]
    said = [one.legend for one in found]
    return [
        replace(one, legend="") if one.legend in said[:k] else one for k, one in enumerate(found)
    ]


def json_text(report: ConcurrencyReport) -> str:
    """The numbers and what is said; absent values are null, times are in seconds."""
    said = [text for one in report.sheets for text in one.sentences]
    parts = {
        "models": report.models,
        "asynchrony": report.asynchrony,
        "heading": report.heading,
        "sentences": [*report.sentences, *said],
        "notes": report.notes,
        "failures": report.failures,
    }
    return msgspec.json.format(msgspec.json.encode(parts), indent=1).decode() + "\n"


def markdown_text(report: ConcurrencyReport) -> str:
    """Heading, then of each table: its heading, findings, legend; the marks, and notes."""
    parts = ["\n".join(f"- {escape(line)}" for line in report.heading)]
    found = all_sheets(report)
    for one in found:
        parts += [f"**{escape(one.heading)}**"] if one.heading else []
        parts += [_pipes(one.titles, one.rows), *map(escape, (*one.sentences, one.legend))]
    parts += [escape(marks)] if (marks := _marks(found)) else []
    doubts = "\n".join([*report.failures, *report.notes]).replace("\n    ", " ").splitlines()
    return "\n\n".join(filter(None, [*parts, *map(escape, doubts)])) + "\n"


def _marks(found: Sequence[Sheet]) -> str:
    """What the marks in these tables mean; empty without a table."""
    return mark_legend(row for one in found for row in one.rows) if found else ""


def _pipes(titles: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    lines = [titles, ["---" if title == MODEL else "---:" for title in titles]]
    lines += [[escape(row[title].strip()) for title in titles] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def render(report: ConcurrencyReport, form: str) -> str:
    """The report as text in one of FORMATS; the table without colour."""
    if form != "table":
        return json_text(report) if form == "json" else markdown_text(report)
    out = io.StringIO()
    print_concurrency(report, Console(file=out, force_terminal=False))
    return out.getvalue()


def print_concurrency(report: ConcurrencyReport, console: Console) -> None:
    """Heading, tables without empty columns, findings, legends, notes."""
    edgeless, found = without_edge(console), all_sheets(report)
    edgeless.print(Text("\n".join(report.heading), style="bold"))
    for one in found:
        heading = textwrap.fill(one.heading, PROSE_COLUMNS)  # with its table it is a paragraph
        edgeless.print(Text(f"\n{heading}" if heading else "", style="bold"))
        edgeless.print(figure_table(one.titles, one.narrow, one.rows))
        for text in filter(None, (" ".join(one.sentences), one.legend)):
            edgeless.print(Text(f"\n{textwrap.fill(text, PROSE_COLUMNS)}"))
    if marks := _marks(found):
        edgeless.print(Text(f"\n{textwrap.fill(marks, PROSE_COLUMNS)}"))
    for lines, style in ((report.notes, ""), (report.failures, "red")):
        if lines:
            edgeless.print(Text("\n" + "\n".join(lines), style=style))
