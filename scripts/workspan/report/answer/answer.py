# SPDX-License-Identifier: Apache-2.0
"""The answer of a run on one screen: the headline, a line a workload, and what has no number."""

import shlex
import textwrap
from collections.abc import Sequence
from statistics import median
from typing import Final

from rich.console import Console
from rich.text import Text

from workspan.analysis.laws.weak_scaling import weak_scalings
from workspan.analysis.processes import processes_of_rows
from workspan.analysis.verdicts.alarms import alarms
from workspan.analysis.verdicts.headline import Headline, WorkloadAnswer, headline
from workspan.analysis.verdicts.run_disturbance import CLEAN, Disturbance, disturbance
from workspan.report import weak_sentences
from workspan.report.answer.alarm_sentences import sentence
from workspan.report.answer.answer_table import answer_table, code_name, legend
from workspan.report.answer.glance_words import opponent_words, wins_by_value
from workspan.report.cells import PROSE_COLUMNS, half_width, short, without_edge
from workspan.report.marked_numbers import (
    bare,
    by_value,
    gain_words,
    mark_legend,
    times,
    within_one_process,
)
from workspan.report.run_table import failures, print_result, totals
from workspan.resultfile.clean_samples import clean_samples
from workspan.resultfile.core_pairs import answered, words
from workspan.resultfile.model import ResultFile
from workspan.stats.ratios import Estimate
from workspan.support.text import quantity
from workspan.support.units import format_number, two_digits

REST: Final = "All tables, notes, and why cases were skipped"
SEQ: Final = "the suite's code for one thread"
MOST_NAMED: Final = 3  # workloads in a sentence
FEWER: Final = 0.85  # cores over CPUs below which the CPUs are not cores of their own
WIDE: Final = 0.05  # median half width of speedups from which on the machine is to be looked at
SHOWN_BELOW: Final = "failed"  # an alarm: all of its cases follow, with their reasons
SAID_FIRST: Final = "disturbed"  # an alarm: the answer begins with it
ONE: Final = "The one speedup with an interval is known to"
FEWEST_OTHERS: Final = 0.05  # CPUs that other processes used, which are worth a word
AGAIN: Final = "Measure again when it is idle; workspan doctor tells what disturbs it."
DISTURBED: Final = "workspan doctor tells what disturbs this machine."


def sentences(found: Headline) -> list[str]:
    """The headline in words, as far as it was measured: what else ran, what the CPUs give, what the
    workloads make of it, where the GPU wins, and where to look next.
    """
    said = (
        *of_disturbance(found.disturbance),
        _of_cpus(found),
        _of_cores(found),
        _of_workloads(found),
        _gainless(found),
        of_gpu(found),
        _weak_baselines(found),
        _next(found),
    )
    return [one for one in said if one]


def of_disturbance(found: Disturbance | None) -> Sequence[str]:
    """The first is the headline of the page, whole."""
    if found is None:
        return ()
    said = []
    if found.others is not None and found.others >= FEWEST_OTHERS:
        of = quantity(found.cpus, "CPU")
        said.append(f"other processes used {two_digits(found.others)} of its {of}")
    if found.is_mostly:
        were = "was" if found.disturbed == 1 else "were"
        said.append(f"{found.disturbed} of {quantity(found.processes, 'process')} {were} disturbed")
    if found.clean is not None and found.clean < CLEAN:
        said.append(f"{100 * found.clean:.1f} % of the judged samples were clean")
    *first, last = said
    why = f"{', '.join(first)} and {last}" if first else last
    return f"Not a measurement of this machine alone, as {why}.", AGAIN


def _of_cpus(found: Headline) -> str:
    cpus, arithmetic, memory = quantity(found.cpus, "CPU"), found.arithmetic, found.memory
    end = f"{within_one_process(arithmetic, memory)}."
    if arithmetic and memory:
        first = gain_words(arithmetic, "the arithmetic of one")
        second = f"{gain_words(memory, 'its memory bandwidth')}{end}"
        if found.cores:
            cores = two_digits(found.cores)
            return f"{cpus} do the work of {cores} cores: {first} and {second}"
        return f"{cpus} give {first}, but {second}"
    for gain, what in ((arithmetic, "arithmetic"), (memory, "memory bandwidth")):
        if gain:
            return f"{cpus} give {gain_words(gain, f'the {what} of one')}{end}"
    return ""


def _of_cores(found: Headline) -> str:
    """Whether two CPUs are one core, if two are or if all do the work of fewer cores."""
    shared, unclear = (answered(found.pairs, answer) for answer in ("one_core", "cannot_tell"))
    fewer = found.cores is not None and found.cores < FEWER * found.cpus
    if not found.pairs or not (shared or fewer):
        return ""
    text = words(found.pairs)
    told = shared or unclear or found.disturbance
    end = "" if told else ": something else makes them fewer, such as the clock"
    if shared and found.arithmetic and found.arithmetic.value >= FEWER * found.cpus:
        end = " when the run began, but later all gave more: the host moves its CPUs"
    return f"{text[0].upper()}{text[1:]}{end}."


def _of_workloads(found: Headline) -> str:
    """The range of what they gain from the CPUs, with the intervals of its ends, and by which code:
    a rank would claim that the first is told from the second.
    """
    ends = found.extremes
    if ends is None or found.cpus == 1:
        return ""
    if ends.most is ends.least:
        return "" if found.gainless else f"Over seq, {SEQ}, {_single(ends.most, found.cpus)}."
    least, most = (_end(a, found.cpus) for a in (ends.least, ends.most))
    return f"Over seq, {SEQ}, the workloads gain {least} to {most}."


def _end(a: WorkloadAnswer, cpus: int) -> str:
    gain = times(a.gain) if a.gain else ""
    return f"{gain} ({a.host.workload} by {code_name(a.gaining, cpus)})"


def _gained(a: WorkloadAnswer, cpus: int) -> str:
    return f"{a.host.workload} ({_times(a.gain)} by {code_name(a.gaining, cpus)})"


def _single(a: WorkloadAnswer, cpus: int) -> str:
    return f"{a.host.workload} gains {times(a.gain or 0.0)} by {code_name(a.gaining, cpus)}"


def _gainless(found: Headline) -> str:
    """Where one thread is faster than several."""
    names = [_gained(a, found.cpus) for a in found.gainless]
    if not names:
        return ""
    return f"Threads gain nothing in {_few(names)}: one thread is faster."


def _times(found: Estimate | None) -> str:
    return bare(found) if found else ""


def _code(found: Estimate | None) -> str:
    return f"code {format_number(found.value)}{by_value(found)}" if found else ""


def of_gpu(found: Headline) -> str:
    """Against whom it wins, in how many workloads, and in which with its transfers."""
    said: list[str] = []
    for wins, how in ((found.kernels, "its data resident"), (found.transfers, "transfers")):
        if wins.of:
            of = f"{wins.of}" if said else quantity(wins.of, "workload")
            said.append(f"in {wins.won} of {of} with {how}")
            said[-1] += wins_by_value(wins) if wins is found.kernels else _winners(found)
    if not said:
        return ""
    return f"The GPU beats {opponent_words(found.opponent)} {', '.join(said)}.{_fewer(found)}"


def _winners(found: Headline) -> str:
    names = [f"{a.host.workload} {_times(a.of_transfers.vs_best_host)}" for a in found.winners]
    return f": {', '.join(names)}" if names else ""


def _fewer(found: Headline) -> str:
    """The workloads that no win counts."""
    fewer = found.opponent.fewer
    if not fewer:
        return ""
    return f" Not counted, as their host code was measured on fewer threads: {_few(fewer)}."


def _weak_baselines(found: Headline) -> str:
    """Where vs seq flatters, and what is faster than seq."""
    weak = [a for a in found.workloads if a.better]
    names = [f"{a.host.workload} ({_times(a.ahead)} by {a.better.split('/')[1]})" for a in weak]
    if not names:
        return ""
    return f"vs seq flatters where other code is faster than seq on one thread: {_few(names)}."


def _next(found: Headline) -> str:
    """Where the code, not the machine, is the limit."""
    names = [f"{a.host.workload} ({_code(a.of_team.code)})" for a in found.held_back]
    if not names:
        return ""
    return f"Look next where the code gains less than the machine gives: {_few(names)}."


def _few(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def print_answer(result: ResultFile, files: Sequence[str], console: Console) -> None:
    """One screen, and the command for the rest; a run about concurrency alone has its whole table.

    files: where the result was written.
    """
    edgeless, found = without_edge(console), headline(result)
    if not found.workloads:
        print_result(result, console)
        return
    cases, target = result.workspan.cases, result.workspan.run.target
    weak = weak_sentences.answer(weak_scalings(result))
    said, doubts = [*sentences(found), *([weak] if weak else [])], alarms(result)
    worst = [sentence(a) for a in doubts if a.code not in (SHOWN_BELOW, SAID_FIRST)][:1]
    if said:
        lines = (textwrap.fill(one, PROSE_COLUMNS) for one in said)
        edgeless.print(Text("\n" + "\n".join(lines), style="bold"))
    edgeless.print(Text(""), answer_table(found, target))
    marks = mark_legend([*said, *worst])
    paragraphs = [
        " ".join(filter(None, (legend(found, target), marks))),
        " ".join(filter(None, (certainty(found), quietness(result)))),
        *worst,
    ]
    for paragraph in filter(None, paragraphs):
        edgeless.print(Text("\n" + textwrap.fill(paragraph, PROSE_COLUMNS)))
    if bad := failures(cases, PROSE_COLUMNS):
        edgeless.print(Text("\n" + "\n".join(bad), style="red"))
    edgeless.print(Text(f"\n{totals(cases)}"))
    for file in files[:1]:
        name = short(shlex.quote(file))
        more = f", and {quantity(len(doubts), 'alarm')}" if doubts else ""
        edgeless.print(Text(f"Why not more{more}: workspan analyze {name}"))
        edgeless.print(Text(f"{REST}: workspan info {name}"))


def certainty(found: Headline) -> str:
    """How well the speedups on this screen are known; or empty."""
    gains = [a.gain for a in found.by_gain]
    known = [w for gain in gains if gain and (w := gain.relative_half_width) is not None]
    said = []
    if known:
        width = half_width(median(known))
        half = f"Half of the {len(known)} speedups are known to {width} or better."
        said.append(half if len(known) > 1 else f"{ONE} {width}.")
        said += [DISTURBED] if median(known) > WIDE and not found.disturbance else []
    if without := len(gains) - len(known):
        has = "has" if without == 1 else "have"
        said.append(f"{quantity(without, 'speedup')} {has} no interval, for lack of samples.")
    return " ".join(said)


def quietness(result: ResultFile) -> str:
    """How many samples had their CPUs, how many processes were disturbed, and how many rows leave
    processes out; or empty.
    """
    share, records = clean_samples(result).share, result.workspan.invocations
    loud = sum(bool(r.disturbed) for r in records)
    if disturbance(result):  # the answer began with both
        share, loud = None, 0
    said = [] if share is None else [f"{100 * share:.1f} % of the judged samples were clean"]
    said += [f"{loud} of {quantity(len(records), 'process')} disturbed"] if loud else []
    if partial := sum(p.is_partial for p in processes_of_rows(result).values()):
        whose = "its" if partial == 1 else "their"
        said.append(f"{quantity(partial, 'row')} without some of {whose} processes")
    return ", ".join(said) + "." if said else ""
