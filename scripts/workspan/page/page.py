# SPDX-License-Identifier: Apache-2.0
"""The page: what it says first, its sections in their order, and the HTML of them."""

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from markupsafe import Markup

import workspan
from workspan.analysis.asynchrony.tables import judge_asynchrony
from workspan.analysis.concurrency import judge_models
from workspan.analysis.verdicts.glance import numbers, trust
from workspan.page import assets
from workspan.page.charts import timeline
from workspan.page.comparing import Comparison, compare_section, comparisons
from workspan.page.concurrency import concurrency_section, model_figures
from workspan.page.content import Cell, Picture, Section, Table, pretty
from workspan.page.legend import legend
from workspan.page.machine import machine_section
from workspan.page.sections import cases_section, chart_sections, weak_section
from workspan.page.sources import Source, lettered, machine_of, read_source
from workspan.page.trust import trust_section
from workspan.page.workloads import workloads_section
from workspan.plot.traces.trace import read_traces
from workspan.report.answer.answer import of_disturbance, of_gpu, sentences
from workspan.report.answer.glance_words import KeyFigure, gpu_clause, key_figure, trust_sentences
from workspan.report.answer.shares import NOTHING, reached
from workspan.report.concurrency import concurrency_sentences
from workspan.report.concurrency.asynchrony_sheets import sheets
from workspan.report.marked_numbers import mark_legend
from workspan.support.atomic_write import write_atomically
from workspan.support.collector import collector_at_rest
from workspan.support.text import quantity

VERIFIED: Final = "Every number was verified before and after timing."
RANGE: Final = re.compile(r" \([^()]* to [^()]*\)")  # told below, in small letters
FOOTER: Final = (
    "Intervals are 95 % confidence intervals. The page is self-contained: it loads nothing, and"
    " links to nothing."
)


def page(files: Sequence[Source], timelines: Sequence[Picture] = ()) -> str:
    """One HTML page of a run, or of several beside each other."""
    sources = lettered(files)
    compared = comparisons(sources)
    top = _top(sources, compared)
    sections = [*_sections(sources, compared, timelines, _said(top))]
    style, script = assets.style(), assets.script()
    template = assets.environment().get_template("page.html")
    return template.render(
        policy=assets.policy(style, script),
        style=Markup(style),
        script=Markup(script),
        version=workspan.__version__,
        number=lambda value: f"{value:.6g}",
        zip=zip,
        sections=sections,
        legend=legend(sources),
        footer=[FOOTER],
        **top,
    )


def write_page(files: Sequence[Path], out: Path, traces: Sequence[Path] = ()) -> None:
    """Reads result files and traces, and writes their page whole, or not at all."""
    with collector_at_rest():
        sources = [read_source(file) for file in files]
        timelines = [timeline(k, read_traces(file)) for k, file in enumerate(traces, 1)]
        write_atomically(out, page(sources, timelines).encode())


def _top(sources: Sequence[Source], compared: Sequence[Comparison]) -> dict[str, object]:
    """What is seen without scrolling."""
    if len(sources) > 1:
        return _top_of_several(sources, compared)
    (only,) = sources
    said = [pretty(text) for text in sentences(only.headline)]
    of_machine = len(said) > len(of_disturbance(only.headline.disturbance))
    found, further = ("", []) if of_machine else _finding(only)
    head = RANGE.sub("", said[0].partition(": ")[0]) if said else found
    further = [found, *further] if said and found else further
    is_of_gpu = bool(said) and said[0] == pretty(of_gpu(only.headline))
    clause = "" if is_of_gpu else gpu_clause(only.headline)
    tiles = [key_figure(one, only.cpus) for one in numbers(only.headline)]
    tiles = tiles or model_figures(judge_models(only.content))
    run = only.content.workspan.run
    eyebrow = [
        "Workspan report",
        machine_of(only.content),
        f"preset {run.preset}",
        f"{quantity(max(1, run.invocations), 'process')} per workload",
        run.started,
    ]
    return {
        "title": f"Workspan: {machine_of(only.content)}",
        "eyebrow": eyebrow,
        "headline": f"{head.rstrip('.')}{clause}.",
        "lede": [*said[1:], *further, *filter(None, [mark_legend([*said, *further])]), VERIFIED],
        "figures": tiles,
        "glance": None,
        "trust": [" ".join(trust_sentences(trust(only.content, only.judgements)))],
    }


def _said(top: dict[str, object]) -> set[str]:
    """What the page says first, so that its sections need not repeat it."""
    lede = top["lede"]
    return {str(top["headline"]), *(lede if isinstance(lede, list) else [])}


def _finding(only: Source) -> tuple[str, list[str]]:
    """Of a file without ceilings on one CPU and on all: what its first chart or table shows, and
    what follows from the table of models.
    """
    if of_ceilings := reached(only.content):
        return of_ceilings, []
    tables = sheets(judge_asynchrony(only.content))
    of_tasks = concurrency_sentences.sentences(judge_models(only.content))
    if said := [*of_tasks, *(text for one in tables for text in one.sentences)]:
        return said[0], of_tasks[1:]
    return NOTHING, []


def _top_of_several(sources: Sequence[Source], compared: Sequence[Comparison]) -> dict[str, object]:
    """A column of numbers per file."""
    lines = [f"{one.label}, {one.content.workspan.run.started}: {one.name}" for one in sources]
    doubts = [
        f"{one.letter}: {' '.join(trust_sentences(trust(one.content, one.judgements)))}"
        for one in sources
    ]
    return {
        "title": f"Workspan: {len(sources)} results",
        "eyebrow": ["Workspan report", f"{len(sources)} results"],
        "headline": " ".join(
            one.answer if len(compared) == 1 else f"{one.new.letter}: {one.answer}"
            for one in compared
        ),
        "lede": [*lines, VERIFIED],
        "figures": [],
        "glance": _glance(sources),
        "trust": doubts,
    }


def _glance(sources: Sequence[Source]) -> Table:
    found: dict[str, dict[str, KeyFigure]] = {}
    for one in sources:
        for number in numbers(one.headline):
            said = key_figure(number)
            found.setdefault(said.what, {})[one.letter] = said
    rows = [
        [
            Cell(what),
            *(Cell(of[s.letter].number if s.letter in of else "-") for s in sources),
        ]
        for what, of in found.items()
    ]
    return Table(["", *(one.letter for one in sources)], rows, frozenset(("",)))


def _sections(
    sources: Sequence[Source],
    compared: Sequence[Comparison],
    timelines: Sequence[Picture],
    said: Collection[str],
) -> Iterator[Section]:
    if compared:
        yield compare_section(compared)
    yield from chart_sections(sources)
    if weak := weak_section(sources):
        yield weak
    if workloads := workloads_section(sources):
        yield workloads
    if found := concurrency_section(sources, timelines, said):
        yield found
    yield cases_section(sources)
    yield trust_section(sources)
    yield machine_section(sources)
