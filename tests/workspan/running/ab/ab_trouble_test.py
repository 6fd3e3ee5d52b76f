# SPDX-License-Identifier: Apache-2.0
"""`workspan ab` with failing sides, disturbances, time limits and interruptions."""

import json
import signal
import time
from pathlib import Path

import pytest
from ab_process import ab, fake_ab_binary, folder, journals, start, verdicts
from fake_run import one_line

from workspan.resultfile.read import read_result


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    return fake_ab_binary(tmp_path)


@pytest.mark.parametrize("trouble", ["crash", "crash@early", "nofile", "half", "abort", "wrong"])
def test_failures_in_new_only_are_broken(bench: Path, trouble: str) -> None:
    words = ["--workload", "alpha,beta", "--pairs", "4", "--format", "json"]
    done = ab(bench, "--env-b", f"WORKSPAN_FAKE=beta:{trouble}", *words)
    assert done.returncode == 1
    found = verdicts(done)
    assert found["alpha"] == {"SAME"}
    assert "BROKEN" in found["beta"]
    assert found["beta"] <= {"BROKEN", "SAME"}
    if trouble in (
        "crash",
        "abort",
    ):  # known to be in its last case: the others are measured without it
        assert found["beta"] == {"BROKEN", "SAME"}
        last = [
            next(j.record for j in reversed(journals(bench, side)) if j.record.workload == "beta")
            for side in ("a", "b")
        ]
        assert last[0].excluded == last[1].excluded == ["beta/omp/n:1000/threads:2"]


def test_failures_in_old_only_are_fixed(bench: Path) -> None:
    done = ab(
        bench,
        "--env-a",
        "WORKSPAN_FAKE=beta:hang",
        "--timeout",
        "1s",
        "--pairs",
        "4",
        "--format",
        "json",
        "--workload",
        "beta",
    )
    assert "FIXED" in verdicts(done)["beta"]
    assert done.returncode == 0


def test_failures_in_both_have_no_verdict(bench: Path) -> None:
    trouble = "WORKSPAN_FAKE=beta:crash@early"
    done = ab(
        bench, "--env-a", trouble, "--env-b", trouble + " ", "--pairs", "4", "--format", "json"
    )
    assert verdicts(done) == {"alpha": {"SAME"}, "beta": {"NONE"}, "gamma": {"SAME"}}
    assert len(journals(bench, "a")) == len(journals(bench, "b")) == 9  # beta was not started again


def test_a_disturbed_pair_is_repeated_and_kept(bench: Path) -> None:
    noisy = """
import itertools, workspan.running.invocation as i
c = itertools.count()
i.disturbances = lambda *_, **__: ['noise'] * (next(c) == 2)
"""
    done = ab(bench, str(bench), "--pairs", "4", "--workload", "beta", patch=noisy)
    assert done.returncode == 0
    assert "disturbed: noise" in one_line(
        "".join(line for line in done.stderr.splitlines(keepends=True) if "noise" in line)
    )
    for side in ("a", "b"):
        assert [(j.record.number, j.record.attempt) for j in journals(bench, side)] == [
            (1, 1),
            (2, 1),
            (2, 2),
            (3, 1),
            (4, 1),
        ]


def test_permanent_disturbance_ends(bench: Path) -> None:
    noisy = "import workspan.running.invocation as i\ni.disturbances = lambda *_, **__: ['noise']"
    done = ab(
        bench,
        str(bench),
        "--pairs",
        "4",
        "--workload",
        "beta",
        "--variant",
        "seq",
        "--time-budget",
        "1h",
        patch=noisy,
    )
    assert done.returncode == 0
    assert [j.record.attempt for j in journals(bench, "a")] == [1, 2, 3, 4] * 4
    assert "disturbed" in done.stdout


def test_fewer_pairs_fit_into_a_time_budget(bench: Path) -> None:
    done = ab(
        bench,
        str(bench),
        "--pairs",
        "1000",
        "--workload",
        "beta",
        "--time-budget",
        "1s",
        "--format",
        "json",
    )
    count = len(journals(bench, "a"))
    assert done.returncode == (0 if count >= 4 else 3), (
        done.stderr
    )  # of fewer pairs nothing can be told
    assert 1 <= count < 1000
    assert count == len(journals(bench, "b"))
    assert any("time limit reached" in note for note in json.loads(done.stdout)["notes"])


def test_an_interruption_compares_the_finished_pairs(bench: Path) -> None:
    with start(bench, str(bench), "--pairs", "1000", "--workload", "beta") as child:
        while not list(bench.parent.glob("results/local/*-ab/b/0004-*.json")):
            assert child.poll() is None
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        out, errors = child.communicate(timeout=60)
    assert child.returncode == 130, errors
    assert "Traceback" not in errors
    assert "interrupted" in out
    assert not read_result(folder(bench) / "b/result.json").workspan.run.complete


def test_a_rebuilt_binary_is_detected(bench: Path) -> None:
    with start(bench, str(bench), "--pairs", "1000", "--workload", "beta") as child:
        while not list(bench.parent.glob("results/local/*-ab/b/0001-*.json")):
            assert child.poll() is None
            time.sleep(0.02)
        new = bench.parent / "new"
        new.write_text(bench.read_text() + "# built again\n")
        new.chmod(0o755)
        new.replace(bench)
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 2
    assert "changed while it was measured" in errors.splitlines()[-1]


def test_workloads_of_one_side_only_are_left_out(bench: Path) -> None:
    done = ab(bench, "--env-b", "WORKSPAN_FAKE_SKIP=gamma", "--pairs", "4", "--format", "json")
    assert "only old can measure gamma: left out" in done.stderr
    assert {name for name, found in verdicts(done).items() if "SAME" in found} == {"alpha", "beta"}
    nothing = ab(bench, "--env-b", "WORKSPAN_FAKE_SKIP=/", "--pairs", "4")
    assert nothing.returncode == 3
    assert "nothing can be measured" in one_line(nothing.stderr)


@pytest.mark.parametrize("noise", ["[]", "['noise']"])
def test_all_pairs_are_measured_without_a_limit(bench: Path, noise: str) -> None:
    slow = f"""
import workspan.running.ab.measure as a, workspan.running.invocation as i
a.ROOM = 1e-6
i.disturbances = lambda *_, **__: {noise}
"""
    done = ab(
        bench, str(bench), "--pairs", "4", "--workload", "beta", "--format", "json", patch=slow
    )
    assert done.returncode == 0, done.stderr
    for side in ("a", "b"):  # no time for repeats
        assert [(j.record.number, j.record.attempt) for j in journals(bench, side)] == [
            (n, 1) for n in range(1, 5)
        ]
    assert not any("fewer pairs" in note for note in json.loads(done.stdout)["notes"])


FULL = """
import errno, os, workspan.running.run_folder as j
write, numbers = j.write_atomically, iter(range(9))
def fails(path, *rest, **more):
    if next(numbers) >= AFTER:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    write(path, *rest, **more)
j.write_atomically = fails
"""


@pytest.mark.parametrize("after", ["0", "1"])
def test_an_empty_folder_is_removed(bench: Path, after: str) -> None:
    done = ab(
        bench, str(bench), "--pairs", "4", "--workload", "beta", patch=FULL.replace("AFTER", after)
    )
    assert done.returncode == 2
    assert "No space left" in one_line(done.stderr)
    assert not list((bench.parent / "results/local").iterdir())


HANG = """
import dataclasses, itertools, workspan.running.invocation as i
ends, starts, run_child = itertools.count(), itertools.count(), i.run_child
i.disturbances = lambda *_, **__: ['noise'] * (next(ends) == 2)
def run(request, **more):
    if next(starts) == 2:
        hang = {'WORKSPAN_FAKE': 'beta:hang'}
        request = dataclasses.replace(request, environment=hang, timeout=1)
    return run_child(request, **more)
i.run_child = run
"""


def test_a_timeout_under_disturbance_is_not_broken(bench: Path) -> None:
    done = ab(
        bench, str(bench), "--pairs", "4", "--workload", "beta", "--format", "json", patch=HANG
    )
    assert verdicts(done) == {"beta": {"SAME"}}, done.stderr
    assert "beta 2: timeout in beta/omp/n:1000/threads:2" in done.stderr
    assert {
        j.record.attempt
        for side in ("a", "b")
        for j in journals(bench, side)
        if j.record.number == 2
    } == {1, 2}
    assert not any(j.record.excluded for side in ("a", "b") for j in journals(bench, side))


def test_an_interruption_in_the_first_pair_keeps_its_first_side(bench: Path) -> None:
    for slow, there in (("a", 0), ("b", 1)):  # with this seed a is first
        words = [
            "--pairs",
            "4",
            "--workload",
            "beta",
            "--seed",
            "2",
            f"--env-{slow}",
            "WORKSPAN_FAKE_SECONDS=5",
            "--results",
            slow,
        ]
        with start(bench, *words) as child:
            while not list(bench.parent.glob(f"{slow}/*-ab/{slow}/.measuring-*/progress")):
                assert child.poll() is None
                time.sleep(0.02)
            child.send_signal(signal.SIGINT)
            _, errors = child.communicate(timeout=60)
        assert child.returncode == 130
        left = list((bench.parent / slow).iterdir())
        assert len(left) == there
        assert all(str(place.relative_to(bench.parent)) in errors for place in left)
