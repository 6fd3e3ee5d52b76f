# SPDX-License-Identifier: Apache-2.0
"""The table of a GPU: each kernel against ceiling, library and the host, and its break-even."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from comparing import encoded, on
from gpu_curves import run_of
from paths import ROOT
from rich.console import Console
from sample_results import case, result, without_times
from typer.testing import CliRunner

from workspan.analysis.laws.break_even import BreakEven, Kind, break_evens
from workspan.cli.app import app, invoke
from workspan.report.gpu_table import (
    format_break_even,
    gpu_rows,
    print_gpu,
    verdict_of_sanitizer,
    verdicts_of_tests,
)
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result
from workspan.support.errors import InputError


def timed(name: str, seconds: float, scope: str = "host", **fields: Any) -> dict[str, Any]:
    return case(name, [seconds], scope=scope, interval="none", **fields)


def table(
    cases: list[dict[str, Any]], tests: dict[str, str] | None = None
) -> dict[str, dict[str, str]]:
    return {row["kernel"]: row for row in gpu_rows(result(cases), tests or {})}


def shown(file: ResultFile, tests: dict[str, str] | None = None) -> str:
    out = io.StringIO()
    print_gpu(file, tests or {}, "not run", Console(file=out))
    return out.getvalue()


def test_the_legend_takes_no_power_for_a_mark() -> None:
    cases = [
        timed(f"copy/{name}/n:{n}/threads:1", time, scope)
        for n, e2e in ((1024, 9.0), (4096, 4.0))
        for name, time, scope in (
            ("seq", 8.0, "host"),
            ("cuda", 2.0, "kernel"),
            ("cuda_e2e", e2e, "e2e"),
        )
    ]
    text = shown(result(cases))
    assert "2^10 .. 2^12" in text and "^: " not in text


def test_a_row_is_of_the_largest_size_and_says_against_what() -> None:
    file = table(
        [
            timed("gemm/omp/n:1024/threads:2", 8.0),
            timed("gemm/cuda/n:1024/threads:1", 2.0, "kernel"),
            timed("gemm/cuda/n:512/threads:1", 1.0, "kernel"),
            timed("gemm/cuda_naive/n:1024/threads:1", 16.0, "kernel"),
            timed("gemm/cublas/n:1024/threads:1", 1.5, "kernel"),
            timed("gemm/cuda_e2e/n:1024/threads:1", 4.0, "e2e"),
            timed("gemm/cuda_pinned/n:1024/threads:1", 3.0, "e2e"),
        ],
        {"gemm/cuda": "ok"},
    )
    gemm, naive = file["gemm/cuda"], file["gemm/cuda_naive"]
    assert (gemm["n"], gemm["verified"], gemm["time"], gemm["of library"], gemm["e2e"]) == (
        "2^10",
        "ok",
        "2.00 s~",
        "0.75~ cublas",
        "4.00 s~",
    )
    assert (gemm["pinned"], naive["pinned"]) == ("3.00 s~", "-")
    assert (gemm["e2e break-even"], gemm["pinned break-even"]) == ("always?", "always?")
    assert gemm["pinned vs best host code"] == "2.67~"
    assert (naive["verified"], naive["time"], naive["of library"], naive["e2e"]) == (
        "-",
        "16.0 s~",
        "0.09~ cublas",
        "-",
    )


def test_a_row_has_its_rate_and_what_is_left_of_the_speedup_with_transfers() -> None:
    cost = {"flops": 4e9, "bytes": 1.0, "items": 1.0}
    cases = [
        timed("gemm/omp/n:8/threads:2", 8.0),
        timed("gemm/cuda/n:8/threads:1", 2.0, "kernel", cost=cost),
    ]
    file = result([*cases, timed("gemm/cuda_e2e/n:8/threads:1", 5.0, "e2e", cost=cost)])
    (row,) = gpu_rows(file, {})
    assert (row["rate"], row["vs best host code"], row["e2e vs best host code"]) == (
        "2.00 GFLOP/s",
        "4.00~ omp (2)",
        "1.60~",
    )


def test_only_a_narrow_interval_has_no_mark() -> None:
    cases = [
        case(f"{name}/cuda/n:8/threads:1", [1.0], scope="kernel", interval=i)
        for name, i in (("gemm", [0.99, 1.01]), ("fft", [0.9, 1.1]))
    ]
    assert {name: row["time"] for name, row in table(cases).items()} == {
        "gemm/cuda": "1.00 s ",
        "fft/cuda": "1.00 s~",
    }


def test_columns_that_say_nothing_and_their_legends_are_left_out() -> None:
    file = result([timed("gemm/cuda/n:8/threads:1", 1.0, "kernel")])
    assert not any(
        word in shown(file) for word in ("verified:", "library", "best host", "e2e", "break-")
    )
    legend = " ".join(shown(file, {"gemm/cuda": "ok"}).split())
    assert "verified: result of the tests at awkward sizes." in legend
    build = on(file, "build.git_dirty", "yes")
    assert "workspan x (x with uncommitted changes)" in shown(build)
    assert "uncommitted" not in shown(on(file, "build.git_dirty", "no"))


@pytest.mark.parametrize(
    ("kind", "brackets", "cell"),
    [
        ("always", (), "always"),
        ("never", (), "never"),
        ("unknown", (), "unclear"),
        ("between", ((256, 2048),), "256 .. 2^11"),
        ("in_and_out", ((8, 16), (32, 64)), "8 .. 16, 32 .. 64"),
    ],
)
def test_a_break_even_in_words(
    kind: Kind, brackets: tuple[tuple[int, int], ...], cell: str
) -> None:
    assert format_break_even(BreakEven("gemm", {}, "pageable", (), kind, brackets)) == cell
    assert format_break_even(None) == "-"


def test_a_break_even_by_value_and_a_size_that_does_not_tell_are_marked() -> None:
    sizes = (2**10, 2**14)

    def cell(last: float, processes: int) -> str:
        ratios = {2**10: 0.5, 2**14: last}
        file = run_of(sizes, ratios.__getitem__, processes, 0.02, "cuda_e2e")
        return format_break_even(break_evens(file)[0])

    assert cell(0.5, 5) == "never"
    assert cell(0.5, 2) == "never?"
    assert cell(1.0, 5) == "never (2^14 unclear)"
    assert cell(2.0, 2) == "2^10 .. 2^14?"


def test_a_failed_kernel_has_no_number() -> None:
    reason = "cudaErrorIllegalAddress (700)"
    failed = without_times("gemm/cuda/n:8/threads:1", "failed", reason, scope="kernel")
    row = table([failed])["gemm/cuda"]
    assert (row["verified"], row["time"]) == ("FAILED", "-")


def report(*tests: tuple[str, str, bool]) -> bytes:
    entries = [
        {"name": name, "result": done, **({"failures": [{}]} if failed else {})}
        for name, done, failed in tests
    ]
    suites = [
        {"name": "Device/EveryVariant", "testsuite": entries},
        {"name": "Judge", "testsuite": [{}]},
    ]
    return json.dumps({"testsuites": suites}).encode()


def test_tests_that_failed_outweigh_those_that_passed() -> None:
    found = verdicts_of_tests(
        report(
            ("IsRight/gemm_cuda_naive", "COMPLETED", False),
            ("IsWrong/gemm_cuda_naive", "COMPLETED", True),
            ("IsRight/fft_cuda", "SKIPPED", False),
            ("IsWrong/fft_cuda", "COMPLETED", False),
        ),
        "verify.json",
    )
    assert found == {"gemm/cuda_naive": "FAILED", "fft/cuda": "ok"}


@pytest.mark.parametrize("text", [b"", b"[]", b'{"testsuites": 1}', b"\xff"])
def test_another_file_is_refused_with_its_name(text: bytes) -> None:
    with pytest.raises(InputError, match=r"verify\.json: is not a JSON report of GoogleTest"):
        verdicts_of_tests(text, "verify.json")


def test_a_tool_that_did_not_run_clean_is_told() -> None:
    assert (
        verdict_of_sanitizer("memcheck: clean\nracecheck: clean\nnote: seen\n", "s.txt")
        == "clean (2 tools)"
    )
    assert verdict_of_sanitizer("memcheck: clean\nracecheck: found\n", "s.txt") == "racecheck found"


@pytest.mark.parametrize("text", ["", "note: clean\n", "memcheck\n", " memcheck: clean\n"])
def test_a_file_in_which_no_tool_of_the_sanitizer_says_anything_is_refused(text: str) -> None:
    with pytest.raises(
        InputError,
        match=r"s\.txt: has no line of memcheck, racecheck, initcheck, synccheck; "
        "scripts/gpu-check sanitize",
    ):
        verdict_of_sanitizer(text, "s.txt")


@pytest.mark.parametrize(
    ("cases", "why_none", "says"),
    [
        ([timed("gemm/seq/n:8/threads:1", 1.0)], "built without CUDA", ": built without CUDA"),
        ([timed("gemm/cublas/n:8/threads:1", 1.0, "kernel")], "", ""),
        (
            [
                without_times("gemm/cuda/n:8/threads:1", reason="no memory left")
                | {"scope": "kernel"}
            ],
            "",
            ": no memory left",
        ),
    ],
)
def test_without_a_cuda_kernel_there_is_one_line_and_no_table(
    cases: list[dict[str, Any]],
    why_none: str,
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(encoded(on(result(cases), "machine.cuda.why_none", why_none)))
    assert invoke(["gpu", str(path)]) == 3
    assert capsys.readouterr() == ("", f"workspan: no CUDA kernel in {path}{says}\n")


def test_doubts_about_kernels_stand_below_the_table() -> None:
    held = {"code": "gpu_clock_held", "detail": "SW power cap: after 3 of 8 samples"}
    cases = [
        timed("gemm/omp/n:8/threads:2", 8.0, warnings=[held]),
        timed("gemm/cuda/n:8/threads:1", 2.0, "kernel", warnings=[held]),
    ]
    assert shown(result(cases)).count("SW power cap: after 3 of 8 samples") == 1
    assert "(1): gemm/cuda/n:8/threads:1\n" in shown(result(cases))
    assert "note: " not in shown(result([timed("gemm/cuda/n:8/threads:1", 2.0, "kernel")]))


def test_the_command_shows_a_committed_result_and_ends_well() -> None:
    committed = ROOT / "results/h100-80gb-16-cores/full-cuda.json"
    done = CliRunner().invoke(app, ["gpu", str(committed)])
    assert done.exit_code == 0, done.output
    assert "cholesky/cuda" in done.output
    assert "cusolver" in done.output


def test_a_table_that_is_too_wide_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    file = read_result(ROOT / "results" / "h100-80gb-16-cores" / "quick-1-process.json")
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = shown(file).splitlines()
    assert max(map(len, lines)) <= 100
    heads = [line.split() for line in lines if line.startswith("kernel ")]
    assert [head[:2] for head in heads] == [["kernel", "n"]] * 2
    assert [line.split()[2:4] for line in lines if line.startswith("fma/cuda ")] == [
        ["35.5", "us"],
        ["43.9~", "omp"],
    ]
    monkeypatch.setenv("COLUMNS", "200")
    heads = [line for line in shown(file).splitlines() if line.startswith("kernel ")]
    assert len(heads) == 1
