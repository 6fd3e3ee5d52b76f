# SPDX-License-Identifier: Apache-2.0
"""What the tables say: every clause follows its number, and is left out without it."""

from dataclasses import replace

import pytest

from workspan.analysis.asynchrony.contention import ContentionRow, ContentionTable
from workspan.analysis.asynchrony.futures import FutureRow, FutureTable
from workspan.analysis.asynchrony.io import EchoRow, EchoTable, FileRow, FileTable
from workspan.analysis.asynchrony.overlap import OverlapRow, OverlapTable
from workspan.analysis.asynchrony.pipeline import PipelineRow, PipelineTable
from workspan.analysis.asynchrony.problems import Problem
from workspan.analysis.ratios.figures import Figure
from workspan.report.concurrency.asynchrony_sentences import (
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


def known(value: float, share: float = 0.01) -> Figure:
    """With an interval of this share on each side."""
    return Figure(value, interval=(value * (1 - share), value * (1 + share)))


def test_the_model_that_reads_most_is_held_against_seq() -> None:
    best, other = FileRow("io_uring", known(1.5e9), Figure(10e-6)), FileRow("pool", known(9e8))
    assert files(SEQ, other, best) == ["Reads by io_uring: 1.50 GB/s, 1.50x the rate of seq."]
    assert files(best) == ["Reads by io_uring: 1.50 GB/s."]
    assert files(SEQ) == files() == files(SEQ, FileRow("pool")) == []


def test_of_overlapping_intervals_none_is_the_fastest() -> None:
    near, far = FileRow("pool", known(1.4e9, 0.1)), FileRow("futures", known(1e9, 0.1))
    assert files(SEQ, far, near, FileRow("io_uring", known(1.5e9, 0.1))) == [
        "Not decided which model reads fastest: io_uring 1.50 GB/s, pool 1.40 GB/s."
    ]


def test_past_the_cache_the_least_cpu_time_is_named() -> None:
    direct = Problem(1000, {"input": "direct"})
    rows = (SEQ, FileRow("pool", read_cpu=known(15e-6)), FileRow("io", read_cpu=known(6e-6)))
    said = ["io needs the least CPU time a read, 0.30x of seq's."]
    assert of_files(FileTable(direct, rows)) == said
    assert of_files(FileTable(direct, rows[1:])) == of_files(FileTable(direct, rows[:1])) == []
    near = FileRow("uring", read_cpu=known(8e-6, 0.3))
    assert of_files(FileTable(direct, (*rows, near))) == [
        "Not decided which model needs the least CPU time a read: io 6.00 us, uring 8.00 us."
    ]
    dear = FileRow("pool", read_cpu=Figure(30e-6))
    assert of_files(FileTable(direct, (SEQ, dear))) == files(*rows) == []


def echo(*rows: EchoRow) -> list[str]:
    return of_echo(EchoTable(P, OPEN, rows))


def test_a_wide_interval_lets_no_faster_model_be_left_out() -> None:
    rows = [
        FileRow("threads", known(26e9, 0.05)),
        FileRow("io_uring", known(14e9, 0.05)),  # surely slower than the first
        FileRow("coroutines", known(11e9, 1.5)),
    ]
    assert files(*rows) == [
        "Not decided which model reads fastest: threads 26.0 GB/s, io_uring 14.0 GB/s, coroutines"
        " 11.0 GB/s."
    ]


def test_the_capacity_and_whose_cpu_time_it_takes() -> None:
    row = EchoRow("coroutines", rate=known(125e3))
    no_server = EchoRow("seq", rate=known(9e5), open_p99=Figure(1e-9))
    assert echo(EchoRow("threads", rate=known(9e4)), row, no_server) == [
        "The server of coroutines answers 125 k/s in the closed loop."
    ]
    halves = EchoRow("pool", rate=known(2e5), client_cpu=Figure(6e-6), server_cpu=Figure(4e-6))
    assert echo(row, halves) == [
        "The server of pool answers 200 k/s in the closed loop, where a request costs 10.0 us of"
        " CPU time, 60 % of it in the client."
    ]
    assert echo(row, EchoRow("pool", rate=known(126e3))) == [
        "Not decided which server answers most in the closed loop: pool 126 k/s, coroutines 125"
        " k/s."
    ]


def test_the_open_loop_tells_what_is_known_of_the_lowest_p99() -> None:
    slow = EchoRow("threads", open_p50=Figure(10e-6), open_p99=known(120e-6, 0.1))
    soon = EchoRow("coroutines", open_p50=Figure(40e-6), open_p99=known(91e-6, 0.1))
    assert echo(slow, soon) == [
        "At 20000 requests a second, lowest p99: coroutines, with p50 40.0 us, p99 91.0 us from"
        " when they were due."
    ]
    late = EchoRow("x", open_p99=Figure(1e-6), open_p999=Figure(2e-6), late=Figure(0.01))
    assert echo(late) == [
        "At 20000 requests a second, lowest p99: x, with p99 1.00 us, p99.9 2.00 us from when they"
        " were due; 1.0 % were sent late."
    ]
    assert echo(EchoRow("x", open_p50=Figure(1e-6))) == []


def test_a_lowest_p99_is_named_only_if_it_is_told_from_the_others() -> None:
    pool = EchoRow("pool", open_p99=known(91e-6, 0.2))
    wide = EchoRow("threads", open_p99=known(120e-6, 0.2))
    far = EchoRow("processes", open_p99=known(500e-6, 0.2))
    said = "Not decided which has the lowest p99 at 20000 requests a second: "
    assert echo(wide, far, pool) == [f"{said}pool 91.0 us, threads 120 us."]
    blind = EchoRow("coroutines", open_p99=Figure(300e-6))
    assert echo(pool, blind) == [f"{said}pool 91.0 us, coroutines 300 us."]
    assert echo(EchoRow("x", open_p99=Figure(30.1e-6)), blind)[0].startswith(said)
    assert "lowest p99: x" in echo(EchoRow("x", open_p99=Figure(29.9e-6)), blind)[0]
    stuck = EchoRow("y", open_p99=Figure(1e-6, one_cpu=True))
    assert "lowest p99: pool" in echo(pool, far, stuck)[0]


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
    assert futures(one) == [f"{start} 100.0 % (pool){end}"]
    assert futures(one, two) == [f"{start} 40.0 % (x) to 100.0 % (pool){end}"]


def pipeline(bound: float | None, *rows: PipelineRow) -> list[str]:
    return of_pipeline(PipelineTable(P, "transform" if bound else "", bound, 1.5e-6, rows))


def test_the_best_pipeline_beside_what_is_possible() -> None:
    rows = [PipelineRow("seq", gain=known(9.0)), PipelineRow("pool", gain=known(0.5))]
    rows.append(PipelineRow("tbb", gain=known(1.25)))
    assert pipeline(1.5, *rows) == [
        "tbb gains 1.25x; 1.50x is possible, the longest stage being transform."
    ]
    assert pipeline(None, *rows) == ["tbb gains 1.25x."]
    assert pipeline(None, rows[1]) == ["pool gains nothing (0.50x)."]
    stuck = PipelineRow("threads", gain=Figure(9.0, one_cpu=True))
    assert pipeline(None, *rows, stuck) == ["tbb gains 1.25x."]
    assert pipeline(1.5, rows[0]) == pipeline(1.5) == []


def test_where_nothing_is_gained_the_cost_of_handing_over_is_said() -> None:
    tbb = PipelineRow("tbb", gain=known(0.9), handing_over=known(0.7e-6))
    both = replace(tbb, one_core_handing_over=known(0.3e-6, 0.9))
    worse = PipelineRow("threads", gain=known(0.4), handing_over=known(9e-6))
    said = (
        "No gain is measured: of the 1.50 us of an item, overlapping the stages saves at most 500"
        " ns, and handing it over costs tbb, the best, 700 ns"
    )
    assert pipeline(1.5, worse, tbb)[1:] == [f"{said}."]
    assert pipeline(1.5, both, worse)[1:] == [f"{said}, on one core about 300 ns."]
    gains = PipelineRow("pool", gain=known(1.01), handing_over=known(0.4e-6))
    assert len(pipeline(1.5, both, worse, gains)) == 1
    faster = replace(both, one_core_handing_over=known(-1e-9))
    assert pipeline(1.5, faster)[1:] == [f"{said}."]
    assert len(pipeline(1.0, tbb)) == len(pipeline(None, tbb)) == 1
    assert len(pipeline(1.5, replace(tbb, handing_over=None))) == 1


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (known(0.99, 0.02), "gains between 0.97x and 1.01x: not decided"),
        (known(1.05, 0.1), "gains between 0.95x and 1.16x: not decided"),
        (known(2.0, 0.25), "gains between 1.50x and 2.50x: not decided"),
        (known(2.0, 0.15), "gains 2.00x"),
        (known(0.5, 0.25), "gains between 0.38x and 0.62x: not decided"),
        (Figure(2.0), "gains about 2.00x, without an interval: not decided"),
    ],
)
def test_a_gain_is_decided_by_its_interval(of: Figure, text: str) -> None:
    assert pipeline(None, PipelineRow("tbb", gain=of)) == [f"tbb {text}."]
    rows = (OverlapRow("cuda", gain=Figure(0.1)), OverlapRow("tbb", gain=of))
    said = [f"Over copies and kernels in order, in 8 chunks, tbb {text}."]
    assert of_overlap(OverlapTable(P, 8, rows)) == said


def test_the_dearest_counter_beside_the_cheapest() -> None:
    rows = [
        ContentionRow(model, all_threads=known(ns * 1e-9, share))
        for model, ns, share in (
            *(("atomic", 6.5, 0.1), ("omp_critical", 23.0, 0.6), ("sharded", 0.5, 0.4)),
        )
    ]
    assert of_contention(ContentionTable(P, 2, tuple(rows))) == [
        "On 2 threads an increment costs 0.50 ns (sharded) to about 23.0 ns (omp_critical)."
    ]
    seq = ContentionRow("seq", one_thread=Figure(1.5e-9))
    assert of_contention(ContentionTable(P, 2, (seq, *rows))) == [
        "On 2 threads an increment costs 0.50 ns (sharded) to about 23.0 ns (omp_critical); one"
        " thread alone takes about 1.50 ns."
    ]
    assert of_contention(ContentionTable(P, 2, tuple(rows[:1]))) == []


def test_counters_without_a_law_are_named_with_the_reason() -> None:
    rows = [ContentionRow(model, refusal="no_fraction") for model in ("mutex", "atomic")]
    rows += [ContentionRow("sharded"), ContentionRow("omp", refusal="neither_law", kink=3)]
    assert of_contention(ContentionTable(P, 4, tuple(rows))) == [
        "omp: neither law holds, since its time breaks at 3 threads.",
        "No law is fitted to 2 curves: threads slow a code down by more than a law explains, whose"
        " serial part and coherency are at most 1 (mutex, atomic).",
    ]
    costs = [ContentionRow(of, all_threads=known(1e-9), refusal="few_cpus") for of in ("a", "b")]
    cost, law = of_contention(ContentionTable(P, 2, tuple(costs)))
    assert cost.startswith("On 2 threads") and law.endswith("numbers of threads (a, b).")


def test_what_overlap_gains() -> None:
    order, streams = OverlapRow("cuda", gain=known(1.0)), OverlapRow("streams", gain=known(1.9))
    assert of_overlap(OverlapTable(P, 1, (order, streams))) == [
        "Over copies and kernels in order, in one chunk, streams gains 1.90x."
    ]
    assert of_overlap(OverlapTable(P, 1, (order,))) == []
