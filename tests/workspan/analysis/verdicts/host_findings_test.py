# SPDX-License-Identifier: Apache-2.0
"""Findings on host codes: each rule on both sides of its border, and what cannot be told."""

from typing import Any

import pytest
from block_files import SEQ, TEAM, ChangingMachine, ceiling, in_blocks, merged, process
from expert_cases import LARGE, findings_of, fma, gemm, read
from judging import computing, moving
from sample_results import journal, result

from workspan.analysis.verdicts.finding import Finding
from workspan.analysis.verdicts.headline import headline
from workspan.analysis.verdicts.verdicts import verdicts
from workspan.stats.ratios import Estimate

Cases = list[dict[str, Any]]


def test_the_findings_are_on_the_code_of_the_answer_a_teaching_one_too() -> None:
    guided = computing("gemm/omp_guided/n:64/threads:2", 19, role="teaching")
    cases = [*gemm(10, 18), guided, *fma()]
    found = findings_of(cases)
    assert found["gain"].numbers["variant"] == "omp_guided"
    assert found["alternative"].numbers["variant"] == "omp"
    answer = next(a for a in headline(result(cases)).workloads if a.host.workload == "gemm")
    assert answer.host.name == answer.gaining.name == guided["name"]
    assert answer.team is answer.host


@pytest.mark.parametrize(
    ("seq", "omp", "codes"),
    [
        (10, 19, ["gain", "far_from_ceiling", "machine_limit"]),
        (10, 20.8, ["gain", "share", "machine_limit"]),  # 52 % of fma
        (19, 36, ["gain", "saturated", "machine_limit"]),
        (19, 33.9, ["gain", "share", "machine_limit"]),  # 84.8 % of fma
        (10, 38, ["gain", "saturated", "exceeds_machine"]),
        (12, 30, ["gain", "share", "exceeds_machine"]),
        (10, 16, ["gain", "far_from_ceiling", "below_machine"]),
        (10, 11, ["gain", "far_from_ceiling", "does_not_scale"]),
    ],
)
def test_speedup_is_machine_times_code(seq: float, omp: float, codes: list[str]) -> None:
    found = findings_of([*gemm(seq, omp), *fma()])
    assert [*found] == codes
    gain = found["gain"].numbers["speedup"]
    assert isinstance(gain, Estimate)
    assert gain.value == pytest.approx(omp / seq)


def test_more_than_the_machine_names_what_one_thread_reaches() -> None:
    numbers = findings_of([*gemm(10, 38), *fma()])["exceeds_machine"].numbers
    share = numbers["one_thread"]
    assert isinstance(share, Estimate)
    assert share.value == pytest.approx(0.5)
    assert (numbers["saturated"], numbers["ceiling"]) == (1, "fma")
    assert findings_of([*gemm(12, 30), *fma()])["exceeds_machine"].numbers["saturated"] == 0


@pytest.mark.parametrize(
    ("cases", "cause"),
    [
        ([*gemm(10, 11)], ""),
        ([*gemm(10, 11), *gemm(10, 18, LARGE)], "small"),
        ([*gemm(10, 11), *gemm(10, 16, LARGE)], ""),  # less than 1.5 times as much
    ],
)
def test_why_a_code_does_not_scale(cases: Cases, cause: str) -> None:
    assert findings_of([*cases, *fma()])["does_not_scale"].numbers["cause"] == cause


def test_threads_that_lack_their_cpus_wait() -> None:
    cases = gemm(10, 11)
    cases[1]["invocations"][0]["cpu_share"] = 0.5
    numbers = findings_of([*cases, *fma()])["does_not_scale"].numbers
    assert (numbers["cause"], numbers["cpu_share"]) == ("waiting", 0.5)


def test_another_input_that_scales_shows_that_it_is_the_input() -> None:
    cases = [
        moving(f"histogram/{variant}/n:64/input:{key}/threads:{p}", rate)
        for key, two in (("zipf", 11), ("uniform", 18))
        for variant, p, rate in (("seq", 1, 10), ("omp", 2, two))
    ]
    found = verdicts(result([*cases, *read()]))
    (zipf,) = (v for v in found if v.keys.get("input") == "zipf")
    (finding,) = (f for f in zipf.findings if f.code == "does_not_scale")
    assert finding.numbers["cause"] == "keys"
    assert finding.numbers["other"] == "histogram/omp/n:64/input:uniform/threads:2"


@pytest.mark.parametrize(("tiled", "wrong"), [(11.1, True), (10.9, False)])
def test_a_code_well_ahead_of_omp_is_the_one_that_is_judged(tiled: float, wrong: bool) -> None:
    cases = [*gemm(6, 10), computing("gemm/omp_tiled/n:64/threads:2", tiled), *fma()]
    found = findings_of(cases)
    assert found["gain"].numbers["variant"] == "omp_tiled"
    assert ("wrong_code" in found, "alternative" in found) == (wrong, not wrong)
    code = found["wrong_code" if wrong else "alternative"]
    speedup = code.numbers["speedup"]
    assert isinstance(speedup, Estimate)
    assert (code.numbers["variant"], speedup.value) == ("omp", pytest.approx(10 / 6))


@pytest.mark.parametrize(("larger", "is_too_small"), [(16, True), (14, False)])
def test_too_small_for_threads_needs_a_larger_size_that_gains(
    larger: float, is_too_small: bool
) -> None:
    found = findings_of([*gemm(10, 5), *gemm(10, larger, LARGE), *fma()])
    assert ("too_small" in found) == is_too_small
    if is_too_small:
        slower = found["too_small"].numbers["slower"]
        assert isinstance(slower, Estimate)
        assert slower.value == pytest.approx(2)
        assert [*found] == ["too_small"]


def test_a_ceiling_is_the_machine_at_a_size_that_shows_it() -> None:
    small = [
        computing("fma/seq/n:8/threads:1", 20),
        computing("fma/omp/n:8/threads:1", 20),
        computing("fma/omp/n:8/threads:2", 22),
    ]
    large = [*fma(), *read()]
    assert [*findings_of([*small, *large], "fma", 64)] == ["gain", "is_arithmetic"]
    assert findings_of(large, "fma")["is_arithmetic"].numbers["cores"] == 2
    assert [*findings_of([*small, *large], "fma", 8)] == ["gain", "small"]
    assert [*findings_of(read(), "read")] == ["gain", "is_memory"]
    assert [*findings_of(read(20, 18), "read")] == ["gain", "no_gain"]


def test_a_ceiling_has_two_gains_over_seq_and_over_its_own_code() -> None:
    seq = moving("read/seq/n:64/threads:1", 25)
    numbers = findings_of([seq, *read()[1:]], "read")["is_memory"].numbers
    speedup, machine = numbers["speedup"], numbers["machine"]
    assert isinstance(speedup, Estimate) and isinstance(machine, Estimate)
    assert (speedup.value, machine.value) == (pytest.approx(1.6), pytest.approx(2))
    of_others = findings_of([*gemm(10, 19), *fma()])["machine_limit"].numbers
    assert of_others["ceiling"] == "fma", "what a ceiling gains is said by its name"


def test_a_library_well_ahead_is_named() -> None:
    ahead = [*gemm(10, 15), computing("gemm/openblas/n:64/threads:2", 19), *fma()]
    assert findings_of(ahead)["host_library_ahead"].numbers["library"] == "openblas"
    near = [*gemm(10, 15), computing("gemm/openblas/n:64/threads:2", 17), *fma()]
    assert "host_library_ahead" not in findings_of(near)


def test_a_library_is_held_against_the_fastest_code_and_not_a_slow_team() -> None:
    slow = [*gemm(10, 2), computing("gemm/openblas/n:64/threads:1", 11), *fma()]
    assert "host_library_ahead" not in findings_of(slow), "5.5 times as fast as the team"
    ahead = [*gemm(10, 2), computing("gemm/openblas/n:64/threads:1", 13), *fma()]
    numbers = findings_of(ahead)["host_library_ahead"].numbers
    assert numbers["other"] == "gemm/seq/n:64/threads:1"
    found = numbers["ahead"]
    assert isinstance(found, Estimate) and found.value == pytest.approx(1.3)


def test_memory_may_allow_less_than_the_ceiling() -> None:
    cost = {"flops": 1e9, "bytes": 1e9, "items": 1.0}  # 1 flop per byte, at 40 GB/s
    low = [c | {"cost": cost} for c in gemm(10, 30)]
    found = findings_of([*low, *fma(60, 120), *read()])
    numbers = found["far_from_ceiling"].numbers
    assert numbers["intensity"] == pytest.approx(1)
    assert numbers["allowed"] == pytest.approx(40 / 120)
    assert "allowed" not in findings_of([*gemm(10, 30), *fma(), *read()])["share"].numbers


def test_one_cpu_alone_has_a_share_and_no_gain() -> None:
    cases = [computing("gemm/seq/n:64/threads:1", 19), *fma()]
    assert [*findings_of(cases)] == ["saturated"]


def test_an_interval_that_crosses_a_border_cannot_tell() -> None:
    machine = ChangingMachine(seed=3, noise=0.6, moods=0.05)
    machine.speedup, machine.machine = 1.36, 1.6  # code of 0.85
    (found,) = (v for v in verdicts(machine.run(3)) if v.workload == "reduce")
    codes = {f.code: f.numbers for f in found.findings}
    assert codes["cannot_tell"]["border"] == 0.85
    assert float(str(codes["cannot_tell"].get("processes", 4))) > 3
    machine = ChangingMachine(seed=3, noise=0.01, moods=0.05)
    (quiet,) = (v for v in verdicts(machine.run(3)) if v.workload == "reduce")
    assert "machine_limit" in {f.code for f in quiet.findings}


def findings_beside(machine: float, *gains: float) -> dict[str, Finding]:
    """Of a code that gains this much over seq in each process, as its ceiling does in all."""
    walls = dict.fromkeys(range(1, 9), 1.0)
    beside = [
        ceiling(f"read/omp/n:9/threads:{p}", dict.fromkeys(walls, t), SEQ)
        for p, t in ((1, 0.5), (2, 0.5 / machine))
    ]
    runs = [[in_blocks(SEQ, walls), in_blocks(TEAM, dict.fromkeys(walls, 1 / g))] for g in gains]
    (found,) = verdicts(merged([process(k, cases, beside) for k, cases in enumerate(runs, 1)]))
    return {f.code: f for f in found.findings}


def test_the_machine_limits_only_what_gains() -> None:
    assert "machine_limit" in findings_beside(1.15, 1.10, 1.12, 1.11)
    more = findings_beside(1.15, 1.1, 1.2, 1.3, 1.5)
    assert "makes_the_most" in more, "the upper border does not matter once the lower one is told"
    unsure = findings_beside(1.15, 1.0, 1.02, 1.04, 1.03, 1.01, 0.99)
    assert "machine_limit" not in unsure, "seq may be as fast"
    assert unsure["cannot_tell"].numbers["border"] == 1
    assert "machine_limit" in findings_beside(1.0, 1.01, 1.011, 1.012), "little, but told"
    slower = findings_beside(1.0, 0.95, 0.96, 0.97)
    assert "no_gain" in slower and "machine_limit" not in slower


def ceiling_findings(*gains: float) -> dict[str, Finding]:
    """Of a ceiling that gains this much over seq in each process."""
    blocks = dict.fromkeys(range(1, 9), 1.0)
    team = "copy/omp/n:8/threads:2"
    processes = [
        process(
            k,
            [
                in_blocks("copy/seq/n:8/threads:1", blocks, workload="copy"),
                in_blocks(team, dict.fromkeys(blocks, 1 / gain), workload="copy"),
            ],
            [],
        )
        for k, gain in enumerate(gains, 1)
    ]
    (found,) = verdicts(merged(processes))
    return {f.code: f for f in found.findings}


def test_threads_of_a_ceiling_cost_more_only_if_the_whole_interval_says_so() -> None:
    assert "no_gain" in ceiling_findings(0.8, 0.81, 0.82)
    unsure = ceiling_findings(0.7, 0.9, 1.1)
    assert "no_gain" not in unsure
    assert unsure["cannot_tell"].numbers["border"] == 1
    assert "no_gain" in ceiling_findings(0.7, 0.9), "by value without an interval"


@pytest.mark.parametrize(
    ("two", "code"),
    [
        (11.8, "core_bound"),  # of 6 GB/s on one thread, where read reaches 20 and then 30
        (16, "core_bound"),  # more than its CPUs
        (10, "below_cpus"),  # 1.67 of 2, though more than the 1.50 of memory
        (8, "below_cpus"),
        (7, "below_machine"),  # 1.17 of 1.50, so less than either gives
        (27, "exceeds_machine"),  # all threads reach the ceiling
    ],
)
def test_a_code_far_below_its_ceiling_is_judged_by_its_cpus(two: float, code: str) -> None:
    rates = (("seq", 1, 6), ("omp", 2, two))
    cases = [moving(f"histogram/{v}/n:64/threads:{p}", rate) for v, p, rate in rates]
    found = findings_of([*cases, *read(20, 30), *fma()], "histogram")
    assert code in found
    if code in ("core_bound", "below_cpus"):
        of_cpus, one = (found[code].numbers[name] for name in ("of_cpus", "one_thread"))
        assert isinstance(of_cpus, Estimate) and isinstance(one, Estimate)
        assert (of_cpus.value, one.value) == (pytest.approx(two / 12), pytest.approx(0.3))


def drifting(moods: tuple[float, ...], omp: tuple[float, ...]) -> set[str]:
    """The codes on a run whose processes have moods of the machine, and of omp alone."""
    journals = []
    for number, (mood, own) in enumerate(zip(moods, omp, strict=True), 1):
        cases = [
            computing("gemm/seq/n:64/threads:1", 10 * mood),
            computing("gemm/omp/n:64/threads:2", 19 * mood * own),
        ]
        journals.append(journal(cases, "gemm", number))
    (found,) = verdicts(merged(journals))
    return {f.code for f in found.findings}


def test_a_speedup_may_be_steady_while_times_are_not() -> None:
    still, either = (1.0, 1.0, 1.01), {"steady_speedup", "disagreeing"}
    assert "steady_speedup" in drifting((1.0, 1.3, 1.1), still)
    assert not either & drifting((1.0, 1.2, 1.1), still)
    assert "disagreeing" in drifting(still, (1.0, 1.6, 1.2))
    assert not either & drifting(still, (1.0, 1.4, 1.2))
