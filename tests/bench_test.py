# SPDX-License-Identifier: Apache-2.0
"""The binary end to end, as a user and as a script meet it. BENCH names the binary."""

import csv
import io
import json
import os
import pty
import re
import resource
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

BENCH = os.environ["BENCH"]
SHORT = ["--budget", "0.2s", "--benchmark_min_time=0.0005"]
TRIAD_CASES = "--workload triad --variant seq,omp --sizes 1000 --threads 1,2"
TRIAD = [*TRIAD_CASES.split(), *SHORT]


def bench(*arguments: str, **keywords) -> subprocess.CompletedProcess:
    keywords.setdefault(
        "env", {k: v for k, v in os.environ.items() if not k.startswith("BENCHMARK_")}
    )
    return subprocess.run(
        [BENCH, *arguments], capture_output=True, text=True, timeout=300, **keywords
    )


def strictly(text: str) -> dict:
    """Parses JSON and refuses NaN, Infinity and duplicate keys."""

    def no_constant(constant: str) -> None:
        raise ValueError(constant)

    def single(pairs: list) -> dict:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), f"duplicate keys among {keys}"
        return dict(pairs)

    return json.loads(text, parse_constant=no_constant, object_pairs_hook=single)


def assert_one_line(text: str) -> None:
    assert text.count("\n") == 1 and text.startswith("bench: "), text


def test_measures_verifies_and_writes_a_strict_file(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    done = bench(*TRIAD, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "Verified and timed: 3. Skipped: 0. Failed: 0." in done.stdout
    assert "\x1b" not in done.stdout and "\x1b" not in done.stderr
    file = strictly(out.read_text())
    assert [row["name"] for row in file["benchmarks"]] == [
        "triad/seq/n:1000/threads:1",
        "triad/omp/n:1000/threads:1",
        "triad/omp/n:1000/threads:2",
    ]
    cases = file["workspan"]["cases"]
    assert all(case["status"] == "ok" and case["verdict"]["ok"] for case in cases)
    assert all(len(case["invocations"][0]["wall"]) >= 3 for case in cases)
    assert all(case["ceiling"] == "triad" and case["rate_unit"] == "bytes" for case in cases)
    assert [case["threading"] for case in cases] == ["one", "team", "team"]
    assert all(0 < case["invocations"][0]["cpu_share"] < 1.1 for case in cases)
    assert file["workspan"]["schema_version"] == 2
    assert done.stdout.splitlines()[-1].endswith(f"workspan info {out}")
    assert file["workspan"]["run"]["complete"] is True
    assert file["workspan"]["machine"]["cpu"]["hardware_threads"] == os.cpu_count()
    assert file["workspan"]["build"]["flags"]
    assert list(tmp_path.iterdir()) == [out]


def test_the_table_ends_with_the_way_to_the_judged_one(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    way = "Ceilings, efficiency and doubtful results: "
    for arguments, hint in (
        ([], "repeat with --out FILE, then workspan info FILE"),
        (["--out", str(out)], f"workspan info {out}"),
        (["--out", str(out), "--benchmark_out_format=csv"], "repeat with --out FILE"),
    ):
        last = bench(*TRIAD, *arguments).stdout.splitlines()[-1]
        assert last.startswith(way + hint), last


def test_google_benchmarks_compare_reads_two_files(tmp_path: Path) -> None:
    compare = Path("/usr/share/benchmark/compare.py")
    if not compare.exists():
        pytest.skip("libbenchmark-tools is not installed")
    files = [str(tmp_path / name) for name in ("old.json", "new.json")]
    for file in files:
        assert bench(*TRIAD, "--out", file).returncode == 0
    done = subprocess.run(
        [sys.executable, compare, "--no-color", "benchmarks", *files],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "triad/omp/n:1000/threads:2" in done.stdout


def test_without_a_gpu_the_gpu_cases_are_skipped_with_the_reason(tmp_path: Path) -> None:
    hidden = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    out = tmp_path / "r.json"
    done = bench(
        "--workload",
        "triad",
        "--sizes",
        "1000",
        "--threads",
        "1",
        *SHORT,
        "--out",
        str(out),
        env=hidden,
    )
    assert done.returncode == 0, done.stderr
    skipped = [
        c for c in strictly(out.read_text())["workspan"]["cases"] if c["variant"].startswith("cuda")
    ]
    assert {c["cause"] for c in skipped} == {"unavailable"}
    reasons = {c["reason"] for c in skipped}
    assert reasons in ({"no CUDA device"}, {"built without CUDA"})
    assert f"skipped: {reasons.pop()} (4):" in done.stdout


def test_nothing_but_skipped_cases_is_exit_code_3() -> None:
    done = bench(
        "--workload",
        "triad",
        "--variant",
        "cuda",
        "--sizes",
        "1000",
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
    )
    assert done.returncode == 3
    assert_one_line(done.stderr)
    assert re.search("skipped: (no CUDA device|built without CUDA)$", done.stderr.strip())


@pytest.mark.parametrize("arguments", [["--device", "0"], ["--cold", "--workload", "triad"]])
def test_without_a_gpu_its_options_say_so(arguments: list) -> None:
    done = bench(*arguments, env={**os.environ, "CUDA_VISIBLE_DEVICES": ""})
    assert done.returncode == (2 if "--device" in arguments else 3)
    assert_one_line(done.stderr)
    assert re.search("no CUDA device|built without CUDA", done.stderr)
    assert ("leave the option out" in done.stderr) == ("--device" in arguments)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--sizez", "3"], 2, "did you mean --sizes?"),
        (["--workload", "gem"], 2, "did you mean gemm?"),
        (["--variant", "opm"], 2, "did you mean omp?"),
        (["--sizes", "2^"], 2, "for example: 1000 or 2^20"),
        (["--budget", "0"], 2, "--budget: '0' is not longer than 0; for example: 60s"),
        (["--budget", "2x"], 2, "--budget: '2x' is not a time; for example: 60s"),
        (["--benchmark_min_time=0"], 2, "--benchmark_min_time: '0' is not longer than 0"),
        (["--benchmark_min_time=x"], 2, "'x' is not a time; for example: 0.5s"),
        (["--seed", "-1"], 2, "--seed: '-1' is not a whole number from 0 to"),
        (["--seed", "x"], 2, "--seed: 'x' is not a whole number from 0 to"),
        (["--threads", "99999"], 2, "from 1 to 4096; for example: 1,2,all"),
        (["--benchmark_format", "xml"], 2, "'xml' is not one of: console, json, csv"),
        (["--dry-run=x"], 2, "--dry-run: takes no value, or true or false"),
        (["--out"], 2, "--out: needs a value; --help describes it"),
        (["--benchmark_filter=("], 2, "regular expression"),
        (["--benchmark_filter=no_such_case"], 3, "--benchmark_list_tests"),
        (["--weak", "--workload", "dispatch"], 3, "whose work follows from n (--weak)"),
        (["--long"], 2, "--list"),
        (["--sizes", "0"], 2, "--sizes: '0' is not a size from 1 to 2^48 - 1; for example"),
        (["--target", "200%"], 2, "--target: '200%' does not lie between 0% and 100%"),
        (["--preset", "gate"], 2, "gate is a preset of workspan run; choose smoke, quick, full,"),
        (
            ["--workload", "busy", "--trace", "/no/t"],
            2,
            "--trace: /no/t: cannot open",
        ),
        (
            ["--workload", "busy", "--axis", "grian:4"],
            2,
            "did you mean grain",
        ),
        (["--out", ""], 2, "--out: the name is empty"),
        (["--progress-file", ""], 2, "--progress-file: the name is empty"),
        (["--benchmark_out=a", "--out", "b"], 2, "leave one of them out"),
        (["--progress-file", "/no/p"], 2, "--progress-file: cannot write /no/p: No such file"),
        (["--list", "--sizes", "2^10"], 2, "not --sizes"),
        (["--list", "--benchmark_filter=triad"], 2, "not --benchmark_filter"),
        (["--list", "--workload", "triad", "--variant", "openblas"], 3, "has such a variant"),
        (["--workload", "triad", "--variant", "openblas"], 3, "no case matches"),
        (["--out", "/no/such/folder/r.json"], 2, "--out: /no/such/folder"),
        (["--out", "/"], 2, "Is a directory"),
        (["stray"], 2, "stray"),
    ],
)
def test_mistakes_get_one_line_and_the_documented_code(
    arguments: list, code: int, says: str
) -> None:
    done = bench(*arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert_one_line(done.stderr)
    assert done.stdout == ""


def test_too_large_is_skipped_with_what_it_needs_and_the_rest_goes_on() -> None:
    done = bench("--workload", "triad", "--variant", "seq", "--sizes", "1000,2^46", *SHORT)
    assert done.returncode == 0, done.stderr
    assert "skipped: needs 1.69 PB of memory" in done.stdout
    done = bench("--dry-run", "--workload", "triad", "--sizes", "2^46")
    assert (done.returncode, "every case is skipped: " in done.stderr) == (3, True)


def test_lists_and_info() -> None:
    names = bench("--benchmark_list_tests", "--preset", "smoke").stdout.splitlines()
    assert "triad/seq/n:1024/threads:1" in names and len(names) == len(set(names))
    assert (
        len(bench("--benchmark_list_tests=true", "--benchmark_filter=^gemm/").stdout.splitlines())
        > 4
    )
    assert "mandelbrot" in bench("--list").stdout
    assert "Freivalds" in bench("--list", "--long").stdout
    assert "Freivalds" not in bench("--list", "--long", "--workload", "copy").stdout
    lines = bench(
        "--list", "--workload", "gemm,triad", "--variant", "seq_plain,omp"
    ).stdout.splitlines()
    assert [line.split()[1:] for line in lines if line.split()[0] == "variants"] == [
        ["seq_plain", "omp"],
        ["omp"],
    ]
    info = bench("--info").stdout
    assert "usable threads" in info and "compiler" in info
    assert bench("--help").returncode == 0 and bench("--version").stdout.startswith("workspan ")


def test_dry_run_tells_every_case_and_measures_nothing() -> None:
    plan = strictly(
        bench(
            "--dry-run",
            "--benchmark_format=json",
            *TRIAD,
            "--variant",
            "seq,omp,cuda",
            env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        ).stdout
    )
    cases = {c["name"]: c for c in plan["workspan"]["cases"]}
    would_run, cannot = cases["triad/omp/n:1000/threads:2"], cases["triad/cuda/n:1000/threads:1"]
    assert would_run["status"] == "planned" and would_run["reason"] == ""
    assert (cannot["status"], cannot["cause"]) == ("skipped", "unavailable")
    assert cannot["reason"] in {"no CUDA device", "built without CUDA"}
    assert plan["benchmarks"] == [] and plan["workspan"]["run"]["complete"] is False
    lines = bench("--dry-run", *TRIAD).stdout.splitlines()
    assert lines[0].split() == ["triad/seq/n:1000/threads:1", "24.0", "kB"]
    assert lines[-1] == "Cases to measure: 3. Workloads: 1. Time limit: 200 ms."
    assert (
        "Time limit: 2 min."
        in bench("--dry-run", "--preset", "full", "--workload", "triad,copy").stdout
    )


def test_progress_file_names_the_case_that_is_measured(tmp_path: Path) -> None:
    progress = tmp_path / "progress"
    assert bench(*TRIAD, "--progress-file", str(progress)).returncode == 0
    text = progress.read_text()
    assert (
        len(text) == 512
        and strictly(text)["cases"] == 3
        and strictly(text)["case"].startswith("triad/")
    )
    done = bench(*TRIAD, "--progress-file", str(tmp_path / "no" / "folder"))
    assert done.returncode == 2
    assert_one_line(done.stderr)


def test_round_trips_stand_beside_the_samples_of_several_threads(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    assert bench(*TRIAD, "--out", str(out)).returncode == 0
    trips = {
        c["threads"]: c["invocations"][0]["round_trips"]
        for c in strictly(out.read_text())["workspan"]["cases"]
        if c["variant"] == "omp"
    }
    assert trips[1] == [] and all(0 < t < 0.02 for t in trips[2])


def test_formats_of_stdout_and_of_the_file(tmp_path: Path) -> None:
    assert len(strictly(bench(*TRIAD, "--benchmark_format=json").stdout)["benchmarks"]) == 3
    rows = list(
        csv.DictReader(
            io.StringIO(bench(*TRIAD, "--benchmark_format=csv", "--benchmark_time_unit=us").stdout)
        )
    )
    assert len(rows) == 3 and rows[0]["time_unit"] == "us" and float(rows[0]["real_time"]) > 0
    out = tmp_path / "r.csv"
    assert bench(*TRIAD, f"--benchmark_out={out}", "--benchmark_out_format=csv").returncode == 0
    assert len(out.read_text().splitlines()) == 4


def test_repetitions_context_and_environment_flags(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    environment = {
        **os.environ,
        "BENCHMARK_REPETITIONS": "4",
        "BENCHMARK_OUT": str(out),
        "BENCHMARK_FILTER": "omp",
    }
    assert bench(*TRIAD, "--benchmark_context=who=me", env=environment).returncode == 0
    file = strictly(out.read_text())
    assert file["context"]["who"] == "me"
    assert {len(c["invocations"][0]["wall"]) for c in file["workspan"]["cases"]} == {4}
    assert {c["variant"] for c in file["workspan"]["cases"]} == {"omp"}


def test_full_disk_loses_nothing(tmp_path: Path) -> None:
    done = bench(*TRIAD, "--out", "/dev/full", env={**os.environ, "TMPDIR": str(tmp_path)})
    assert done.returncode == 2
    assert_one_line(done.stderr)
    assert "No space left on device" in done.stderr
    assert "Verified and timed: 3." in done.stdout, "the table is still shown"
    (rescued,) = tmp_path.iterdir()
    assert len(strictly(rescued.read_text())["benchmarks"]) == 3
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [BENCH, *TRIAD], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )
    assert done.returncode == 2
    assert_one_line(done.stderr)


def test_a_full_disk_is_noticed_before_the_first_measurement(tmp_path: Path) -> None:
    def no_large_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    done = bench("--preset", "full", "--out", str(tmp_path / "r.json"), preexec_fn=no_large_files)
    assert done.returncode == 2
    assert "File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_read_only_folder_is_noticed(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user may write everywhere")
    assert bench("--out", str(tmp_path / "r.json")).returncode == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_writes_what_is_verified_and_exits_130(
    tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "r.json"
    cases = "--workload triad,reduce,copy --variant seq,omp --sizes 1000"
    arguments = f"{cases} --budget 3s --target 0.0001%".split()
    process = subprocess.Popen(
        [BENCH, *arguments, "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(4.5)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    file = strictly(out.read_text())
    assert file["workspan"]["run"]["complete"] is False
    statuses = {c["status"] for c in file["workspan"]["cases"]}
    assert statuses == {"ok", "skipped"}
    skipped = [c for c in file["workspan"]["cases"] if c["status"] == "skipped"]
    assert {(c["cause"], c["reason"]) for c in skipped} == {("interrupted", "interrupted")}
    assert "skipped: interrupted" in stdout


def test_progress_on_a_terminal_only() -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen([BENCH, *TRIAD], stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:
        pass  # the other end has closed
    assert process.wait(timeout=60) == 0
    process.stdout.close()
    assert b"[1/3]" in shown and b"triad/" in shown and shown.endswith(b"\r\x1b[K")


def test_colour_only_on_request_or_on_a_terminal() -> None:
    assert "\x1b[1m" in bench(*TRIAD, "--benchmark_color=yes").stdout
    assert "\x1b" not in bench(*TRIAD, "--benchmark_color=no").stdout
