# SPDX-License-Identifier: Apache-2.0
"""The scripts for the shell: what they answer before anything is built."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("cpu", "gpu", "harness", "tests", "scripts/cmake")


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A tree with these scripts, in which nothing is set up or built."""
    for folder in SOURCES:
        (tmp_path / folder).mkdir(parents=True)
    for name in ("CMakeLists.txt", "CMakePresets.json"):
        (tmp_path / name).touch()
    for name in ("bench", "gpu-check"):
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts")
    return tmp_path


def answer(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "scripts" / words[0], *words[1:]], capture_output=True, text=True
    )


@pytest.mark.parametrize("stage", ["verify", "sanitize", "measure"])
def test_gpu_check_names_a_program_that_is_not_built(fresh: Path, stage: str) -> None:
    done = answer(fresh, "gpu-check", stage)
    bench = "build/release/bench is not built; run scripts/gpu-check build"
    assert (done.returncode, done.stderr) == (2, f"scripts/gpu-check: {bench}\n")
    for name in ("bench", "tests/kernels_test"):
        program = fresh / "build/release" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.touch(mode=0o755)
    done = answer(fresh, "gpu-check", stage)
    assert done.returncode == 2
    assert "tests/gpu_faults is not built" in done.stderr


def planted(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_bench_answers_a_question_or_a_mistake_before_it_builds(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "workspan run --preset quick --report" in answer(fresh, "bench", "--help").stdout
    planted(fresh, "scripts/setup", "")
    planted(fresh, "bin/cmake", "echo built >&2; exit 9")
    monkeypatch.setenv("PATH", f"{fresh / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "scripts"))
    main = "import sys; from workspan.cli.entry import main; main()"
    planted(fresh, ".venv/bin/workspan", f'exec {sys.executable} -c "{main}" "$@"')
    assert "--time-budget" in answer(fresh, "bench", "--help").stdout
    for words, why in (
        (["--foo"], "unknown option '--foo'"),
        (["--time-budget", "soon"], "--time-budget: 'soon'"),
        (["--resume=no"], "built"),
    ):
        done = answer(fresh, "bench", *words)
        assert done.returncode == 2
        assert why in done.stderr
        assert done.stderr.count("\n") == 1
