# SPDX-License-Identifier: Apache-2.0
"""The section on trust: how processes differ, what was skipped, failed or disturbed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from workspan.analysis.process_noise import ProcessNoise, process_noise
from workspan.analysis.verdicts.alarms import MOST, alarms
from workspan.page.charts import of_kind
from workspan.page.content import Block, Cell, Section, Table, pretty
from workspan.page.sources import Source
from workspan.report.answer import alarm_sentences
from workspan.report.cells import ABSENT, FEW
from workspan.report.marked_numbers import mark_legend
from workspan.report.run_table import totals
from workspan.report.warning_words import sentence
from workspan.resultfile.model import FAILURES, Case, Status
from workspan.support.text import name_list

MOST_WORKLOADS: Final = 12  # of one reason


def trust_section(sources: Iterable[Source]) -> Section:
    """What limits the numbers, by file."""
    return Section(
        "trust",
        "Trust",
        "How far to trust it",
        "What limits these numbers, and which cases have none.",
        [block for source in sources for block in _blocks(source)],
    )


def _blocks(source: Source) -> Iterator[Block]:
    cases = source.content.workspan.cases
    yield Block(of=source.label, paragraphs=[totals(cases)])
    found = alarms(source.content, source.judgements, source.scalings)
    said = [pretty(alarm_sentences.sentence(alarm)) for alarm in found]
    if said:
        texts = [*said[:MOST], mark_legend(said)]
        yield Block(heading="What may mislead", paragraphs=[text for text in texts if text])
    if further := said[MOST:]:
        yield Block(fold=f"Further alarms: {len(further)}", paragraphs=further)
    if noise := process_noise(source.content):
        yield Block(heading="Noise by process", tables=[_noise_table(noise)])
    if samples := of_kind("samples", source):
        fold = "Samples in the order they were taken"
        yield Block(fold=fold, pictures=[samples], printed=False)
    if failed := [case for case in cases if case.status in FAILURES]:
        yield Block(heading="Failed", tables=[_reasons(failed)])
    if doubted := _doubts(source):
        yield Block(heading="Warnings", tables=[doubted])
    if others := [c for c in cases if c.status in (Status.SKIPPED, Status.PLANNED)]:
        yield Block(fold=f"Not measured: {len(others)}", tables=[_reasons(others)])
    if disturbed := _disturbed(source):
        yield Block(fold=f"Disturbed processes: {len(disturbed.rows)}", tables=[disturbed])


def _noise_table(noise: Iterable[ProcessNoise]) -> Table:
    rows = [
        [
            Cell(str(one.number), one.number),
            Cell(str(one.cases), one.cases),
            Cell(f"{100 * (one.drift - 1):+.1f} %", one.drift),
            Cell(f"{one.worst_factor:.2f}x", one.worst_factor),
            Cell(one.worst),
            Cell(ABSENT) if one.clean is None else Cell(f"{100 * one.clean:.1f} %", one.clean),
            Cell(name_list(one.disturbed) or ABSENT),
        ]
        for one in noise
    ]
    return Table(
        ["process", "cases", "drift", "furthest", "case", "clean samples", "disturbed"],
        rows,
        frozenset(("case", "disturbed")),
        frozenset(("disturbed",)),
        legend="drift: its times over those of the run, the median of its cases. furthest: the"
        " case that differs most, T of this process / T.",
    )


def _reasons(cases: Iterable[Case]) -> Table:
    """Cases without a time, a row a reason."""
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case in cases:
        names[case.status.value, case.reason or "not measured yet"].append(case.name)
    return _named(["", "reason"], {(status, why): of for (status, why), of in names.items()})


def _doubts(source: Source) -> Table | None:
    """Warnings of measured cases, a row a sentence."""
    names: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for case in source.content.workspan.cases:
        for warning in (*case.warnings, *source.judgements[case.name].warnings):
            names[(sentence(warning),)].append(case.name)
    return _named(["warning"], names) if names else None


def _named(titles: list[str], names: dict[tuple[str, ...], list[str]]) -> Table:
    rows = [
        [*map(Cell, why), Cell(str(len(of)), len(of)), Cell(_names(of))]
        for why, of in names.items()
    ]
    words = frozenset((*titles, "names"))
    return Table([*titles, "cases", "names"], rows, words, words - {""})


def _names(cases: list[str]) -> str:
    """Few in full; of many the workloads, with their number: the table of all cases has them."""
    if len(cases) <= FEW:
        return ", ".join(cases)
    count = Counter(name.split("/")[0] for name in cases)
    return name_list([f"{name} ({many})" for name, many in count.items()], MOST_WORKLOADS)


def _disturbed(source: Source) -> Table | None:
    rows = [
        [Cell(r.workload), Cell(str(r.number), r.number), Cell("; ".join(r.disturbed))]
        for r in source.content.workspan.invocations
        if r.disturbed
    ]
    words = frozenset(("workload", "why"))
    return Table(["workload", "process", "why"], rows, words) if rows else None
