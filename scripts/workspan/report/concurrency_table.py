# SPDX-License-Identifier: Apache-2.0
"""The table of execution models, the findings below it, and the same as Markdown and JSON."""

import io
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.analysis.concurrency import Concurrency, Figure, ModelRow, Subject, judge_models
from workspan.analysis.judge import judge
from workspan.analysis.laws.metg import SUSPICIOUS
from workspan.analysis.model_cases import is_about_concurrency
from workspan.report.cells import ABSENT, NOISY, PROSE_COLUMNS, short, without_edge
from workspan.report.comparison_markdown import escape
from workspan.report.concurrency_sentences import gain, sentences
from workspan.report.run_table import failures, notes
from workspan.resultfile.model import Case, ResultFile
from workspan.support.text import quantity
from workspan.support.units import format_bytes, format_time

FORMATS: Final = ("table", "markdown", "json")
ON_ONE_CPU: Final = "!"  # meant for several CPUs, but its tasks ran on one
MODEL: Final = "model"
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
    "cost of a task": "T / n of the most empty tasks measured of that model.",
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
END: Final = (
    f'{NOISY}: an interval is wider than the target, or there is none. "{ABSENT}": not measured in'
    " this run, or not meaningful for the row."
)
ON_ONE_CPU_LEGEND: Final = f"{ON_ONE_CPU}: its tasks ran on one CPU, so it is not a result."


@dataclass(frozen=True)
class ConcurrencyReport:
    """The judged models of a file, and everything that is said of them."""

    models: Concurrency
    heading: list[str]
    sentences: list[str]
    notes: list[str]
    failures: list[str]


IDLE_BY_DESIGN: Final = ("starved",)  # tasks that wait, and workers that wait for tasks


def _doubts(cases: Sequence[Case], file: ResultFile) -> list[str]:
    return notes(cases, judge(file), PROSE_COLUMNS, without=IDLE_BY_DESIGN)


def concurrency_report(file: ResultFile) -> ConcurrencyReport:
    """The report on the cases of dispatch, busy and waiters."""
    models = judge_models(file)
    cases = [case for case in file.workspan.cases if is_about_concurrency(case)]
    return ConcurrencyReport(
        models=models,
        heading=_heading(file),
        sentences=sentences(models),
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
        title: CELLS.get(title, _gain)(figure) for title, figure in model_figures(row).items()
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


def _mark(figure: Figure) -> str:
    return ON_ONE_CPU if figure.one_cpu else NOISY if figure.noisy else " "


def _time(figure: Figure | None) -> str:
    if figure is None:
        return f"{ABSENT} "
    return f"{'< ' if figure.at_most else ''}{format_time(figure.value)}{_mark(figure)}"


def _gain(figure: Figure | None) -> str:
    return f"{gain(figure.value)}{_mark(figure)}" if figure else f"{ABSENT} "


def _memory(figure: Figure | None) -> str:
    return format_bytes(figure.value) if figure else ABSENT


CELLS: Final[dict[str, Callable[[Figure | None], str]]] = {  # of columns that are not gains
    "cost of a task": _time,
    "smallest task": _time,
    "waiting on one core": _time,
    "memory of a waiter": _memory,
}


def shown_cells(models: Concurrency) -> tuple[list[str], list[dict[str, str]]]:
    """The titles of columns with a value, and the rows."""
    rows = [model_cells(row) for row in models.rows]
    first = rows[0] if rows else {}
    return [t for t in first if any(row[t].strip() != ABSENT for row in rows)], rows


def legend(titles: Sequence[str], rows: Sequence[dict[str, str]], subject: Subject) -> str:
    """Of these columns, and of the marks in these cells."""
    values = {
        "waiters": subject.waiters,
        "many": subject.many,
        "tau": format_time(subject.tau),
        "task": format_time(subject.task),
        "cpus": subject.cpus,
    }
    columns = [f"{t}: {COLUMN_LEGENDS[t].format(**values)}" for t in titles if t in COLUMN_LEGENDS]
    marked = any(cell.endswith(ON_ONE_CPU) for row in rows for cell in row.values())
    return " ".join([*columns, *([ON_ONE_CPU_LEGEND] if marked else []), END])


def json_text(report: ConcurrencyReport) -> str:
    """The report as it is; absent values are null, times are in seconds."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1).decode() + "\n"


def markdown_text(report: ConcurrencyReport) -> str:
    """Heading, table, findings, legend and notes."""
    titles, rows = shown_cells(report.models)
    lines = [titles, ["---" if title == MODEL else "---:" for title in titles]]
    lines += [[escape(row[title].strip()) for title in titles] for row in rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    prose = [*report.sentences, legend(titles, rows, report.models.subject)] if rows else []
    doubts = "\n".join([*report.failures, *report.notes]).replace("\n    ", " ").splitlines()
    head = "\n".join(f"- {escape(line)}" for line in report.heading)
    paragraphs = [escape(text) for text in (*prose, *doubts)]
    return "\n\n".join([head, *([table] if rows else []), *paragraphs]) + "\n"


def render(report: ConcurrencyReport, form: str) -> str:
    """The report as text in one of FORMATS; the table without colour."""
    if form != "table":
        return json_text(report) if form == "json" else markdown_text(report)
    out = io.StringIO()
    print_concurrency(report, Console(file=out, force_terminal=False))
    return out.getvalue()


def print_concurrency(report: ConcurrencyReport, console: Console) -> None:
    """Heading, the table without empty columns, findings, legend, notes."""
    edgeless, (titles, rows) = without_edge(console), shown_cells(report.models)
    edgeless.print(Text("\n".join(report.heading) + "\n", style="bold"))
    if rows:
        edgeless.print(_table(titles, rows))
        words = legend(titles, rows, report.models.subject)
        for text in (" ".join(report.sentences), words):
            edgeless.print(Text(f"\n{textwrap.fill(text, PROSE_COLUMNS)}") if text else Text(""))
    for lines, style in ((report.notes, ""), (report.failures, "red")):
        if lines:
            edgeless.print(Text("\n" + "\n".join(lines), style=style))


def _table(titles: Sequence[str], rows: Sequence[dict[str, str]]) -> Table:
    """At most as wide as prose, by narrower gaps if need be."""
    words = {title: NARROW_TITLES.get(title, title).split("\n") for title in titles}
    widths = [
        max(*(len(word) for word in words[title]), *(len(row[title]) for row in rows))
        for title in titles
    ]
    gap = 2 if sum(widths) + 2 * (len(titles) - 1) <= PROSE_COLUMNS else 1
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    for title in titles:
        table.add_column(
            Text("\n".join(words[title])),
            justify="left" if title == MODEL else "right",
            vertical="bottom",
        )
    for row in rows:
        table.add_row(*(Text(row[title], no_wrap=True) for title in titles))
    return table
