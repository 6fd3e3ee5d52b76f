# SPDX-License-Identifier: Apache-2.0
"""What the tables about asynchrony say, computed; without its numbers a sentence is left out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from workspan.analysis.asynchrony.contention import ContentionRow, ContentionTable
from workspan.analysis.asynchrony.futures import FutureTable
from workspan.analysis.asynchrony.io import EchoRow, EchoTable, FileRow, FileTable
from workspan.analysis.asynchrony.overlap import OverlapTable
from workspan.analysis.asynchrony.pipeline import PipelineTable
from workspan.analysis.laws.scaling import Refusal
from workspan.analysis.ratios.figures import Figure
from workspan.analysis.ratios.times import quotient
from workspan.report.answer.scaling_sentences import no_laws, reason
from workspan.report.figure_cells import fine_per_cent, gain, per_cent, per_second
from workspan.resultfile.names import BASELINE
from workspan.support.units import format_bytes, format_time

Named = tuple[str, Figure]  # a model and its figure

WIDEST: Final = 0.2  # half the interval of a gain over it: wider, it decides nothing
BLIND: Final = 10.0  # p99 of like processes differ by as much
ROUGH: Final = 0.5  # the same of a cost: wider, it is "about"


def of_files(table: FileTable) -> list[str]:
    """The rate of the fastest model beside that of seq, if one is; past the cache, who needs the
    least CPU time.
    """
    seq = next((row for row in table.rows if row.model == BASELINE), None)
    rates = [one for one in _named(table.rows, "rate") if one[0] != BASELINE]
    texts = [_rate_of_reads(rates, seq)] if rates else []
    if table.problem.keys.get("input") == "direct" and (cpu := _least_cpu(table, seq)):
        texts.append(cpu)
    return texts


def _rate_of_reads(rates: Sequence[Named], seq: FileRow | None) -> str:
    """Of those that may be the fastest all are named."""
    first = _first_of(rates)
    if len(first) > 1:
        words = [f"{model} {format_bytes(of.value)}/s" for model, of in first]
        return f"Not decided which model reads fastest: {', '.join(words)}."
    model, best = first[0]
    more = quotient(best.value, _value(seq.rate)) if seq else None
    end = f", {gain(more)} the rate of seq" if more else ""
    return f"Reads by {model}: {format_bytes(best.value)}/s{end}."


def _least_cpu(table: FileTable, seq: FileRow | None) -> str:
    costs = [one for one in _named(table.rows, "read_cpu") if one[0] != BASELINE]
    if not costs:
        return ""
    first = _first_of(costs, least=True)
    model, least = first[0]
    share = quotient(least.value, _value(seq.read_cpu)) if seq else None
    if not share or share >= 1:
        return ""
    if len(first) > 1:
        words = ", ".join(f"{model} {format_time(of.value)}" for model, of in first)
        return f"Not decided which model needs the least CPU time a read: {words}."
    return f"{model} needs the least CPU time a read, {gain(share)} of seq's."


def _first_of(of: Iterable[Named], *, least: bool = False) -> list[Named]:
    """From the highest, or the lowest, on as far as an interval overlaps that one's."""
    found = sorted(of, key=lambda one: one[1].value if least else -one[1].value)
    low, high = _interval(found[0][1])
    ends = [_interval(figure) for _, figure in found]
    last = max(k for k, (begin, end) in enumerate(ends) if begin <= high and low <= end)
    return found[: last + 1]


def _interval(of: Figure) -> tuple[float, float]:
    """Of a number without one: two of them are told apart from a factor BLIND on."""
    return of.interval or (of.value / BLIND**0.5, of.value * BLIND**0.5)


def of_echo(table: EchoTable) -> list[str]:
    """The highest rate and whose CPU time it takes; the lowest p99 of the open loop; or that it is
    not decided. Without seq, which is not a server.
    """
    rows = [row for row in table.rows if row.model != BASELINE]
    rates = _named(rows, "rate")
    latencies = _named(rows, "open_p99")
    texts = [_closed(rates, rows)] if rates else []
    return [*texts, *([_soonest(latencies, rows, table)] if latencies else [])]


def _closed(rates: Sequence[Named], rows: Sequence[EchoRow]) -> str:
    first = _first_of(rates)
    if len(first) == 1:
        return _fastest(next(row for row in rows if row.model == first[0][0]))
    words = [f"{model} {per_second(of.value)}" for model, of in first]
    return f"Not decided which server answers most in the closed loop: {', '.join(words)}."


def _fastest(row: EchoRow) -> str:
    text = f"The server of {row.model} answers {per_second(_value(row.rate))} in the closed loop"
    client, server = _value(row.client_cpu), _value(row.server_cpu)
    if client + server > 0:
        text += (
            f", where a request costs {format_time(client + server)} of CPU time,"
            f" {per_cent(client / (client + server))} of it in the client"
        )
    return f"{text}."


def _soonest(latencies: Sequence[Named], rows: Sequence[EchoRow], table: EchoTable) -> str:
    rate = table.open_loop.keys.get("rate", "") if table.open_loop else ""
    first = _first_of(latencies, least=True)
    if len(first) > 1:
        words = ", ".join(f"{model} {format_time(of.value)}" for model, of in first)
        return f"Not decided which has the lowest p99 at {rate} requests a second: {words}."
    row = next(row for row in rows if row.model == first[0][0])
    parts = {"p50": row.open_p50, "p99": row.open_p99, "p99.9": row.open_p999}
    known = [f"{name} {format_time(of.value)}" for name, of in parts.items() if of]
    late = _value(row.late)
    end = f"; {per_cent(late)} were sent late" if late else ""
    return (
        f"At {rate} requests a second, lowest p99: {row.model}, with {', '.join(known)} from when"
        f" they were due{end}."
    )


def of_futures(table: FutureTable) -> list[str]:
    """What spawning costs at least and at most, without seq; and whether cancelling keeps tasks
    from running, where it races with their start.
    """
    rows = [row for row in table.rows if row.model != BASELINE]
    spawn, never = _named(rows, "spawn"), _named(rows, "never_ran")
    texts = []
    if len(spawn) > 1:
        low, high = _ends(spawn)
        texts.append(
            f"To spawn a task costs from {format_time(low[1].value)} ({low[0]}) to"
            f" {format_time(high[1].value)} ({high[0]})."
        )
    if never:
        low, high = _ends(never)
        shares = [f"{fine_per_cent(high[1].value)} ({high[0]})"]
        if low[1].value < high[1].value:
            shares.insert(0, f"{fine_per_cent(low[1].value)} ({low[0]})")
        texts.append(
            f"Of the tasks that are asked to cancel {' to '.join(shares)} never ran: cancelling is"
            " a request, and a race with the start."
        )
    return texts


def of_pipeline(table: PipelineTable) -> list[str]:
    """The highest gain as its interval supports it, beside what the longest stage allows; if it is
    none, what handing over costs.
    """
    gains = [(model, of) for model, of in _named(table.rows, "gain") if model != BASELINE]
    if not gains:
        return []
    model, best = _ends(gains)[1]
    text = f"{model} {_given(best)}"
    if table.bound:
        text += f"; {gain(table.bound)} is possible, the longest stage being {table.longest}"
    return [f"{text}.", *(_handing_over(table, model) if best.value < 1 else [])]


def _handing_over(table: PipelineTable, model: str) -> list[str]:
    """Why the best model gains nothing: the stages save less by overlapping than it costs."""
    row = next(row for row in table.rows if row.model == model)
    if not row.handing_over or not table.item or not table.bound or table.bound <= 1:
        return []
    saved, alone = table.item * (1 - 1 / table.bound), row.one_core_handing_over
    end = f", on one core {_cost(alone)}" if alone and alone.value > 0 else ""
    return [
        f"No gain is measured: of the {format_time(table.item)} of an item, overlapping the stages"
        f" saves at most {format_time(saved)}, and handing it over costs {model}, the best,"
        f" {_cost(row.handing_over)}{end}."
    ]


def of_contention(table: ContentionTable) -> list[str]:
    """The cheapest and the dearest counter on all threads ("about": not known well), and why
    curves over threads have no law.
    """
    costs = _named(table.rows, "all_threads")
    if len(costs) < 2:
        return _without_law(table.rows)
    low, high = _ends(costs)
    alone = dict(_named(table.rows, "one_thread")).get(BASELINE)
    end = f"; one thread alone takes {_cost(alone)}" if alone else ""
    return [
        f"On {table.threads} threads an increment costs {_cost(low[1])} ({low[0]}) to"
        f" {_cost(high[1])} ({high[0]}){end}.",
        *_without_law(table.rows),
    ]


def _without_law(rows: Iterable[ContentionRow]) -> list[str]:
    broken, alike = list[str](), defaultdict[Refusal, list[str]](list)
    for row in rows:
        if row.refusal and row.kink:
            broken.append(f"{row.model}: {reason(row.refusal, row.kink)}.")
        elif row.refusal:
            alike[row.refusal].append(row.model)
    return [*broken, *no_laws(alike)]


def of_overlap(table: OverlapTable) -> list[str]:
    """The highest gain over copies and kernels in order, as its interval supports it."""
    gains = _named(table.rows, "gain")
    if len(gains) < 2:
        return []
    model, best = _ends(gains)[1]
    chunks = "one chunk" if table.in_order == 1 else f"{table.in_order} chunks"
    return [f"Over copies and kernels in order, in {chunks}, {model} {_given(best)}."]


def _given(of: Figure) -> str:
    """The gain, if its interval is on one side of 1 and not wide."""
    if of.interval is None:
        return f"gains about {gain(of.value)}, without an interval: not decided"
    low, high = of.interval
    if low <= 1 <= high or not _is_known(of, WIDEST):
        return f"gains between {gain(low)} and {gain(high)}: not decided"
    return f"gains {gain(of.value)}" if low > 1 else f"gains nothing ({gain(of.value)})"


def _cost(of: Figure) -> str:
    return f"{'' if _is_known(of, ROUGH) else 'about '}{format_time(of.value)}"


def _is_known(of: Figure, share: float) -> bool:
    """Whether half its interval is at most this share of it."""
    return bool(of.interval) and (_interval(of)[1] - _interval(of)[0]) / 2 <= share * of.value


def _named(rows: Iterable[Any], field: str) -> list[Named]:
    """Those that are known, and results: not of one CPU where several were meant."""
    found = [(row.model, getattr(row, field)) for row in rows]
    return [(model, of) for model, of in found if of and not of.one_cpu]


def _ends(of: Sequence[Named]) -> tuple[Named, Named]:
    """The lowest and the highest."""
    return min(of, key=lambda one: one[1].value), max(of, key=lambda one: one[1].value)


def _value(figure: Figure | None) -> float:
    return figure.value if figure else 0.0
