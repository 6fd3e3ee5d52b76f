# SPDX-License-Identifier: Apache-2.0
"""The words of a run at a glance."""

from dataclasses import replace

import pytest
from paths import ROOT

from workspan.analysis.ratios.machine_gains import MachineGain, State
from workspan.analysis.verdicts.glance import Number, Trust
from workspan.analysis.verdicts.headline import Opponent, headline
from workspan.report.answer.glance_words import (
    KeyFigure,
    gpu_clause,
    key_figure,
    opponent_words,
    trust_sentences,
)
from workspan.resultfile.read import read_result

QUIET = Trust(
    processes=5,
    timed=100,
    without_interval=0,
    warned=0,
    failed=0,
    skipped=0,
    disturbed=0,
    records=5,
    complete=True,
    half_known_to=0.012,
)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (
            Number("arithmetic", gain=MachineGain(8.3, 8.2, 8.4, 5)),
            KeyFigure("8.30x", "arithmetic, 16 CPUs over one", "8.20 to 8.40"),
        ),
        (
            Number("memory", gain=MachineGain(1.17, 1, 2, 50, (State(1.17, 40), State(1.95, 10)))),
            KeyFigure(
                *("1.17x", "memory traffic, 16 CPUs over one", "in 40 of 50 processes, 1.95x in 10")
            ),
        ),
        (
            Number("gains", low=1.02, high=2.01),
            KeyFigure("1.0-2.0x", "speedups over one thread", "range of the workloads"),
        ),
        (
            Number("memory", gain=MachineGain(1.4, 1.4, 1.4, 1)),
            KeyFigure("1.40x", "memory traffic, 16 CPUs over one", "one process"),
        ),
        (
            Number("gpu_memory", low=13.2, high=26.7),
            KeyFigure("13-27x", "memory traffic, GPU over 16 CPUs", "data resident"),
        ),
        (
            Number("gpu_arithmetic", low=2.04, high=2.04),
            KeyFigure("2.0x", "arithmetic, GPU over 16 CPUs", "data resident"),
        ),
        (
            Number("transfers_win", count=7, all=20),
            KeyFigure("7 of 20", "workloads won by the GPU", "transfers counted"),
        ),
        (
            Number("known", count=9, all=20),
            KeyFigure("9 of 20", "speedups with an interval", "workloads at largest size"),
        ),
    ],
)
def test_a_number_in_words(number: Number, expected: KeyFigure) -> None:
    assert key_figure(number, 16) == expected


def test_several_runs_have_their_own_cpus() -> None:
    found = key_figure(Number("gpu_memory", low=1.0, high=2.0))
    assert found.what == "memory traffic, GPU over all CPUs"


def test_the_headline_counts_the_wins_of_the_gpu() -> None:
    of = {
        name: headline(read_result(ROOT / "results" / name))
        for name in (
            "h100-80gb-16-cores/quick-1-process.json",
            "xeon-emerald-rapids-vm-2-cores/quick.json",
        )
    }
    gpu, cpu = map(gpu_clause, of.values())
    assert gpu.endswith(
        "its transfers counted, beats the best host code in 7 of 20 workloads (2 by value)"
    )
    assert cpu == ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "5 processes per workload, and intervals over them."),
        ({}, "Half of the times are known to 1.2 % or better."),
        (
            {"processes": 2},
            "2 processes per workload, and intervals over them. Intervals need three.",
        ),
        ({"processes": 1}, "One process per workload: intervals here leave out what differs"),
        ({"without_interval": 7}, "1.2 % or better; 7 of 100 have no interval."),
        ({"without_interval": 1}, "1.2 % or better; 1 of 100 has no interval."),
        ({"without_interval": 100, "half_known_to": None}, "Of the times, 100 of 100 have no"),
        ({"clean": 0.987}, "98.7 % of the judged samples had their CPUs."),
        ({"disturbed": 1}, "1 of 5 processes were disturbed."),
        (
            {"failed": 1, "warned": 2, "skipped": 1},
            "1 case failed, 2 cases carry a warning, 1 case was",
        ),
        (
            {"skipped": 198, "skipped_for": ("no CUDA device", 186)},
            "198 cases were skipped (no CUDA device: 186).",
        ),
        (
            {"failed": 1, "skipped": 1, "skipped_for": ("no CUDA device", 1)},
            "1 case failed, 1 case was skipped (no CUDA device).",
        ),
        ({"complete": False}, "The run was cut off before all was measured."),
        ({"timed": 0}, "Nothing was measured."),
    ],
)
def test_trust_in_sentences(changes: dict[str, object], sentence: str) -> None:
    said = trust_sentences(replace(QUIET, **changes))
    assert [text for text in said if sentence in text]


def test_a_quiet_run_has_two_sentences() -> None:
    assert len(trust_sentences(QUIET)) == 2


def test_a_host_that_never_had_all_cpus_stands_beside_the_gpu() -> None:
    alone = Opponent(1, 16)
    of_memory = Number("gpu_memory", low=105, high=186, opponent=alone)
    assert key_figure(of_memory, 16).what == "memory traffic, GPU over one thread of 16 CPUs"
    assert key_figure(of_memory).what == "memory traffic, GPU over one thread of 16 CPUs"
    won = Number("transfers_win", count=14, all=20, opponent=alone)
    assert key_figure(won, 16).what == "workloads won by the GPU over one thread of 16 CPUs"
    whole = Number("transfers_win", count=7, all=20, opponent=Opponent(16, 16))
    assert key_figure(whole, 16).what == "workloads won by the GPU"
    assert opponent_words(Opponent(4, 16)) == "the best host code on 4 threads of 16 CPUs"
