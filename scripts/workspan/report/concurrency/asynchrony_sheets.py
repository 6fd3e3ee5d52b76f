# SPDX-License-Identifier: Apache-2.0
"""The tables about files, requests, futures, pipelines, shared counters and copies to a GPU."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from workspan.analysis.asynchrony.io import EchoTable
from workspan.analysis.asynchrony.problems import Problem
from workspan.analysis.asynchrony.tables import Asynchrony
from workspan.analysis.ratios.latency import RATE_KEY
from workspan.report.concurrency import asynchrony_sentences as said
from workspan.report.figure_cells import (
    Column,
    Sheet,
    bandwidth_cell,
    call_cell,
    count_cell,
    fine_share_cell,
    gain_cell,
    number_cell,
    rate_cell,
    share_cell,
    sheet,
    time_cell,
)

FILE_COLUMNS: Final = (
    Column(
        "read rate",
        "rate",
        bandwidth_cell,
        "bytes of the blocks / T, which contains starting the threads of threads and of futures.",
    ),
    Column("CPU of a read", "read_cpu", time_cell, "CPU time / blocks.", narrow="CPU of\na read"),
    Column(
        "read p50", "p50", time_cell, "half of the blocks take no longer, from issue to completion."
    ),
    Column("read p99", "p99", time_cell, "99 % of the blocks take no longer."),
)
ECHO_COLUMNS: Final = (
    Column(
        "closed rate on one core",
        "one_core_rate",
        rate_cell,
        "with client and server on one CPU.",
        narrow="closed,\non one\ncore",
    ),
    Column(
        "closed rate",
        "rate",
        rate_cell,
        "requests a second while the server serves, without set-up (n / T without that counter),"
        " each sent when an earlier one was answered; on all CPUs. seq: one thread at both ends of"
        " a connection, so no switch between client and server: the floor of the system calls,"
        " not a server that can be built.",
    ),
    Column("client CPU", "client_cpu", time_cell, "CPU time of a request in the client."),
    Column("server CPU", "server_cpu", time_cell, "the same in the server."),
    Column(
        "closed p50",
        "closed_p50",
        time_cell,
        "half of the answers come within this time of sending.",
    ),
    Column(
        "open p50",
        "open_p50",
        time_cell,
        "at the scheduled rate, half come within this time of when the request was due.",
    ),
    Column(
        "send late",
        "send_late",
        time_cell,
        "of requests for which a connection was free, half were sent no later than this after they"
        " were due: the generator's own wake-up, which is part of open p50.",
    ),
    Column("open p99", "open_p99", time_cell, "99 % of them."),
    Column("open p99.9", "open_p999", time_cell, "99.9 % of them."),
    Column("late", "late", share_cell, "share sent more than 10 ms after it was due."),
)
FUTURE_COLUMNS: Final = (
    Column("n", "n", count_cell, "tasks, the most of that model."),
    Column("spawn", "spawn", call_cell, "to issue a task."),
    Column("status", "status", call_cell, "to ask whether it has ended."),
    Column("get", "get", call_cell, "to take the result of one that has."),
    Column(
        "cancel",
        "cancel",
        call_cell,
        "to ask a task to end early; -: it cannot be asked, or one call cancels all tasks.",
    ),
    Column(
        "never ran",
        "never_ran",
        fine_share_cell,
        "share of the tasks that were asked; -: by construction no cancelled task starts.",
    ),
)
PIPELINE_COLUMNS: Final = (
    Column("items", "rate", rate_cell, "items a second."),
    Column(
        "pipeline gain on one core",
        "one_core_gain",
        gain_cell,
        "T_seq / T with all stages on one CPU: below 1, what handing over costs.",
        narrow="gain on\none core",
    ),
    Column("pipeline gain", "gain", gain_cell, "the same on all CPUs."),
    Column(
        "of bound",
        "of_bound",
        share_cell,
        "the gain / the time of all stages over that of the longest one, or the number of CPUs"
        " if that is less.",
    ),
    Column(
        "item p50",
        "p50",
        time_cell,
        "half of the items take no longer through all stages, waiting between them included.",
    ),
)
CONTENTION_COLUMNS: Final = (
    Column(
        "increment on one thread",
        "one_thread",
        time_cell,
        "T / n on one thread.",
        narrow="on one\nthread",
    ),
    Column(
        "on all threads", "all_threads", time_cell, "the same on all.", narrow="on all\nthreads"
    ),
    Column("counting gain", "gain", gain_cell, "T on one thread / T on all."),
    Column(
        "serial part of counting",
        "serial",
        number_cell,
        "of the law of scaling over threads, up to one for each CPU.",
        narrow="serial\npart",
    ),
    Column(
        "coherency", "coherency", number_cell, "of the same law: what each pair of threads costs."
    ),
)
OVERLAP_COLUMNS: Final = (
    Column("overlapped time", "time", time_cell, "of copies and kernels.", narrow="time"),
    Column(
        "overlap gain",
        "gain",
        gain_cell,
        "T of cuda, in order, with its best number of chunks / T.",
        narrow="gain",
    ),
    Column(
        "overlap efficiency",
        "efficiency",
        number_cell,
        "the longest of copies in, kernels and copies out, alone, / T; 1: it hides the others.",
        narrow="efficiency",
    ),
)
ALL_COLUMNS: Final = (
    *(*FILE_COLUMNS, *ECHO_COLUMNS, *FUTURE_COLUMNS),
    *(*PIPELINE_COLUMNS, *CONTENTION_COLUMNS, *OVERLAP_COLUMNS),
)


def sheets(found: Asynchrony) -> list[Sheet]:
    """A table for each of what was measured."""
    return [*_of_files(found), *_of_echo(found.echo), *_of_tasks(found)]


def _of_files(found: Asynchrony) -> Iterator[Sheet]:
    for table in found.files:
        heading = f"fileio: blocks of a file in random order, {_problem(table.problem)}"
        yield sheet(heading, FILE_COLUMNS, table.rows, said.of_files(table))


def _of_echo(table: EchoTable | None) -> Iterator[Sheet]:
    if table:
        heading = f"echo: client and server on this machine, {_loops(table)}"
        yield sheet(heading, ECHO_COLUMNS, table.rows, said.of_echo(table))


def _loops(table: EchoTable) -> str:
    """Both problems; as one if they differ in nothing but the rate."""
    closed, scheduled = table.closed, table.open_loop
    if closed and scheduled and replace(scheduled, keys=closed.keys) == closed:
        both = {**closed.keys, RATE_KEY: f"{closed.keys[RATE_KEY]} and {scheduled.keys[RATE_KEY]}"}
        if {**scheduled.keys, RATE_KEY: ""} == {**closed.keys, RATE_KEY: ""}:
            return _problem(replace(closed, keys=both))
    return " and ".join(_problem(one) for one in (closed, scheduled) if one)


def _of_tasks(found: Asynchrony) -> Iterator[Sheet]:
    if futures := found.futures:
        heading = "futures: spawn, status, get: of tasks that are not cancelled"
        if futures.cancelled:
            heading += f"; cancel, never ran: {futures.cancelled} % cancelled"
        yield sheet(heading, FUTURE_COLUMNS, futures.rows, said.of_futures(futures))
    if pipeline := found.pipeline:
        heading = f"pipeline: three stages, {_problem(pipeline.problem)}"
        yield sheet(heading, PIPELINE_COLUMNS, pipeline.rows, said.of_pipeline(pipeline))
    if contention := found.contention:
        heading = f"contention: increments of one counter, {_problem(contention.problem)}"
        yield sheet(heading, CONTENTION_COLUMNS, contention.rows, said.of_contention(contention))
    if overlap := found.overlap:
        heading = f"overlap: chunks through a GPU, {_problem(overlap.problem)}"
        yield sheet(heading, OVERLAP_COLUMNS, overlap.rows, said.of_overlap(overlap))


def _problem(problem: Problem) -> str:
    """n = 1024, input:direct, inflight:8"""
    return ", ".join([f"n = {problem.n}", *(f"{k}:{v}" for k, v in problem.keys.items())])
