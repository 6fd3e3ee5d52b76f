# SPDX-License-Identifier: Apache-2.0
"""The search for the binary, and binaries that fail to answer a dry run."""

from pathlib import Path

import pytest
from sample_results import encoded, without_times

from workspan.cli.app import invoke
from workspan.running.bench_binary import ask_plan, find_bench
from workspan.support.errors import InputError, NothingError, UsageError


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("echo 'bench: no such preset' >&2; exit 2", UsageError, "^no such preset$"),
        ("echo 'bench: --x; --list shows' >&2; exit 2", UsageError, "^--x; bench --list shows$"),
        ("echo 'bench: see bench --list' >&2; exit 2", UsageError, "^see bench --list$"),
        ("exit 0", UsageError, "is not Workspan's bench"),
        ("echo text", UsageError, "--dry-run ended with exit code 0 and no plan; build it"),
        ("kill -9 $$", UsageError, "--dry-run was ended by signal 9 and no plan"),
        ("echo no library >&2; exit 127", UsageError, r"exit code 127 and no plan \(no library\)"),
        ("echo bench: nothing matched >&2; exit 3", NothingError, "^nothing matched$"),
        ("echo '{'", InputError, "--dry-run"),
    ],
)
def test_a_binary_that_does_not_answer(
    tmp_path: Path, body: str, error: type[Exception], words: str
) -> None:
    bench = tmp_path / "bench"
    bench.write_text(f"#!/bin/sh\n{body}\n")
    bench.chmod(0o755)
    with pytest.raises(error, match=words):
        ask_plan(bench, [])


@pytest.mark.parametrize("code", [0, 3])
def test_a_plan_of_cases_that_are_all_skipped_is_an_answer(tmp_path: Path, code: int) -> None:
    (tmp_path / "plan.json").write_bytes(encoded([without_times("copy/cuda/n:8/threads:1")]))
    bench = tmp_path / "bench"
    bench.write_text(f"#!/bin/sh\ncat {tmp_path}/plan.json\nexit {code}\n")
    bench.chmod(0o755)
    assert [case.status.value for case in ask_plan(bench, []).workspan.cases] == ["skipped"]


def test_missing_binary_is_one_line_and_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["doctor", "--bench", str(tmp_path / "benhc")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    (tmp_path / "bench").write_text("")
    with pytest.raises(UsageError, match="cannot be executed"):
        find_bench(tmp_path / "bench")


def test_the_binary_is_searched_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKSPAN_BENCH", raising=False)
    below = tmp_path / "a/b"
    below.mkdir(parents=True)
    with pytest.raises(UsageError, match="no build/release/bench in"):
        find_bench(folder=below)
    usual = tmp_path / "build/release/bench"
    usual.parent.mkdir(parents=True)
    usual.touch(mode=0o755)
    assert find_bench(folder=below) == usual.resolve()
    other = tmp_path / "other"
    other.touch(mode=0o755)
    monkeypatch.setenv("WORKSPAN_BENCH", str(other))
    assert find_bench(folder=below) == other.resolve()
