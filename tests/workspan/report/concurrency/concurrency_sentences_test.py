# SPDX-License-Identifier: Apache-2.0
"""The findings in sentences: every clause follows its number, and is left out without it."""

import json

import pytest
from execution_models import file_of, models

from workspan.analysis.concurrency import Concurrency, ModelRow, Subject, judge_models
from workspan.analysis.ratios.figures import Figure
from workspan.report.concurrency.concurrency_sentences import sentences
from workspan.resultfile.read import decode_result


def told(
    waiting: float | None = None,
    one: float | None = None,
    both: float | None = None,
    waiting_on_all: float | None = None,
    cpus: int = 2,
) -> list[str]:
    """The sentences about one model with these gains."""
    gains = [value and Figure(value) for value in (waiting, one, both, waiting_on_all)]
    fields = ("waiting_gain", "one_core_gain", "all_cpus_gain", "all_cpus_waiting")
    row = ModelRow("pool", **dict(zip(fields, gains, strict=True)))
    return sentences(Concurrency(Subject(cpus=cpus, waiters=100, tau=0.01), (row,)))


def test_the_sentences_of_the_study() -> None:
    file = decode_result(json.dumps(file_of(models())).encode(), "sample")
    assert sentences(judge_models(file)) == [
        "Concurrent is not parallel: on one core 99 of 100 waits overlap, and no computation does "
        "(0.99x).",
        "Two CPUs speed up computing 1.90x, and waiting not at all (1.00x).",
        "10000 threads cannot all wait at the same time: a wait lasts 10.0 ms, a thread costs "
        "36.0 us, so about 278 exist at a time (Little's law); the gain is at most that, and "
        "measured 213x.",
    ]


@pytest.mark.parametrize(
    ("waiting", "one", "sentence"),
    [
        (98.2, 0.99, "Concurrent is not parallel: on one core 98 of 100 waits overlap, and no "
         "computation does (0.99x)."),
        (100.7, None, "On one core 100 of 100 waits overlap."),
        (None, 0.99, "On one core no computation overlaps (0.99x)."),
        (1.3, 0.99, "On one core waits hardly overlap (1.30x), and no computation overlaps "
         "(0.99x)."),
        (98.2, 1.3, "On one core 98 of 100 waits overlap, and computing gains 1.30x, which one "
         "core cannot give: seq was disturbed, or the tasks were not confined to it."),
        (None, 1.3, "On one core computing gains 1.30x, which one core cannot give: seq was "
         "disturbed, or the tasks were not confined to it."),
    ],
)  # fmt: skip
def test_one_core(waiting: float | None, one: float | None, sentence: str) -> None:
    assert told(waiting, one) == [sentence]


@pytest.mark.parametrize(
    ("both", "waits", "sentence"),
    [
        (1.83, 1.02, "Two CPUs speed up computing 1.83x, and waiting not at all (1.02x)."),
        (1.83, None, "Two CPUs speed up computing 1.83x."),
        (1.05, 1.5, "Two CPUs speed up computing not at all (1.05x), and waiting 1.50x."),
    ],
)
def test_all_cpus(both: float, waits: float | None, sentence: str) -> None:
    assert told(98.0, both=both, waiting_on_all=waits)[1] == sentence


@pytest.mark.parametrize(
    ("cpus", "start"), [(3, "Three CPUs"), (10, "Ten CPUs"), (11, "11 CPUs"), (64, "64 CPUs")]
)
def test_the_number_of_cpus_is_a_word_if_it_is_small(cpus: int, start: str) -> None:
    assert told(both=1.9, cpus=cpus) == [f"{start} speed up computing 1.90x."]


def test_without_gains_nothing_is_said() -> None:
    assert told() == []
    assert told(both=1.9, waiting_on_all=1.0, cpus=1) == []


def test_a_gain_above_littles_law_is_not_explained_by_it() -> None:
    row = ModelRow("threads", task_cost=Figure(1e-4), many_gain=Figure(212.0))
    (said,) = sentences(Concurrency(Subject(cpus=2, many=10_000, tau=0.01), (row,)))
    assert "about 100 exist at a time" in said
    assert said.endswith("but measured 212x, as if threads cost less there than in dispatch.")
