# SPDX-License-Identifier: Apache-2.0
"""The answer of a run on one screen."""

import io
from dataclasses import replace

import pytest
from block_files import SEQ, TEAM, gpu_run, in_blocks, merged, process
from paths import ROOT
from rich.console import Console
from sample_results import case, result, without_times

from workspan.analysis.ratios.judge import Judgement
from workspan.analysis.ratios.machine_gains import MachineGain, State
from workspan.analysis.verdicts.headline import (
    Headline,
    Opponent,
    Wins,
    WorkloadAnswer,
    headline,
)
from workspan.analysis.verdicts.run_disturbance import Disturbance
from workspan.analysis.verdicts.verdicts import verdicts
from workspan.report.answer.answer import (
    DISTURBED,
    certainty,
    of_disturbance,
    print_answer,
    quietness,
    sentences,
)
from workspan.report.answer.glance_words import gpu_clause
from workspan.resultfile.machine_model import CpuPair
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result
from workspan.stats.ratios import Estimate

ALL = dict.fromkeys(range(1, 9), 1.0)
NONE = Wins(0, 0)
H100 = "h100-80gb-16-cores/quick-1-process"
XEON = "xeon-emerald-rapids-vm-2-cores/quick"


def printed(file: ResultFile) -> str:
    out = io.StringIO()
    print_answer(file, ["results/a b/result.json", "other"], Console(file=out))
    return out.getvalue()


def known(value: float, interval: tuple[float, float] | None = None) -> Estimate:
    return Estimate(value, interval, 5)


def gave(value: float, low: float | None = None, high: float | None = None) -> MachineGain:
    """What the CPUs gave in five processes."""
    return MachineGain(value, low or value, high or value, 5)


def of_cpus(cpus: int, arithmetic: MachineGain | None, memory: MachineGain | None) -> Headline:
    return Headline(cpus, arithmetic, memory, NONE, NONE, ())


def answered(
    name: str, better: str = "", ahead: Estimate | None = None, **estimates: Estimate
) -> WorkloadAnswer:
    """A workload whose fastest host code is this case, with these judgements on it, and its team if
    it has threads.
    """
    (host,) = result([case(name, [1.0], ceiling="read")]).workspan.cases
    of_host, nothing = Judgement(**estimates), Judgement()
    team = (host, of_host) if host.threads > 1 else (None, nothing)
    threads = host.threads
    return WorkloadAnswer(
        host, of_host, better, ahead, None, nothing, None, nothing, *team, threads
    )


def of_workloads(*answers: WorkloadAnswer) -> Headline:
    return replace(of_cpus(4, None, None), workloads=answers)


def test_cpus_that_gain_alike_do_the_work_of_that_many_cores() -> None:
    assert sentences(of_cpus(16, gave(8.0, 7.6, 8.4), gave(8.0))) == [
        "16 CPUs do the work of 8.0 cores: 8.00 (7.60 to 8.40) times the arithmetic of one and 8.00"
        " times its memory bandwidth."
    ]
    (many,) = sentences(of_cpus(128, gave(66.0), gave(60.0)))
    assert many.startswith("128 CPUs do the work of 63 cores: 66.0 times")


def test_cpus_that_gain_apart_are_told_by_both() -> None:
    assert sentences(of_cpus(64, gave(58.0), gave(9.0, 8.1, 9.9))) == [
        "64 CPUs give 58.0 times the arithmetic of one, but 9.00 (8.10 to 9.90) times its memory"
        " bandwidth."
    ]
    within = MachineGain(1.5, 1.5, 1.5, 1)
    assert sentences(of_cpus(2, None, within)) == [
        "2 CPUs give 1.50 times the memory bandwidth of one (one process)."
    ]
    assert sentences(of_cpus(1, None, None)) == []


def test_two_states_are_told_with_their_processes() -> None:
    states = (State(1.17, 40), State(1.95, 10))
    memory = MachineGain(1.17, 1.13, 2.0, 50, states)
    assert sentences(of_cpus(2, gave(1.99), memory)) == [
        "2 CPUs give 1.99 times the arithmetic of one, but 1.17 times its memory bandwidth in 40 of"
        " 50 processes, 1.95 times in 10."
    ]


def test_a_committed_run_in_two_states_has_no_mean_of_both() -> None:
    text = " ".join(
        printed(read_result(ROOT / "results/epyc-avx512-vm-2-cores/quick.json")).split()
    )
    assert "1.17 times its memory bandwidth in 34 of 50 processes, 1.97 times in 16." in text


def test_cores_below_one_have_two_digits_as_in_the_figure() -> None:
    assert sentences(of_cpus(2, gave(0.71), gave(0.8)))[0].startswith("2 CPUs do the work of 0.75")


def pairs(*gains: float) -> tuple[CpuPair, ...]:
    """CPU 0 with 1, 2, ..."""
    return tuple(CpuPair(first=0, second=k, gain=gain) for k, gain in enumerate(gains, 1))


def test_pairs_of_cpus_tell_why_all_do_the_work_of_fewer_cores() -> None:
    half = of_cpus(16, gave(8.0), gave(8.0))
    assert len(sentences(half)) == 1  # nothing was measured of pairs
    assert sentences(replace(half, pairs=pairs(1.02, 1.97)))[1] == (
        "CPUs 0 and 1 are one core (1.02x); CPUs 0 and 2 are two cores (1.97x)."
    )
    assert sentences(replace(half, pairs=pairs(1.97)))[1] == (
        "CPUs 0 and 1 are two cores (1.97x): something else makes them fewer, such as the clock."
    )
    assert sentences(replace(half, pairs=pairs(1.5)))[1] == (
        "Whether CPUs 0 and 1 are one core or two cannot be told (1.50x)."
    )


def test_pairs_of_cores_are_not_worth_a_sentence_unless_two_share_one() -> None:
    whole = of_cpus(16, gave(15.5), gave(15.5))
    assert len(sentences(replace(whole, pairs=pairs(1.97, 1.5)))) == 1
    assert sentences(replace(whole, pairs=pairs(1.02)))[1] == (
        "CPUs 0 and 1 are one core (1.02x) when the run began, but later all gave more: the host"
        " moves its CPUs."
    )
    apart = of_cpus(16, gave(15.5), gave(4.0))  # memory is shared, which tells nothing of cores
    assert len(sentences(replace(apart, pairs=pairs(1.97)))) == 1


RANGE = "Over seq, the suite's code for one thread, the workloads gain "


def test_the_range_of_the_gains_names_codes_and_their_threads() -> None:
    found = of_workloads(
        answered("fft/omp/n:8/threads:4", vs_seq=known(2.0)),
        answered("gemm/openblas/n:8/threads:4", vs_seq=known(3.5)),
        answered("scan/seq/n:8/threads:1", vs_seq=Estimate(1.0, None, 5, exact=True)),
        answered("linrec/omp/n:8/threads:2", vs_seq=known(1.25, (1.2, 1.3))),
    )
    said = f"{RANGE}1.25x [1.20, 1.30] (linrec by omp (2)) to 3.50x? (gemm by openblas)."
    assert sentences(found) == [said]
    assert sentences(replace(found, cpus=1)) == []
    one = "Over seq, the suite's code for one thread, fft gains 2.00x? by omp."
    assert sentences(of_workloads(*found.workloads[:1])) == [one], "one workload has no range"


def test_the_first_is_not_ranked_above_one_that_it_is_not_told_from() -> None:
    """By the committed run: stencil3d at 2.00, histogram, stencil2d and montecarlo at 1.98."""
    file = read_result(ROOT / "results/epyc-avx512-vm-2-cores/quick.json")
    (said,) = (one for one in sentences(headline(file)) if one.startswith("Over seq"))
    assert said == (
        f"{RANGE}1.07x [0.95, 1.20] (linrec by omp) to 2.00x [1.91, 2.09] (stencil3d by omp_tiled)."
    )


def seq_ahead(workload: str, of_omp: Estimate) -> WorkloadAnswer:
    """A workload whose fastest code is seq, with what its team has of that."""
    team = answered(f"{workload}/omp/n:8/threads:4", vs_seq=of_omp)
    seq = answered(f"{workload}/seq/n:8/threads:1", vs_seq=Estimate(1.0, None, 5, exact=True))
    return replace(seq, team=team.host, of_team=team.of_host)


def test_workloads_whose_fastest_code_has_one_thread_gain_least_and_nothing() -> None:
    fft = answered("fft/omp/n:8/threads:4", vs_seq=known(1.4, (1.3, 1.5)))
    worse = seq_ahead("scan", known(0.6, (0.5, 0.7))), seq_ahead("reduce", known(0.7))
    assert sentences(of_workloads(fft, *worse)) == [
        f"{RANGE}0.60x [0.50, 0.70] (scan by omp) to 1.40x [1.30, 1.50] (fft by omp).",
        "Threads gain nothing in scan (0.60x by omp), reduce (0.70x? by omp): one thread is"
        " faster.",
    ]
    unsure = seq_ahead("scan", known(0.9, (0.7, 1.1)))
    assert len(sentences(of_workloads(fft, unsure))) == 1
    assert certainty(of_workloads(worse[1])) == ("1 speedup has no interval, for lack of samples.")


def test_the_gpu_is_told_by_its_wins_against_the_best_host_code() -> None:
    assert sentences(headline(gpu_run()))[-1] == (
        "The GPU beats the best host code in 1 of 1 workload with its data resident, in 0 of 1 with"
        " transfers."
    )
    fast = replace(
        answered("gemm/omp/n:8/threads:4"), of_transfers=Judgement(vs_best_host=known(3))
    )
    slow = replace(
        answered("fft/omp/n:8/threads:4"), of_transfers=Judgement(vs_best_host=known(0.5))
    )
    found = replace(of_workloads(slow, fast), transfers=Wins(1, 2))
    assert sentences(found) == [
        "The GPU beats the best host code in 1 of 2 workloads with transfers: gemm 3.00x?."
    ]


def test_a_host_that_never_had_all_cpus_is_named_as_the_opponent() -> None:
    won = Judgement(vs_best_host=known(3))
    one = replace(answered("gemm/seq/n:8/threads:1"), of_transfers=won)
    four = replace(answered("fft/omp/n:8/threads:4"), of_transfers=won)
    found = replace(of_workloads(one), cpus=16, transfers=Wins(1, 1), opponent=Opponent(1, 16))
    assert sentences(found) == [
        "The GPU beats the best host code on one thread of 16 CPUs in 1 of 1 workload with"
        " transfers: gemm 3.00x?."
    ]
    assert "; the GPU, its transfers counted, beats the best host code on one thread" in (
        gpu_clause(found)
    )
    both = replace(
        of_workloads(one, four), transfers=Wins(1, 1), opponent=Opponent(4, 4, ("gemm",))
    )
    assert sentences(both) == [
        "The GPU beats the best host code in 1 of 1 workload with transfers: fft 3.00x?. Not"
        " counted, as their host code was measured on fewer threads: gemm."
    ]


def test_weak_baselines_are_named_with_the_faster_code() -> None:
    weak = answered("gemm/omp/n:8/threads:4", "gemm/openblas/n:8/threads:1", known(1.4))
    assert sentences(of_workloads(weak, answered("fft/omp/n:8/threads:4"))) == [
        "vs seq flatters where other code is faster than seq on one thread: gemm (1.40x? by"
        " openblas)."
    ]


def test_codes_that_gain_less_than_the_machine_are_where_to_look_next() -> None:
    codes = {"a": 0.5, "b": 0.9, "c": 0.7, "d": 0.6, "e": 0.8}
    found = of_workloads(
        *(answered(f"{name}/omp/n:8/threads:4", code=known(c)) for name, c in codes.items())
    )
    assert sentences(found) == [
        "Look next where the code gains less than the machine gives: a (code 0.50?), d (code"
        " 0.60?), c (code 0.70?) and 1 more."
    ]
    unsure = answered("a/omp/n:8/threads:4", code=known(0.79, (0.72, 0.87)))
    assert sentences(of_workloads(unsure)) == []


@pytest.mark.parametrize("name", [H100, XEON, "epyc-vm-2-cores/quick"])
def test_what_to_look_at_next_is_what_the_findings_say(name: str) -> None:
    file = read_result(ROOT / f"results/{name}.json")
    said = {(v.workload, v.n): {f.code for f in v.findings} for v in verdicts(file)}
    found = headline(file)
    behind = {a.host.workload for a in found.held_back}
    low = {"below_machine", "does_not_scale"}
    largest = {a.host.workload: said[a.host.workload, a.host.n] for a in found.workloads}
    assert behind == {workload for workload, codes in largest.items() if codes & low}


@pytest.mark.parametrize("name", [H100, XEON])
def test_a_committed_run_is_answered_within_a_hundred_columns(name: str) -> None:
    lines = printed(read_result(ROOT / f"results/{name}.json")).splitlines()
    assert 30 < len(lines) < 60
    assert max(len(line) for line in lines[:-2]) <= 100  # the last ones have a path


def test_how_well_speedups_are_known_is_said() -> None:
    def of(*gains: Estimate) -> str:
        return certainty(of_workloads(*(answered(SEQ, vs_seq=gain) for gain in gains)))

    narrow, wide = known(2, (1.98, 2.02)), known(2, (1.6, 2.4))
    assert of(narrow) == "The one speedup with an interval is known to +-1.0%."
    assert of(narrow, wide, wide, known(2)) == (
        f"Half of the 3 speedups are known to +-20.0% or better. {DISTURBED} 1 speedup has no"
        " interval, for lack of samples."
    )
    assert of() == ""


def test_the_screen_ends_with_counts_and_the_command_for_the_rest() -> None:
    file = result(
        [
            case(SEQ, [1.0]),
            without_times("reduce/cuda/n:8/threads:1"),
            without_times(TEAM, "failed", "wrong result: 7"),
        ]
    )
    text = printed(file)
    assert f"FAILED: wrong result: 7 (1): {TEAM}\n" in text
    assert text.endswith(
        "Verified and timed: 1. Skipped: 1. Failed: 1.\n"
        "Why not more, and 2 alarms: workspan analyze 'results/a b/result.json'\n"
        "All tables, notes, and why cases were skipped: workspan info 'results/a b/result.json'\n"
    )
    assert "no CUDA device" not in text


def test_the_screen_says_how_quiet_the_machine_was() -> None:
    blocks = dict.fromkeys(range(1, 11), 1.0)
    cases = [in_blocks(SEQ, blocks, disturbed={1})]
    loud = [process(k, cases, [], disturbed=["steal"] if k < 2 else []) for k in (1, 2, 3)]
    said = "90.0 % of the judged samples were clean, 1 of 3 processes disturbed."
    assert quietness(merged(loud)) == said
    assert f"\n{said}\n" in printed(merged(loud))
    assert quietness(gpu_run()) == "100.0 % of the judged samples were clean."
    assert quietness(result([case(SEQ, [1.0])])) == ""


def test_a_run_that_others_disturbed_begins_with_them() -> None:
    loud = Disturbance(disturbed=100, processes=100, others=1.42, cpus=2, clean=0.325)
    half = replace(of_cpus(2, gave(0.8), gave(0.8)), pairs=pairs(1.97), disturbance=loud)
    first, again, cpus, of_pairs = sentences(half)
    assert first == (
        "Not a measurement of this machine alone, as other processes used 1.4 of its 2 CPUs, 100 of"
        " 100 processes were disturbed and 32.5 % of the judged samples were clean."
    )
    assert "workspan doctor" in again and cpus.startswith("2 CPUs do the work of 0.8")
    assert of_pairs == "CPUs 0 and 1 are two cores (1.97x)."
    one = Disturbance(1, 1, None, 2, None)
    assert of_disturbance(one)[0].endswith("alone, as 1 of 1 process was disturbed.")


def test_what_the_answer_begins_with_is_not_said_again() -> None:
    cases = [in_blocks(SEQ, ALL), in_blocks(TEAM, ALL)]
    file = merged([process(k, cases, [], disturbed=["steal"]) for k in (1, 2, 3)])
    text = printed(file)
    assert text.count("disturbed") == 1 and quietness(file) == ""
    assert text.split("\n")[1].startswith("Not a measurement of this machine alone, as 3 of 3")


def test_a_run_without_a_workload_that_computes_has_its_whole_table() -> None:
    text = printed(result([case("busy/seq/n:8/grain:4/threads:1", [1.0], subject="concurrency")]))
    assert "n = 8, grain 4" in text and "host code" not in text
    assert "skipped: no CUDA device" in printed(result([without_times(SEQ)]))


def test_the_most_serious_alarm_is_said_at_once() -> None:
    lines = " ".join(printed(read_result(ROOT / f"results/{H100}.json")).split())
    assert "All times are of one process, so no interval knows how processes differ" in lines
    assert "are behind another code" not in lines


def test_the_screen_explains_the_mark_of_numbers_without_an_interval() -> None:
    lines = " ".join(printed(read_result(ROOT / f"results/{H100}.json")).split())
    assert "to 13.7x? (gemm by omp)" in lines
    assert "in 20 of 20 workloads with its data resident (6 by value), in 7 of 20" in lines
    assert lines.count("?: no interval, so it is said by value") == 1
    assert "?" not in printed(gpu_run())


def test_rows_without_all_of_their_processes_are_counted() -> None:
    slow = without_times(TEAM, reason="too slow") | {"cause": "too_slow"}
    seq = in_blocks(SEQ, ALL)
    file = merged([process(1, [seq, in_blocks(TEAM, ALL)], []), process(2, [seq, slow], [])])
    assert "1 row without some of its processes." in quietness(file)
    assert "some of its" not in quietness(gpu_run())
