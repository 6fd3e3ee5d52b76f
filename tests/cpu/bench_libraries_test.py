# SPDX-License-Identifier: Apache-2.0
"""Libraries of the host as the file tells them: name, version and kernels, by their own word."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

BENCH = os.environ.get("BENCH", "build/release/bench")


def library_of(case: str, folder: Path, size: str = "64") -> dict[str, str] | None:
    """Skips the test if the library is not in this build, or not here."""
    workload, variant = case.split("/")
    out = folder / "r.json"
    chosen = ["--workload", workload, "--variant", f"seq,{variant}", "--sizes", size]
    command = [BENCH, *chosen, "--threads", "1", "--benchmark_repetitions=1", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    cases = {c["variant"]: c for c in json.loads(out.read_text())["workspan"]["cases"]}
    assert "library" not in cases["seq"]
    if cases[variant]["status"] == "skipped":
        pytest.skip(cases[variant]["reason"])
    library: dict[str, str] = cases[variant]["library"]
    return library


@pytest.mark.parametrize(
    ("case", "name", "has_core"),
    [
        ("gemm/openblas", "OpenBLAS", True),
        ("cholesky/openblas", "OpenBLAS", True),
        ("fft/fftw", "FFTW", True),
        ("gemm/mkl", "MKL", None),  # only on CPUs of its own maker
        ("cholesky/mkl", "MKL", None),
        ("fft/mkl", "MKL", None),
        ("reduce/tbb", "oneTBB", False),
    ],
)
def test_a_library_tells_its_name_version_and_kernels(
    case: str, name: str, has_core: bool | None, tmp_path: Path
) -> None:
    library = library_of(case, tmp_path)
    assert library and library["name"] == name
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?(\.dev)?", library["version"]), library
    assert has_core is None or bool(library["core"]) is has_core


def test_the_kernels_of_openblas_are_those_that_it_chose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    library = library_of("gemm/openblas", tmp_path)
    assert library and library["core"] == "Nehalem"


@pytest.mark.parametrize(("size", "plan"), [("64", "measured"), ("2^21", "estimated")])
def test_fftw_tells_how_its_plan_was_found(size: str, plan: str, tmp_path: Path) -> None:
    library = library_of("fft/fftw", tmp_path, size)
    assert library and library["core"].endswith(f", {plan} plan")


@pytest.mark.parametrize("known", [None, b"", b"(fftw-3.3.10 fftwf_wisdom #x"])
def test_what_fftw_measured_is_kept_for_later_processes(
    known: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wisdom = tmp_path / "wisdom"
    if known is not None:
        wisdom.write_bytes(known)
    monkeypatch.setenv("WORKSPAN_FFTW_WISDOM", str(wisdom))
    library_of("fft/fftw", tmp_path)
    kept = wisdom.read_bytes()
    assert kept.startswith(b"(fftw-") and len(kept) > 100
    library_of("fft/fftw", tmp_path)
    assert wisdom.read_bytes() == kept


def test_a_missing_library_is_named_in_one_sentence_that_says_how_to_install_it(
    tmp_path: Path,
) -> None:
    out = tmp_path / "r.json"
    command = [BENCH, "--workload", "gemm", "--variant", "mkl", "--sizes", "64", "--out", str(out)]
    subprocess.run(command, capture_output=True, timeout=120, check=False)
    (case,) = json.loads(out.read_text())["workspan"]["cases"][:1]
    if case["status"] == "ok" or "built without" in case["reason"]:
        pytest.skip("MKL is here, or not in this build")
    assert case["reason"] == (
        "MKL is missing: no libmkl_rt.so found; PyPI's mkl and Debian's intel-mkl have it"
    )
