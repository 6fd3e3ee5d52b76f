# SPDX-License-Identifier: Apache-2.0
"""What the tables about asynchrony say, computed; without its numbers a sentence is left out."""

from collections.abc import Iterable, Sequence
from typing import Any

from workspan.analysis.asynchrony.contention import ContentionTable
from workspan.analysis.asynchrony.futures import FutureTable
from workspan.analysis.asynchrony.io import EchoRow, EchoTable, FileTable
from workspan.analysis.asynchrony.overlap import OverlapTable
from workspan.analysis.asynchrony.pipeline import PipelineTable
from workspan.analysis.concurrency_findings import NOTHING
from workspan.analysis.figures import Figure
from workspan.analysis.times import quotient
from workspan.report.figure_cells import gain, per_cent, per_second
from workspan.resultfile.names import BASELINE
from workspan.support.units import format_bytes, format_time

Named = tuple[str, Figure]  # a model and its figure


def of_files(table: FileTable) -> list[str]:
    """The model that reads most beside seq: how much more, and at what CPU time."""
    rows = {row.model: row for row in table.rows}
    seq = rows.pop(BASELINE, None)
    best = max(
        (row for row in rows.values() if row.rate), key=lambda r: _value(r.rate), default=None
    )
    if not best or not best.rate:
        return []
    text = f"{best.model} reads {format_bytes(best.rate.value)}/s"
    if seq and (more := quotient(_value(best.rate), _value(seq.rate))):
        text += f", {gain(more)} as much as seq"
    if seq and (cpu := quotient(_value(best.read_cpu), _value(seq.read_cpu))):
        text += f", with {gain(cpu)} its CPU time a read"
    return [f"{text}."]


def of_echo(table: EchoTable) -> list[str]:
    """The highest rate and whose CPU time it takes; the lowest p99 of the open loop."""
    fastest = max((r for r in table.rows if r.rate), key=lambda r: _value(r.rate), default=None)
    soonest = min(
        (r for r in table.rows if r.open_p99), key=lambda r: _value(r.open_p99), default=None
    )
    texts = [_fastest(fastest) if fastest else "", _soonest(soonest, table) if soonest else ""]
    return [text for text in texts if text]


def _fastest(row: EchoRow) -> str:
    text = f"{row.model} answers {per_second(_value(row.rate))} in the closed loop"
    client, server = _value(row.client_cpu), _value(row.server_cpu)
    if client + server > 0:
        text += (
            f", where a request costs {format_time(client + server)} of CPU time,"
            f" {per_cent(client / (client + server))} of it in the client"
        )
    return f"{text}."


def _soonest(row: EchoRow, table: EchoTable) -> str:
    rate = table.open_loop.keys.get("rate", "") if table.open_loop else ""
    parts = {"half": row.open_p50, "99 %": row.open_p99, "99.9 %": row.open_p999}
    within = [f"{share} within {format_time(of.value)}" for share, of in parts.items() if of]
    late = _value(row.late)
    end = f"; {per_cent(late)} were sent late" if late else ""
    return (
        f"At {rate} requests a second {row.model} answers {', '.join(within)} of when they were"
        f" due{end}."
    )


def of_futures(table: FutureTable) -> list[str]:
    """What spawning costs at least and at most, and whether cancelling keeps tasks from running;
    without seq, where both are certain.
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
        shares = [f"{per_cent(high[1].value)} ({high[0]})"]
        if low[1].value < high[1].value:
            shares.insert(0, f"{per_cent(low[1].value)} ({low[0]})")
        texts.append(
            f"Of the tasks that are asked to cancel {' to '.join(shares)} never ran: cancelling is"
            " a request, and a race with the start."
        )
    return texts


def of_pipeline(table: PipelineTable) -> list[str]:
    """The best gain, beside the one that the longest stage allows."""
    gains = [(model, of) for model, of in _named(table.rows, "gain") if model != BASELINE]
    if not gains:
        return []
    model, best = _ends(gains)[1]
    text = f"{model} gains {_given(best.value)}"
    if table.bound:
        text += f", where {gain(table.bound)} is possible"
        text += f"; the longest stage is {table.longest}"
    return [f"{text}."]


def of_contention(table: ContentionTable) -> list[str]:
    """The cheapest and the dearest counter on all threads."""
    costs = _named(table.rows, "all_threads")
    if len(costs) < 2:
        return []
    low, high = _ends(costs)
    alone = dict(_named(table.rows, "one_thread")).get(BASELINE)
    end = f"; one thread alone takes {format_time(alone.value)}" if alone else ""
    return [
        f"On {table.threads} threads an increment costs {format_time(low[1].value)} ({low[0]}) to"
        f" {format_time(high[1].value)} ({high[0]}){end}."
    ]


def of_overlap(table: OverlapTable) -> list[str]:
    """The best gain over copies and kernels in order."""
    gains = _named(table.rows, "gain")
    if len(gains) < 2:
        return []
    model, best = _ends(gains)[1]
    return [f"{model} gains {_given(best.value)} over copies and kernels in order."]


def _given(value: float) -> str:
    return gain(value) if value > NOTHING else f"nothing ({gain(value)})"


def _named(rows: Iterable[Any], field: str) -> list[Named]:
    """Those that are known, and results: not of one CPU where several were meant."""
    found = [(row.model, getattr(row, field)) for row in rows]
    return [(model, of) for model, of in found if of and not of.one_cpu]


def _ends(of: Sequence[Named]) -> tuple[Named, Named]:
    """The lowest and the highest."""
    return min(of, key=lambda one: one[1].value), max(of, key=lambda one: one[1].value)


def _value(figure: Figure | None) -> float:
    return figure.value if figure else 0.0
