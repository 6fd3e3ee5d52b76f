# SPDX-License-Identifier: Apache-2.0
"""A run at a glance: at most six numbers, and what limits them."""

import pytest
from block_files import ChangingMachine
from paths import ROOT
from sample_results import case, changed, record, result, without_team, without_times

from workspan.analysis.ratios.judge import judge
from workspan.analysis.verdicts.glance import Number, numbers, trust
from workspan.analysis.verdicts.headline import Opponent, headline
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result

H100 = ROOT / "results/h100-80gb-16-cores/quick-1-process.json"
XEON = ROOT / "results/xeon-emerald-rapids-vm-2-cores/quick.json"


def by_code(file: ResultFile) -> dict[str, Number]:
    found = numbers(headline(file))
    assert len(found) <= 6
    return {number.code: number for number in found}


def test_a_run_with_a_gpu() -> None:
    found = by_code(read_result(H100))
    assert list(found) == [
        *("arithmetic", "memory", "gpu_arithmetic", "gpu_memory", "transfers_win", "known"),
    ]
    assert (found["transfers_win"].count, found["transfers_win"].all) == (7, 20)
    assert found["gpu_arithmetic"].low == pytest.approx(44, abs=1)
    assert found["gpu_arithmetic"].high == pytest.approx(46, abs=1)
    assert (found["known"].count, found["known"].all) == (9, 20)


def test_numbers_of_the_gpu_have_their_opponent() -> None:
    found = by_code(without_team(read_result(H100)))
    opponents = {code: number.opponent for code, number in found.items()}
    gpu = dict.fromkeys(("gpu_arithmetic", "gpu_memory", "transfers_win"), Opponent(1, 16))
    assert {code: one for code, one in opponents.items() if one} == gpu


def test_a_run_without_one_has_the_range_of_its_gains() -> None:
    found = by_code(read_result(XEON))
    assert list(found) == ["arithmetic", "memory", "gains", "known"]
    answers = headline(read_result(XEON)).by_gain
    ends = (answers[-1].gain, answers[0].gain)
    assert (found["gains"].low, found["gains"].high) == tuple(e.value for e in ends if e)


def test_what_was_not_measured_has_no_number() -> None:
    assert by_code(result([])) == {}
    found = by_code(ChangingMachine(1).run(3))
    assert found["known"].all == found["known"].count == 1
    assert "arithmetic" not in found


def test_trust_counts_what_limits_the_numbers() -> None:
    warned = [{"code": "note", "detail": "x"}]
    cases = [
        case("copy/seq/n:8/threads:1", [1.0, 1.1, 1.2], warnings=warned),
        case("copy/omp/n:8/threads:2", [1.0], interval="none"),
        without_times("copy/omp/n:16/threads:2", "failed", "why"),
        without_times("copy/omp/n:32/threads:2", "skipped", "why"),
        without_times("copy/cuda/n:32/threads:1", "skipped", "no CUDA device"),
        without_times("copy/cuda/n:64/threads:1", "skipped", "no CUDA device"),
    ]
    file = changed(result(cases), invocations=[record(), record(number=2, disturbed=["load"])])
    found = trust(file, judge(file))
    assert (found.timed, found.without_interval, found.warned) == (2, 1, 1)
    assert (found.failed, found.skipped, found.disturbed, found.records) == (1, 3, 1, 2)
    assert found.skipped_for == ("no CUDA device", 2)
    assert found.half_known_to == pytest.approx(0.1 / 1.1)


def test_trust_of_a_real_run() -> None:
    file = read_result(H100)
    found = trust(file, judge(file))
    assert (found.processes, found.timed, found.without_interval) == (1, 284, 71)
    assert found.half_known_to == pytest.approx(0.032, abs=0.001)
    assert found.clean is None
