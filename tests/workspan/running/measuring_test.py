# SPDX-License-Identifier: Apache-2.0
"""`workspan run --break-even` and `--weak` with a binary that measures nothing."""

import os
import signal
from pathlib import Path

import pytest
from fake_run import fake_binary, journals, one_line, only_run, start, workspan

from workspan.analysis.laws.break_even import BreakEven, break_evens
from workspan.resultfile.model import ResultFile, Status
from workspan.resultfile.read import read_result
from workspan.running import measuring
from workspan.running.measuring import NO_BRACKET, NO_GPU_TIME
from workspan.running.plan import PlanRequest
from workspan.support.errors import UsageError

ALPHA = ("--break-even", "--workload", "alpha", "--invocations", "2")
GPU = {"WORKSPAN_FAKE_GPU": "3000", "WORKSPAN_FAKE_SIZES": "256,65536"}


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    return fake_binary(tmp_path)


def result(bench: Path) -> ResultFile:
    return read_result(only_run(bench) / "result.json")


def answers(bench: Path) -> dict[str, BreakEven]:
    return {b.transfers: b for b in break_evens(result(bench))}


def rounds(bench: Path) -> list[tuple[int, ...]]:
    """The sizes of the invocations after those of the preset, each once."""
    sizes = (tuple(journal.record.sizes) for journal in journals(bench))
    return [*dict.fromkeys(filter(None, sizes))]


def test_brackets_are_narrowed_to_a_factor_of_two(bench: Path) -> None:
    done = workspan(bench, *ALPHA, **GPU)
    assert done.returncode == 0, done.stderr
    found = answers(bench)
    assert found["resident"].brackets == ((2048, 4096),)
    assert found["pageable"].brackets == ((8192, 16384),)
    assert rounds(bench) == [(4096,), (1024, 16384), (2048, 8192)]
    merged = result(bench).workspan
    assert merged.run.complete
    assert merged.run.invocations == 2
    assert {case.status for case in merged.cases} == {Status.OK}
    assert len(merged.invocations) == 8
    said = "--break-even: alpha n = 4096: 2 processes, at most 4 min 40 s of measuring\n"
    assert said in done.stderr
    assert "workspan:" not in done.stderr


def test_the_binary_gets_sizes_and_variants_of_the_workload(bench: Path) -> None:
    typed = ("--break-even", "--invocations", "1", "--threads", "1,2")
    assert workspan(bench, *typed, **GPU).returncode == 0
    later = [j.record for j in journals(bench) if j.record.sizes]
    assert {r.workload for r in later} == {"alpha", "beta", "gamma"}
    words = later[0].arguments
    assert words[words.index("--sizes") + 1] == "4096"
    assert words[words.index("--variant") + 1] == "seq,omp,cuda,cuda_e2e"
    assert words[words.index("--threads") + 1] == "1,2"


def test_a_finished_run_is_narrowed_by_resuming_it(bench: Path) -> None:
    assert workspan(bench, *ALPHA[1:], **GPU).returncode == 0
    assert rounds(bench) == []
    again = ("--resume", str(only_run(bench)))
    assert workspan(bench, *again, **GPU).returncode == 0
    assert rounds(bench) == []
    done = workspan(bench, *again, "--break-even", **GPU)
    assert done.returncode == 0, done.stderr
    assert answers(bench)["resident"].brackets == ((2048, 4096),)
    before = len(journals(bench))
    assert workspan(bench, *again, "--break-even", **GPU).returncode == 0
    assert len(journals(bench)) == before, "nothing is left to narrow"


def test_an_interrupted_round_is_resumed(bench: Path) -> None:
    with start(bench, *ALPHA, more={**GPU, "WORKSPAN_FAKE_SECONDS": "0.05"}) as runner:
        assert runner.stderr
        for line in runner.stderr:
            if line.startswith("--break-even: alpha"):
                break
        runner.send_signal(signal.SIGINT)
        errors = runner.stderr.read()
        runner.communicate()
    assert runner.returncode == 130
    assert f"--resume {only_run(bench).relative_to(bench.parent)} --break-even\n" in errors
    merged = result(bench).workspan
    assert not merged.run.complete
    assert all(case.time for case in merged.cases if case.n in (256, 65536))
    assert {case.n for case in merged.cases} >= {256, 4096, 65536}, "planned, and perhaps measured"
    done = workspan(bench, "--resume", only_run(bench).name, "--break-even", **GPU)
    assert done.returncode == 0, done.stderr
    assert answers(bench)["pageable"].brackets == ((8192, 16384),)
    numbers = [journal.record.number for journal in journals(bench)]
    assert numbers == [*range(1, 9)]


@pytest.mark.parametrize("stopped", [False, True])
def test_a_binary_that_dies_between_rounds_is_a_mistake_unless_it_was_stopped(
    stopped: bool, bench: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C reaches the binary too, while it is asked for sizes."""

    def dies(request: PlanRequest) -> ResultFile:
        if stopped:
            os.kill(os.getpid(), signal.SIGINT)
        raise UsageError("no plan")

    monkeypatch.setattr(measuring, "plan_of", dies)
    done = workspan(bench, *ALPHA, **GPU)
    assert done.returncode == (130 if stopped else 2)
    assert done.stderr.splitlines()[-1].startswith(
        "workspan: interrupted; kept: 2 finished" if stopped else "workspan: no plan"
    )
    assert len(journals(bench)) == 2


def test_a_crash_in_a_round_is_a_row_and_leaves_the_preset_alone(bench: Path) -> None:
    done = workspan(bench, *ALPHA, **GPU, WORKSPAN_FAKE="alpha:crash@sizes")
    assert done.returncode == 1
    bad = {case.n: case for case in result(bench).workspan.cases if case.status is not Status.OK}
    assert bad[4096].status is Status.CRASHED
    assert bad[4096].name == "alpha/omp/n:4096/threads:2"
    assert not {256, 65536} & {*bad}


def test_a_round_that_dies_before_its_first_case_leaves_the_preset_alone(bench: Path) -> None:
    done = workspan(bench, *ALPHA, **GPU, WORKSPAN_FAKE="alpha:crash@sizes-early")
    assert done.returncode == 1
    cases = result(bench).workspan.cases
    assert {c.status for c in cases if c.n in (256, 65536)} == {Status.OK}
    assert {c.status for c in cases if c.n == 4096} == {Status.CRASHED}
    assert rounds(bench) == [(4096,)], "the next sizes would die like this one"
    assert "stays between 256 and 2^16: no size between could be measured\n" in done.stderr


def test_a_size_that_cannot_be_measured_is_left_out_with_the_reason(bench: Path) -> None:
    done = workspan(bench, *ALPHA, **GPU, WORKSPAN_FAKE_SKIP="n:4096/")
    assert done.returncode == 0, done.stderr
    assert 4096 not in {n for sizes in rounds(bench) for n in sizes}
    assert answers(bench)["resident"].brackets == ((2048, 8192),)
    assert (
        "workspan: break-even of alpha, data resident: stays between 2^11 and 2^13:"
        " alpha/seq/n:4096/threads:1: no such thing here\n"
    ) in done.stderr


def test_without_a_gpu_nothing_begins(bench: Path) -> None:
    done = workspan(bench, *ALPHA)
    assert done.returncode == 3
    assert one_line(done.stderr) == (
        "workspan: --break-even: compares the host with a GPU, and there is none"
        " (no CUDA device); leave the option out\n"
    )
    assert not (bench.parent / "log").exists()


def test_variants_of_one_side_only_have_no_break_even(bench: Path) -> None:
    for variants in ("seq,omp", "cuda"):
        done = workspan(bench, *ALPHA, "--variant", variants, **GPU)
        assert done.returncode == 3
        assert "no workload is planned on the host and on the GPU" in one_line(done.stderr)


def test_no_bracket_is_said_so(bench: Path) -> None:
    done = workspan(bench, *ALPHA, **GPU | {"WORKSPAN_FAKE_SIZES": "65536"})
    assert done.returncode == 0
    assert done.stderr.endswith(f"workspan: {NO_BRACKET}\n")


def test_no_time_of_the_gpu_is_exit_code_3(bench: Path) -> None:
    """The kernels are planned, and are skipped when the binary meets the GPU."""
    done = workspan(bench, *ALPHA, **GPU, WORKSPAN_FAKE_LOST="1")
    assert done.returncode == 3
    assert done.stderr.endswith(f"workspan: {NO_GPU_TIME}\n")
    assert result(bench).workspan.run.complete


def test_a_dry_run_says_that_sizes_will_follow(bench: Path) -> None:
    done = workspan(bench, *ALPHA, "--dry-run", **GPU)
    assert done.returncode == 0
    assert done.stdout.endswith(
        "then the sizes of --break-even, which depend on the times of these\n"
    )


def test_weak_scaling_takes_a_size_for_each_number_of_threads(bench: Path) -> None:
    done = workspan(bench, "--weak", "--workload", "alpha", "--threads", "1,2,4")
    assert done.returncode == 0, done.stderr
    ours = result(bench).workspan
    assert (ours.run.sweep, ours.run.preset, ours.run.invocations) == ("weak_scaling", "scaling", 5)
    assert [case.name for case in ours.cases] == [
        "alpha/seq/n:1000/threads:1",
        "alpha/omp/n:1000/threads:1",
        "alpha/omp/n:2000/threads:2",
        "alpha/omp/n:4000/threads:4",
    ]
    assert all("--weak" in journal.record.arguments for journal in journals(bench))


def test_another_preset_may_be_named_for_weak_scaling(bench: Path) -> None:
    assert workspan(bench, "--weak", "--preset", "smoke", "--workload", "alpha").returncode == 0
    assert result(bench).workspan.run.preset == "smoke"


def test_weak_scaling_and_break_even_are_two_runs(bench: Path) -> None:
    done = workspan(bench, *ALPHA, "--weak", **GPU)
    assert done.returncode == 2
    assert "--weak and --break-even: weak scaling has sizes of its own" in one_line(done.stderr)
