# SPDX-License-Identifier: Apache-2.0
"""The one judge: speedups, ceilings, and results that cannot be true."""

import json
import math
import subprocess
from pathlib import Path
from statistics import fmean, median
from typing import Any

import pytest
from judging import codes, judgements_of, moving, value
from paths import ROOT
from sample_results import COMMITTED_1, case, without_times

from workspan.analysis.ratios.ceilings import timed_starts
from workspan.analysis.ratios.judge import Judgement, judge
from workspan.resultfile.model import Status
from workspan.resultfile.read import decode_result, read_result
from workspan.stats.ratios import Estimate

BENCH = ROOT / "build/release/bench"
RATIOS = ("vs_seq", "vs_1_thread", "efficiency", "of_ceiling")
CODES = {
    "implausible: ": "implausible",
    "above its ceiling: ": "above_ceiling",
    "cores shared or idle: ": "starved",
    "shared cache: ": "shared_cache",
}


def log_times(case: dict[str, Any]) -> dict[object, float]:
    """By process: the median of the logarithms of its samples."""
    return {
        (i.get("number"), i.get("attempt")): median(map(math.log, i["wall"]))
        for i in case["invocations"]
        if i.get("counted", True)
    }


def ratio_by_hand(other: dict[str, Any], case: dict[str, Any], paired: bool) -> float:
    above, below = log_times(other), log_times(case)
    if paired:
        return math.exp(fmean(above[p] - below[p] for p in above if p in below))
    return math.exp(fmean(above.values()) - fmean(below.values()))


@pytest.mark.parametrize("path", COMMITTED_1, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_committed_files_have_the_ratios_of_their_samples(path: Path) -> None:
    """Their schema 1 holds what was judged then, of medians of medians: the same ones exist."""
    then = {c["name"]: c for c in json.loads(path.read_bytes())["workspan"]["cases"]}
    file = read_result(path)
    starts = timed_starts(file.workspan.cases)
    for name, now in judge(file).items():
        case, old = then[name], then[name].get("comparison", dict.fromkeys(RATIOS, ""))
        if old.get("ceiling") in starts:  # served as ceilings then
            old = old | {"of_ceiling": ""}
        for field in RATIOS:
            assert (getattr(now, field) is not None) == isinstance(old[field], dict), (name, field)
        problem = name.split("/")
        seq = then.get("/".join([problem[0], "seq", *problem[2:-1], "threads:1"]))
        if now.vs_seq and seq:
            assert now.vs_seq.value == pytest.approx(ratio_by_hand(seq, case, True), rel=1e-9)
        if now.of_ceiling:
            ceiling, unit = then[now.ceiling], then[now.ceiling]["cost"]
            kind = "flops" if ceiling["workload"] in ("fma", "dfma") else "bytes"
            of_work = case["cost"][kind] / unit[kind]
            paired = ceiling["workload"] == case["workload"]
            by_hand = of_work * ratio_by_hand(ceiling, case, paired)
            assert now.of_ceiling.value == pytest.approx(by_hand, rel=1e-9), name


@pytest.mark.parametrize("path", COMMITTED_1, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_committed_files_have_the_ceilings_and_doubts_of_when_they_were_written(path: Path) -> None:
    then = {c["name"]: c for c in json.loads(path.read_bytes())["workspan"]["cases"]}
    said = {warning for c in then.values() for warning in c["warnings"]}
    knew_above = any(text.startswith("above its ceiling: ") for text in said)
    file = read_result(path)
    starts = timed_starts(file.workspan.cases)
    for name, now in judge(file).items():
        old_ceiling = then[name].get("comparison", {"ceiling": ""})["ceiling"]
        assert now.ceiling == ("" if old_ceiling in starts else old_ceiling), name
        old_codes = [
            code
            for text in then[name]["warnings"]
            for start, code in CODES.items()
            if text.startswith(start)
        ]
        known = [c for c in codes(now) if c not in ("weak_baseline", "launch")]
        if now.is_launch:  # was held against ceilings that are launches too
            old_codes = [c for c in old_codes if c not in ("implausible", "above_ceiling")]
        assert [c for c in known if c != "above_ceiling" or knew_above] == old_codes


@pytest.mark.skipif(not BENCH.exists(), reason="the binary is not built")
def test_a_file_of_the_binary_has_what_the_judge_needs() -> None:
    words = "--preset smoke --workload copy,triad,reduce,fma --budget 0.2s --benchmark_format=json"
    written = subprocess.run([BENCH, *words.split()], check=True, capture_output=True).stdout
    file = decode_result(written, "bench")
    assert json.loads(written)["workspan"]["schema_version"] == 2
    found = judge(file)
    ok = [c for c in file.workspan.cases if c.status is Status.OK]
    assert {c.variant for c in ok} >= {"seq", "omp"}
    assert all(found[c.name].vs_seq for c in ok if c.scope == "host")
    assert all(value(found[c.name].vs_seq) == 1 for c in ok if c.variant == "seq")
    assert any(found[c.name].of_ceiling for c in ok)
    assert all(found[c.name].ceiling.split("/")[0] in ("", c.ceiling) for c in ok)


def test_speedups_say_against_what() -> None:
    cases = [
        moving("reduce/seq/n:8/threads:1", 10),
        moving("reduce/omp/n:8/threads:1", 8),
        moving("reduce/omp/n:8/threads:2", 16),
        moving("reduce/cuda/n:8/threads:1", 160),
        moving("reduce/cuda_e2e/n:8/threads:1", 4),
    ]
    seq, alone, team, cuda, e2e = judgements_of(cases).values()
    assert seq.vs_seq == Estimate(1.0, None, 1, exact=True)
    assert value(team.vs_seq) == pytest.approx(1.6)
    assert value(team.vs_1_thread) == pytest.approx(2)
    assert value(team.efficiency) == pytest.approx(1)
    assert value(cuda.vs_best_host) == pytest.approx(10)  # against the faster omp
    assert value(e2e.vs_best_host) == pytest.approx(0.25)
    assert cuda.best_host == e2e.best_host == "reduce/omp/n:8/threads:2"
    assert (seq.vs_1_thread, seq.vs_best_host, alone.vs_1_thread) == (None, None, None)
    assert (cuda.vs_1_thread, cuda.machine, cuda.code) == (None, None, None)


def test_speedups_are_within_one_size_and_input() -> None:
    cases = [
        case("gemm/seq/n:8/threads:1", [4.0]),
        case("gemm/omp/n:9/threads:2", [1.0]),
        case("gemm/omp/n:8/input:zipf/threads:2", [1.0]),
        case("gemm/omp/n:8/threads:2", [2.0], interval="none"),
    ]
    found = judgements_of(cases)
    assert [value(j.vs_seq) for j in found.values()] == [1, None, None, pytest.approx(2)]
    assert [j.vs_1_thread for j in found.values()] == [None] * 4


def test_a_failed_or_absent_baseline_gives_no_speedup() -> None:
    failed = without_times("reduce/seq/n:8/threads:1", "failed", "wrong")
    found = judgements_of([failed, moving("reduce/omp/n:8/threads:2", 16)])
    assert found["reduce/omp/n:8/threads:2"].vs_seq is None
    assert found["reduce/omp/n:8/threads:2"].vs_1_thread is None
    assert found["reduce/seq/n:8/threads:1"] == Judgement()


def test_the_best_host_code_may_be_a_library_or_run_on_one_thread() -> None:
    cases = [
        moving("reduce/seq/n:8/threads:1", 30),
        moving("reduce/omp/n:8/threads:2", 20),
        moving("reduce/cuda/n:8/threads:1", 60),
    ]
    cuda = judgements_of(cases)["reduce/cuda/n:8/threads:1"]
    assert (cuda.best_host, value(cuda.vs_best_host)) == (cases[0]["name"], pytest.approx(2))
    cases.append(moving("reduce/tbb/n:8/threads:2", 120))
    cuda = judgements_of(cases)["reduce/cuda/n:8/threads:1"]
    assert (cuda.best_host, value(cuda.vs_best_host)) == (cases[3]["name"], pytest.approx(0.5))


def test_a_ratio_beyond_all_numbers_is_none() -> None:
    cases = [case("gemm/seq/n:8/threads:1", [1e290]), case("gemm/omp/n:8/threads:2", [1e-300])]
    assert judgements_of(cases)["gemm/omp/n:8/threads:2"].vs_seq is None


def test_a_run_with_a_schedule_has_no_speedup() -> None:
    """Its time is n / rate by design."""
    of = {"subject": "concurrency", "ceiling": "", "threading": "own"}
    names = [
        f"echo/{variant}/n:8/rate:{rate}/threads:{threads}"
        for rate in ("closed", "20000")
        for variant, threads in (("seq", 1), ("pool", 1), ("pool", 2))
    ]
    judged = judgements_of([case(name, [1.0] * 6, **of) for name in names])
    assert judged[names[2]].vs_seq and judged[names[2]].efficiency
    assert [judged[name] for name in names[3:]] == [Judgement()] * 3
