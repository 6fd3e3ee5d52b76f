# SPDX-License-Identifier: Apache-2.0
"""The answer of a run: what the CPUs gave, the GPU's wins, and a line a workload."""

from typing import Any

import pytest
from block_files import (
    CUDA,
    E2E,
    SEQ,
    TEAM,
    ChangingMachine,
    ceiling,
    decoded,
    file_with,
    in_blocks,
    merged,
    process,
)
from expert_cases import fma, gemm
from judging import computing, moving, value
from paths import ROOT
from sample_results import changed, result, without_team

from workspan.analysis.ratios.machine_gains import MachineGain
from workspan.analysis.verdicts.headline import Headline, Opponent, Wins, headline
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result

ALL = dict.fromkeys(range(1, 9), 1.0)


def run(cases: dict[str, float], beside: dict[str, float], **fields: Any) -> ResultFile:
    """Three processes of one workload with these times."""
    walls = {name: dict.fromkeys(ALL, t) for name, t in (cases | beside).items()}
    ceilings = [ceiling(name, walls[name], SEQ, **fields) for name in beside]
    scopes = {CUDA: "kernel", E2E: "e2e"}
    measured = [in_blocks(n, walls[n], scope=scopes.get(n, "host")) for n in cases]
    return merged([process(k, measured, ceilings) for k in (1, 2, 3)])


OMP = "omp/n:8/threads:2"
ROWS = {SEQ: 1.0, TEAM: 0.5}
BESIDE = {"read/omp/n:9/threads:1": 0.4, "read/omp/n:9/threads:2": 0.25}


def test_what_the_cpus_gave_for_memory_is_of_all_processes() -> None:
    found = headline(run(ROWS, BESIDE))
    assert (found.cpus, value(found.memory), found.arithmetic) == (2, pytest.approx(1.6), None)
    assert found.memory and (found.memory.processes, found.memory.states) == (3, ())
    assert (found.memory.low, found.memory.high) == (pytest.approx(1.6), pytest.approx(1.6))


def test_ceilings_in_cache_say_nothing_of_memory_and_flops_have_their_own_number() -> None:
    assert headline(run(ROWS, BESIDE, level="l2")).memory is None
    cost = {"flops": 8.0, "bytes": 0.0, "items": 1.0}
    found = headline(run(ROWS, BESIDE, rate_unit="flops", cost=cost, level="none"))
    assert (value(found.arithmetic), found.memory) == (pytest.approx(1.6), None)


def test_several_workloads_count_by_their_processes() -> None:
    file = ChangingMachine(1).run(2)
    one = headline(file)
    assert one.memory and one.memory.processes == 2
    other = headline(run(ROWS, BESIDE))
    assert other.memory and other.memory.processes == 3


def test_a_file_without_ceilings_beside_has_them_among_its_rows() -> None:
    cases = [
        moving("copy/omp/n:8/threads:1", 10),
        moving("copy/omp/n:8/threads:2", 15),
        moving("read/omp/n:4/threads:1", 10, level="l2"),
        moving("read/omp/n:4/threads:2", 40, level="l2"),
        computing("fma/omp/n:4/threads:1", 10),
        computing("fma/omp/n:4/threads:2", 1),
        computing("fma/omp/n:8/threads:1", 10),
        computing("fma/omp/n:8/threads:2", 20),
    ]
    found = headline(result(cases))
    assert (value(found.memory), value(found.arithmetic)) == (
        pytest.approx(1.5),
        pytest.approx(2),
    )


def test_processes_of_the_ceilings_count_too() -> None:
    rows = {"read/omp/n:9/threads:1": 1.0, "read/omp/n:9/threads:2": 0.4}
    walls = [in_blocks(name, dict.fromkeys(ALL, t), level="memory") for name, t in rows.items()]
    reduce = [in_blocks(SEQ, ALL)]
    beside = [ceiling(name, dict.fromkeys(ALL, t), SEQ) for name, t in BESIDE.items()]
    found = headline(merged([process(1, reduce, beside), process(1, walls, [])]))
    assert found.memory and found.memory.processes == 2
    assert found.memory.value == pytest.approx((1.6 * 2.5) ** 0.5)


def of_sizes() -> list[dict[str, Any]]:
    """Rows of a ceiling at three sizes in memory: 1.25, 1.6 and 2 times the rate."""
    return [
        in_blocks(f"read/omp/n:{n}/threads:{p}", dict.fromkeys(ALL, t if p == 2 else 1.0))
        for n, t in ((8, 0.8), (16, 0.625), (32, 0.5))
        for p in (1, 2)
    ]


def test_a_process_counts_once_however_many_sizes_it_measured() -> None:
    found = headline(merged([process(k, of_sizes(), []) for k in (1, 2)])).memory
    assert (value(found), found and found.processes) == (pytest.approx(1.6), 2)


def test_a_file_of_one_process_is_one_however_many_workloads_it_measured() -> None:
    groups = [SEQ, "scan/seq/n:8/threads:1", "axpy/seq/n:8/threads:1"]
    cases = [in_blocks(name, ALL) for name in groups] + of_sizes()
    beside = [
        ceiling(f"read/omp/n:9/threads:{p}", dict.fromkeys(ALL, t), group)
        for group in groups
        for p, t in ((1, 0.4), (2, 0.25))
    ]
    found = headline(decoded(file_with(cases, beside))).memory
    assert found and (found.processes, found.is_of_one_process) == (1, True)
    assert found.value == pytest.approx(1.6)


def test_on_one_cpu_there_is_nothing_to_gain() -> None:
    file = result([moving("copy/omp/n:8/threads:1", 10)])
    one = changed(file, run=type(file.workspan.run)(**run_fields(file) | {"all_threads": 1}))
    assert (headline(one).memory, headline(one).cpus) == (None, 1)


def run_fields(file: ResultFile) -> dict[str, Any]:
    return {name: getattr(file.workspan.run, name) for name in file.workspan.run.__struct_fields__}


def test_the_gpus_wins_are_counted_with_and_without_transfers() -> None:
    found = headline(run(ROWS | {CUDA: 0.1, E2E: 2.0}, BESIDE))
    assert (found.kernels, found.transfers) == (Wins(1, 1), Wins(0, 1))
    without = headline(run(ROWS, BESIDE))
    assert (without.kernels, without.transfers) == (Wins(0, 0), Wins(0, 0))


H100 = ROOT / "results/h100-80gb-16-cores/quick-1-process.json"


def test_wins_over_a_host_on_one_thread_are_wins_over_that() -> None:
    """They are twice as many."""
    whole = read_result(H100)
    found, alone = headline(whole), headline(without_team(whole))
    assert (found.opponent, found.opponent.is_part) == (Opponent(16, 16), False)
    assert (alone.opponent, alone.opponent.is_part) == (Opponent(1, 16), True)
    assert (found.transfers.won, alone.transfers.won) == (7, 14)


def test_a_win_over_fewer_threads_than_in_other_workloads_does_not_count() -> None:
    found = headline(without_team(read_result(H100), "montecarlo", "fft"))
    assert found.opponent == Opponent(16, 16, ("fft", "montecarlo"))
    assert (found.kernels.of, found.transfers.won, found.transfers.of) == (18, 6, 18)
    names = [answer.host.workload for answer in found.winners]
    assert (len(names), "montecarlo" in names) == (6, False)
    assert headline(run(ROWS, BESIDE)).opponent == Opponent(), "there is no GPU"


def test_a_library_is_named_with_what_it_gains() -> None:
    library = {SEQ: 1.0, TEAM: 0.5, "reduce/tbb/n:8/threads:2": 0.4}
    for times, name in ((ROWS, "reduce"), (library, "reduce by tbb")):
        (answer,) = headline(run(times, BESIDE)).workloads
        assert answer.name_of_gain == name


def test_a_win_is_told_by_the_whole_interval() -> None:
    """Without one by value, which the sentences mark."""

    def of(*times: float) -> Headline:
        walls = {SEQ: ALL, TEAM: dict.fromkeys(ALL, 0.5)}
        cases = [in_blocks(name, walls[name]) for name in walls]
        return headline(
            merged(
                [
                    process(k, [*cases, in_blocks(E2E, dict.fromkeys(ALL, t), scope="e2e")], [])
                    for k, t in enumerate(times, 1)
                ]
            )
        )

    sure, unsure, two = of(0.3, 0.31, 0.29), of(0.1, 0.7, 0.4), of(0.3, 0.6)
    assert (sure.transfers, len(sure.winners)) == (Wins(1, 1), 1)
    assert (unsure.transfers, unsure.winners) == (Wins(0, 1), [])
    assert (two.transfers, len(two.winners)) == (Wins(1, 1, by_value=1), 1)


def test_a_workload_is_answered_at_its_largest_size_by_its_fastest_code() -> None:
    cases = [
        moving("reduce/seq/n:8/threads:1", 100),
        moving("reduce/seq/n:16/threads:1", 10),
        moving("reduce/omp/n:16/threads:2", 15),
        moving("reduce/tbb/n:16/threads:2", 12),
        moving("reduce/cuda/n:16/threads:1", 90),
        moving("reduce/cuda/n:32/threads:1", 90),
        moving("reduce/cuda_e2e/n:16/threads:1", 5),
        moving("busy/seq/n:16/threads:1", 5, subject="concurrency"),
    ]
    (answer,) = headline(result(cases)).workloads
    assert answer.host.name == "reduce/omp/n:16/threads:2"
    assert value(answer.of_host.vs_seq) == pytest.approx(1.5)
    assert answer.kernel and answer.kernel.name == "reduce/cuda/n:16/threads:1"
    assert value(answer.of_kernel.vs_best_host) == pytest.approx(6)
    assert value(answer.of_transfers.vs_best_host) == pytest.approx(1 / 3)


def test_a_workload_whose_fastest_code_is_seq_is_among_the_gains_by_its_team() -> None:
    cases = [
        *(moving(f"fft/{code}", gbs) for code, gbs in (("seq/n:8/threads:1", 10), (OMP, 15))),
        *(moving(f"scan/{code}", gbs) for code, gbs in (("seq/n:8/threads:1", 10), (OMP, 5))),
        moving("copy/seq/n:8/threads:1", 10),  # nothing to compare it with
    ]
    found = headline(result(cases))
    assert [(a.gaining.name, value(a.gain)) for a in found.by_gain] == [
        (f"fft/{OMP}", pytest.approx(1.5)),
        (f"scan/{OMP}", pytest.approx(0.5)),
    ]
    assert [a.host.name for a in found.gainless] == ["scan/seq/n:8/threads:1"]


def test_code_on_one_thread_gains_nothing_from_the_cpus() -> None:
    codes = (("seq/n:8/threads:1", 10), ("omp/n:8/threads:1", 12), (OMP, 6))
    cases = [moving(f"fft/{code}", gbs) for code, gbs in codes]
    cases += [moving(f"scan/{code}", gbs) for code, gbs in (codes[0], (OMP, 15))]
    found = headline(result([*cases, moving("copy/seq/n:8/threads:1", 10)]))
    assert found.extremes
    ends = found.extremes.most, found.extremes.least
    assert [(a.gaining.name, value(a.gain)) for a in ends] == [
        (f"scan/{OMP}", pytest.approx(1.5)),
        (f"fft/{OMP}", pytest.approx(0.6)),
    ]
    assert [a.host.name for a in found.gainless] == ["fft/omp/n:8/threads:1"]
    assert headline(result(cases[:2])).extremes is None, "no code on several threads"


def test_the_code_is_that_of_the_team_which_the_findings_are_on() -> None:
    cases = [*gemm(10, 12), computing("gemm/openblas/n:64/threads:2", 20), *fma()]
    found = headline(result(cases))
    (behind,) = found.held_back
    assert (behind.host.variant, behind.team and behind.team.variant) == ("openblas", "omp")
    assert value(behind.of_team.code) == pytest.approx(0.6)
    slow_seq = [moving("copy/seq/n:8/threads:1", 20), *copied(10, 20)]
    assert headline(result(slow_seq)).held_back == [], "a ceiling is not judged by its own gain"


def copied(one: float, two: float) -> list[dict[str, Any]]:
    return [moving(f"copy/omp/n:8/threads:{p}", rate) for p, rate in ((1, one), (2, two))]


def test_a_kernel_that_was_not_measured_is_not_there() -> None:
    (answer,) = headline(run(ROWS, BESIDE)).workloads
    assert (answer.kernel, answer.transfers, answer.of_kernel.vs_best_host) == (None, None, None)


def test_gains_within_15_percent_are_those_of_cores() -> None:
    def cores(arithmetic: float | None, memory: float | None) -> float | None:
        gains = (x and MachineGain(x, x, x, 5) for x in (arithmetic, memory))
        return Headline(16, *gains, Wins(0, 0), Wins(0, 0), ()).cores

    assert cores(9.0, 8.0) == cores(8.0, 9.0) == pytest.approx(72**0.5)
    assert (cores(9.3, 8.0), cores(8.0, 9.3), cores(None, 8.0)) == (None, None, None)


def test_the_baseline_that_is_weak_is_told_with_the_code_that_beats_it() -> None:
    times = {SEQ: 1.0, "reduce/tbb/n:8/threads:1": 0.8, TEAM: 0.5}
    (answer,) = headline(run(times, BESIDE)).workloads
    assert answer.better == "reduce/tbb/n:8/threads:1"
    assert value(answer.ahead) == pytest.approx(1.25)
    (answer,) = headline(run(ROWS, BESIDE)).workloads
    assert answer.better == ""


def test_winners_are_sorted_and_a_loss_is_none() -> None:
    times = {"reduce": 2.0, "scan": 4.0, "fft": 0.5}
    cases = [moving(f"{name}/seq/n:8/threads:1", 10) for name in times]
    cases += [moving(f"{name}/cuda_e2e/n:8/threads:1", 10 * t) for name, t in times.items()]
    found = headline(result(cases))
    assert [a.host.workload for a in found.winners] == ["scan", "reduce"]
