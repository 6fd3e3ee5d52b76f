# SPDX-License-Identifier: Apache-2.0
"""Files and requests: what an execution model makes of a disk and of a connection.

Closed loop: a request is issued when an earlier one has ended, which tells the capacity. Open loop:
requests are issued by a schedule, which tells the latency.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from workspan.analysis.asynchrony.problems import Problem, WorkloadCases
from workspan.analysis.ratios.figures import Figure, counter, figure, over_processes
from workspan.analysis.ratios.latency import is_closed_loop, is_open_loop, latency
from workspan.analysis.ratios.times import per_second, rate_interval
from workspan.resultfile.counting import process_cpu_time
from workspan.resultfile.encode import counted_invocations
from workspan.resultfile.model import Case
from workspan.resultfile.names import ECHO, FILEIO

NANOSECOND: Final = 1e-9
IN_FLIGHT: Final = "inflight"
READS: Final = {IN_FLIGHT: 8}  # the tables are about numbers next to these
REQUESTS: Final = {IN_FLIGHT: 16}


@dataclass(frozen=True)
class FileRow:
    """One model. rate: bytes/s; times in seconds, latencies from issue to completion."""

    model: str
    rate: Figure | None = None
    read_cpu: Figure | None = None  # CPU time of a read
    p50: Figure | None = None
    p99: Figure | None = None


@dataclass(frozen=True)
class FileTable:
    """Blocks of a file, read in random order; for each input: cached, direct."""

    problem: Problem
    rows: tuple[FileRow, ...]


@dataclass(frozen=True)
class EchoRow:
    """One model of a server. rate: requests/s of the closed loop while it serves, or without that
    counter n / T; on all CPUs and with client and server on one; times in seconds.

    client_cpu, server_cpu: CPU time of a request in it. send_late: the part of open_p50 that is the
    generator's own. late: share of the requests of the open loop that were sent more than 10 ms
    after they were due.
    """

    model: str
    one_core_rate: Figure | None = None
    rate: Figure | None = None
    client_cpu: Figure | None = None
    server_cpu: Figure | None = None
    closed_p50: Figure | None = None
    open_p50: Figure | None = None
    send_late: Figure | None = None
    open_p99: Figure | None = None
    open_p999: Figure | None = None
    late: Figure | None = None


@dataclass(frozen=True)
class EchoTable:
    """Requests over the loopback device. closed, open_loop: None if not measured."""

    closed: Problem | None
    open_loop: Problem | None
    rows: tuple[EchoRow, ...]


def file_tables(cases: Iterable[Case], target: float) -> tuple[FileTable, ...]:
    """One for each input that was measured."""
    found = WorkloadCases(cases, FILEIO)
    inputs = dict.fromkeys(case.keys.get("input", "") for case in found.cases)
    tables = (_file_table(found, name, target) for name in inputs)
    return tuple(table for table in tables if table)


def _file_table(found: WorkloadCases, name: str, target: float) -> FileTable | None:
    problem = found.problem(lambda case: case.keys.get("input", "") == name, READS)
    if problem is None:
        return None
    cases = (found.of(model, problem) for model in found.models)
    return FileTable(problem, tuple(_file_row(case, target) for case in cases if case))


def _file_row(case: Case, target: float) -> FileRow:
    cpu = [process_cpu_time(i) / case.n for i in counted_invocations(case)]
    return FileRow(
        model=case.variant,
        rate=_with_interval(
            figure(per_second(case.cost.bytes, case), target, case), case.cost.bytes, case
        ),
        read_cpu=over_processes(cpu, target),
        p50=latency(case, 500, target),
        p99=latency(case, 990, target),
    )


def echo_table(cases: Iterable[Case], target: float) -> EchoTable | None:
    """Both loops side by side; None if neither was measured."""
    found = WorkloadCases(cases, ECHO)
    closed = found.problem(is_closed_loop, REQUESTS)
    scheduled = found.problem(is_open_loop, REQUESTS)
    if not closed and not scheduled:
        return None
    rows = (
        _echo_row(
            model,
            found.on_one_core(model, closed),
            found.of(model, closed),
            found.of(model, scheduled),
            target,
        )
        for model in found.models
    )
    return EchoTable(closed, scheduled, tuple(row for row in rows if row != EchoRow(row.model)))


def _echo_row(
    model: str, on_one: Case | None, closed: Case | None, scheduled: Case | None, target: float
) -> EchoRow:
    return EchoRow(
        model=model,
        one_core_rate=_requests(on_one, target),
        rate=_requests(closed, target),
        client_cpu=counter(closed, "client_cpu_ns", NANOSECOND),
        server_cpu=counter(closed, "server_cpu_ns", NANOSECOND),
        closed_p50=latency(closed, 500, target),
        open_p50=latency(scheduled, 500, target),
        send_late=counter(scheduled, "send_late_p50_ns", NANOSECOND),
        open_p99=latency(scheduled, 990, target),
        open_p999=latency(scheduled, 999, target),
        late=counter(scheduled, "late", 1 / scheduled.n if scheduled else 1.0),
    )


def _requests(case: Case | None, target: float) -> Figure | None:
    """While the server serves. T has the set-up of threads and connections in it, too."""
    if case is None:
        return None
    of_run = figure(per_second(case.n, case), target, case)
    served = counter(case, "requests_per_s")
    if not served or not of_run or served.value <= 0:
        return _with_interval(of_run, case.n, case)
    interval = rate_interval(served.value * (case.time or 0.0), case)  # as sure as T
    return replace(of_run, value=served.value, noisy=True, interval=interval)


def _with_interval(rate: Figure | None, amount: float, case: Case) -> Figure | None:
    return rate and replace(rate, interval=rate_interval(amount, case))
