# SPDX-License-Identifier: Apache-2.0
"""`workspan run` interrupted, and resumed."""

import signal
import time
from pathlib import Path

import pytest
from fake_run import fake_binary, one_line, only_run, start, wait_for_start, workspan

from workspan.resultfile.read import read_result


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    return fake_binary(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_keeps_finished_invocations(number: signal.Signals, bench: Path) -> None:
    with start(bench, more={"WORKSPAN_FAKE_SECONDS": "0.1"}) as runner:
        assert runner.stderr and runner.stdout
        runner.stderr.readline()  # the estimate
        runner.stderr.readline()  # the first invocation
        time.sleep(0.1)
        runner.send_signal(number)
        errors, _ = runner.stderr.read(), runner.stdout.read()
    assert (
        runner.returncode == 130
        and "interrupted; " in errors
        and f"--resume {only_run(bench).relative_to(bench.parent)}" in errors
    )
    before = [path.read_bytes() for path in sorted(only_run(bench).glob("0*.json"))]
    assert (
        1 <= len(before) < 15
        and not read_result(only_run(bench) / "result.json").workspan.run.complete
    )
    assert workspan(bench, "--resume", only_run(bench).name).returncode == 0
    files = [path.read_bytes() for path in sorted(only_run(bench).glob("0*.json"))]
    assert (
        files[: len(before)] == before
        and len(files) == 15
        and read_result(only_run(bench) / "result.json").workspan.run.complete
    )


def unfinished_run(bench: Path) -> Path:
    """A run without its last invocations."""
    assert workspan(bench).returncode == 0
    for path in sorted(only_run(bench).glob("0*.json"))[4:]:
        path.unlink()
    (bench.parent / "log").unlink()
    return only_run(bench)


def test_resume_refuses_other_options_binaries_and_machines(bench: Path) -> None:
    run = unfinished_run(bench)
    assert "option --seed (1, now 2)" in one_line(
        workspan(bench, "--resume", str(run), "--seed", "2").stderr
    )
    assert "option --workload" in one_line(
        workspan(bench, "--resume", str(run), "--workload", "beta").stderr
    )
    assert "the machine's host name" in one_line(
        workspan(bench, "--resume", str(run), WORKSPAN_FAKE_HOST="elsewhere").stderr
    )
    old = bench.read_text()
    bench.write_text(old + "# built again\n")
    done = workspan(bench, "--resume", str(run))
    assert done.returncode == 2 and "the binary" in one_line(done.stderr)
    assert not (bench.parent / "log").exists()
    bench.write_text(old)
    assert (
        workspan(bench, "--resume", str(run), "--dry-run").stdout
        == "11 invocations of 15 left, at most 3 min 25 s of measuring\n"
    )
    done = workspan(bench, "--resume", str(run), "--seed", "1", "--preset", "quick")
    assert done.returncode == 0 and done.stderr.startswith(
        "11 invocations of 15 left, at most 3 min 25 s of measuring\n"
    )
    assert len((bench.parent / "log").read_text().split()) == 11


def test_resume_suggests_the_most_similar_run_and_names_the_broken_file(bench: Path) -> None:
    run = unfinished_run(bench)
    assert f"did you mean {run.name}?" in one_line(
        workspan(bench, "--resume", run.name[:-2]).stderr
    )
    broken = sorted(run.glob("0*.json"))[1]
    broken.chmod(0o644)
    broken.write_bytes(broken.read_bytes()[:-20])
    done = workspan(bench, "--resume", run.name)
    assert done.returncode == 2 and broken.name in one_line(done.stderr)


def test_two_runners_do_not_share_a_folder(bench: Path) -> None:
    run = unfinished_run(bench)
    with start(bench, "--resume", str(run), more={"WORKSPAN_FAKE_SECONDS": "1"}) as first:
        wait_for_start(bench, first)
        done = workspan(bench, "--resume", str(run))
        first.kill()
        first.communicate()
    assert done.returncode == 2 and "another workspan is at work" in one_line(done.stderr)


def test_an_interruption_in_the_first_invocation_leaves_nothing_behind(bench: Path) -> None:
    with start(bench, more={"WORKSPAN_FAKE_SECONDS": "5"}) as runner:
        wait_for_start(bench, runner)
        runner.send_signal(signal.SIGINT)
        _, errors = runner.communicate()
    assert runner.returncode == 130 and errors.splitlines()[1:] == [
        "workspan: interrupted; nothing was measured"
    ]
    assert not list((bench.parent / "results/local").iterdir())


def test_an_interrupted_resume_keeps_its_folder(bench: Path) -> None:
    run = unfinished_run(bench)
    for path in run.glob("0*.json"):
        path.unlink()
    with start(bench, "--resume", run.name, more={"WORKSPAN_FAKE_SECONDS": "5"}) as runner:
        wait_for_start(bench, runner)
        runner.send_signal(signal.SIGINT)
        _, errors = runner.communicate()
    assert (
        runner.returncode == 130
        and f"run --resume {run.relative_to(bench.parent)}\n" in errors
        and run.exists()
    )
