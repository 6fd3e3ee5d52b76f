# SPDX-License-Identifier: Apache-2.0
"""What the tables say: every clause follows its number, and is left out without it."""

from workspan.analysis.asynchrony.contention import ContentionRow, ContentionTable
from workspan.analysis.asynchrony.futures import FutureRow, FutureTable
from workspan.analysis.asynchrony.io import EchoRow, EchoTable, FileRow, FileTable
from workspan.analysis.asynchrony.overlap import OverlapRow, OverlapTable
from workspan.analysis.asynchrony.pipeline import PipelineRow, PipelineTable
from workspan.analysis.asynchrony.problems import Problem
from workspan.analysis.figures import Figure
from workspan.report.asynchrony_sentences import (
    of_contention,
    of_echo,
    of_files,
    of_futures,
    of_overlap,
    of_pipeline,
)

P = Problem(1000)
OPEN = Problem(1000, {"rate": "20000"})
SEQ = FileRow("seq", Figure(1e9), Figure(20e-6))


def files(*rows: FileRow) -> list[str]:
    return of_files(FileTable(P, rows))


def test_the_model_that_reads_most_is_held_against_seq() -> None:
    best, other = FileRow("io_uring", Figure(1.5e9), Figure(10e-6)), FileRow("pool", Figure(9e8))
    assert files(SEQ, other, best) == [
        "io_uring reads 1.50 GB/s, 1.50x as much as seq, with 0.50x its CPU time a read."
    ]
    assert files(FileRow("seq", Figure(1e9)), best) == [
        "io_uring reads 1.50 GB/s, 1.50x as much as seq."
    ]
    assert files(best) == ["io_uring reads 1.50 GB/s."]
    assert files(SEQ) == files() == files(SEQ, FileRow("pool")) == []


def echo(*rows: EchoRow) -> list[str]:
    return of_echo(EchoTable(P, OPEN, rows))


def test_the_capacity_and_whose_cpu_time_it_takes() -> None:
    row = EchoRow("coroutines", rate=Figure(125e3))
    assert echo(EchoRow("threads", rate=Figure(9e4)), row) == [
        "coroutines answers 125 k/s in the closed loop."
    ]
    halves = EchoRow("pool", rate=Figure(2e5), client_cpu=Figure(6e-6), server_cpu=Figure(4e-6))
    assert echo(row, halves) == [
        "pool answers 200 k/s in the closed loop, where a request costs 10.0 us of CPU time, 60 %"
        " of it in the client."
    ]


def test_the_open_loop_tells_what_is_known_of_the_lowest_p99() -> None:
    slow = EchoRow("threads", open_p50=Figure(10e-6), open_p99=Figure(2e-3))
    soon = EchoRow("coroutines", open_p50=Figure(40e-6), open_p99=Figure(91e-6))
    assert echo(slow, soon) == [
        "At 20000 requests a second coroutines answers half within 40.0 us, 99 % within 91.0 us"
        " of when they were due."
    ]
    late = EchoRow("x", open_p99=Figure(1e-6), open_p999=Figure(2e-6), late=Figure(0.01))
    assert echo(late) == [
        "At 20000 requests a second x answers 99 % within 1.00 us, 99.9 % within 2.00 us of when"
        " they were due; 1.0 % were sent late."
    ]
    assert echo(EchoRow("x", open_p50=Figure(1e-6))) == []


def futures(*rows: FutureRow) -> list[str]:
    return of_futures(FutureTable(50, rows))


def test_spawning_has_two_ends_and_cancelling_is_a_race() -> None:
    cheap, dear = FutureRow("pool", spawn=Figure(87e-9)), FutureRow("threads", spawn=Figure(28e-6))
    assert futures(cheap, dear) == [
        "To spawn a task costs from 87.0 ns (pool) to 28.0 us (threads)."
    ]
    assert futures(cheap) == []
    assert futures(FutureRow("seq", spawn=Figure(1e-11), never_ran=Figure(1.0)), cheap) == []
    one, two = FutureRow("pool", never_ran=Figure(1.0)), FutureRow("x", never_ran=Figure(0.4))
    end = " never ran: cancelling is a request, and a race with the start."
    start = "Of the tasks that are asked to cancel"
    assert futures(one) == [f"{start} 100 % (pool){end}"]
    assert futures(one, two) == [f"{start} 40 % (x) to 100 % (pool){end}"]


def pipeline(bound: float | None, *rows: PipelineRow) -> list[str]:
    return of_pipeline(PipelineTable(P, "transform" if bound else "", bound, rows))


def test_the_best_pipeline_beside_what_is_possible() -> None:
    rows = [PipelineRow("seq", gain=Figure(9.0)), PipelineRow("pool", gain=Figure(0.5))]
    rows.append(PipelineRow("tbb", gain=Figure(1.25)))
    assert pipeline(1.5, *rows) == [
        "tbb gains 1.25x, where 1.50x is possible; the longest stage is transform."
    ]
    assert pipeline(None, *rows) == ["tbb gains 1.25x."]
    assert pipeline(1.5, rows[1])[0].startswith("pool gains nothing (0.50x), where 1.50x is")
    stuck = PipelineRow("threads", gain=Figure(9.0, one_cpu=True))
    assert pipeline(None, *rows, stuck) == ["tbb gains 1.25x."]
    assert pipeline(1.5, rows[0]) == pipeline(1.5) == []


def test_the_dearest_counter_beside_the_cheapest() -> None:
    rows = [
        ContentionRow(model, all_threads=Figure(ns * 1e-9))
        for model, ns in (("atomic", 6.5), ("omp_critical", 23.0), ("sharded", 0.5))
    ]
    assert of_contention(ContentionTable(P, 2, tuple(rows))) == [
        "On 2 threads an increment costs 0.50 ns (sharded) to 23.0 ns (omp_critical)."
    ]
    seq = ContentionRow("seq", one_thread=Figure(1.5e-9))
    assert of_contention(ContentionTable(P, 2, (seq, *rows))) == [
        "On 2 threads an increment costs 0.50 ns (sharded) to 23.0 ns (omp_critical); one thread"
        " alone takes 1.50 ns."
    ]
    assert of_contention(ContentionTable(P, 2, tuple(rows[:1]))) == []


def test_what_overlap_gains() -> None:
    order, streams = OverlapRow("cuda", gain=Figure(1.0)), OverlapRow("streams", gain=Figure(1.9))
    assert of_overlap(OverlapTable(P, (order, streams))) == [
        "streams gains 1.90x over copies and kernels in order."
    ]
    assert of_overlap(OverlapTable(P, (order,))) == []
