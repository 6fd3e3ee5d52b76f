# SPDX-License-Identifier: Apache-2.0
"""The command `workspan compare` on files: what it accepts, refuses and says, and its exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from comparing import NAMES, encoded, file_of, made, on, steady
from paths import SCRIPTS
from sample_results import foreign

from workspan.cli.app import invoke
from workspan.compare.differences import differences, different_machine
from workspan.resultfile.model import ResultFile

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs the command on files given as contents or paths; exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: ResultFile | bytes | str) -> tuple[int, str, str]:
        words = []
        for i, argument in enumerate(arguments):
            if not isinstance(argument, str):
                Path(f"{i}.json").write_bytes(
                    argument if isinstance(argument, bytes) else encoded(argument)
                )
            words.append(argument if isinstance(argument, str) else f"{i}.json")
        code = invoke(["compare", *words])
        return code, *capsys.readouterr()

    return run


def test_two_runs(say: Say) -> None:
    code, out, err = say(made(1e-3, 1e-3, 1e-3), made(1.1e-3, 1e-3, 0.9e-3))
    assert (code, err) == (1, "")
    assert out.startswith("old  0.json, 2026-01-02 03:04 UTC, quick, 10 invocations, ")
    assert "3 cases: 1 slower, 1 faster, 1 same" in out
    assert "drift between them is in no interval" in out
    assert "differs" not in out
    assert say("0.json", "1.json") == (1, out, "")


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [
        ("slower", 1),
        ("faster", 1),
        ("none", 0),
        ("broken,inconclusive", 0),
        ("missing", 0),
        ("broken, faster", 1),
    ],
)
def test_fail_on(say: Say, fail_on: str, code: int) -> None:
    assert say(made(1e-3, 1e-3, 1e-3), made(1.1e-3, 1e-3, 0.9e-3), "--fail-on", fail_on)[0] == code


def test_too_few_invocations_can_tell_nothing(say: Say) -> None:
    code, out, _ = say(made(1e-3, invocations=3), made(2e-3, invocations=3))
    assert code == 3
    assert "NONE 1: 3 invocations; a verdict needs 4 of each" in out


def test_what_differs_stands_on_top(say: Say) -> None:
    new = on(
        on(made(1e-3), "build.compiler", "GNU 13\u202e"),
        "environment.variables",
        {"OMP_NUM_THREADS": "4"},
    )
    _, out, _ = say(made(1e-3), on(new, "machine.cpu.flags", ["fma", "avx2"]))
    lines = out.split("\n")
    assert [line.split() for line in lines[3:7]] == [
        ["differs", "old", "new"],
        ["machine.cpu.flags", "none", "more", "avx2"],
        ["build.compiler", "x", "GNU", "13<U+202E>"],
        ["environment.variables.OMP_NUM_THREADS", "2", "4"],
    ]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("machine.cpu.model", "Other CPU", "CPU model Test CPU, then Other CPU"),
        ("machine.cpu.cores", 4, "cores 2, then 4"),
        ("machine.limits.allowed_cpus", [0], "allowed CPUs 2, then 1"),
        ("machine.limits.cpu_quota", 1.5, "CPU quota unlimited, then 1.5"),
        ("machine.memory.bytes", 16e9, "memory 8.00 GB, then 16.0 GB"),
    ],
)
def test_different_machines_are_refused(say: Say, path: str, value: Any, words: str) -> None:
    code, out, err = say(made(1e-3), on(made(1e-3), path, value))
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err
    assert "--cross" in err


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("machine.host", "other"),
        ("machine.memory.bytes", 8.1e9),
        ("machine.memory.available", 1e9),
        ("machine.limits.allowed_cpus", [2, 3]),
        ("machine.kernel", "7"),
    ],
)
def test_a_machine_is_the_same_whatever_its_name(say: Say, path: str, value: Any) -> None:
    new = on(made(1e-3), path, value)
    assert different_machine(made(1e-3).workspan.machine, new.workspan.machine) == []
    assert say(made(1e-3), new)[0] == 0
    assert [d.what for d in differences(made(1e-3), new)] == (
        [] if path.startswith("machine.memory") else [path]
    )


def cross_file(threads: int, share: float) -> ResultFile:
    """A machine that reaches this share of its ceiling and of linear speedup."""
    cases = {
        f"read/omp/n:8/threads:{threads}": share,
        "reduce/seq/n:8/threads:1": share,
        "reduce/omp/n:8/threads:1": share * threads,
        f"reduce/omp/n:8/threads:{threads}": 1.0,
    }
    file = file_of({name: [[time] * 3] for name, time in cases.items()}, all_threads=threads)
    return on(file, "machine.cpu.model", f"CPU of {threads}")


def test_across_machines_there_are_shares_and_no_verdict(say: Say) -> None:
    code, out, err = say(cross_file(2, 0.75), cross_file(64, 0.5), "--cross", "--format", "csv")
    assert (code, err) == (0, "")
    name = "reduce/omp/n:8/threads"
    assert f"{name}:2,{name}:64,0.75,0.5,0.75,0.5,1.5,32.0,0.75,0.5,," in out
    code, out, _ = say("0.json", "1.json", "--cross")
    assert "reduce/omp/n:8/threads:2 and threads:64" in out
    assert "no verdict" in out
    assert not any(word in out for word in ("SLOWER", "FASTER", "SAME"))
    for form in ("json", "markdown", "junit"):
        assert say("0.json", "1.json", "--cross", "--format", form)[0] == 0
    code, _, err = say(foreign(), "1.json", "--cross")
    assert code == 2
    assert "other programs' have no ceilings" in err


def test_by_variant(say: Say) -> None:
    code, out, _ = say(made(1e-3, 0.5e-3, 1e-3), "--by", "variant", "--format", "json")
    (row,) = json.loads(out)["rows"]
    assert code == 0
    assert (row["name"], row["against"], row["verdict"], row["test"]) == (
        NAMES[1],
        NAMES[0],
        "FASTER",
        "signed rank",
    )
    assert row["effect"] == pytest.approx(0.5)
    _, out, _ = say("0.json", "--by", "variant")
    assert "speedup" in out
    assert "2.00" in out
    assert say("0.json", "--by", "variant", "--baseline", "omp")[0] == 0
    code, _, err = say("0.json", "--by", "variant", "--baseline", "sequ")
    assert (code, err) == (
        2,
        "workspan: --baseline: there is no variant 'sequ'; did you mean seq?\n",
    )


def test_by_names_what_is_compared_and_no_old_and_new(say: Say) -> None:
    names = [
        f"copy/{name}"
        for name in (
            "seq/n:8/threads:1",
            "omp/n:8/threads:1",
            "omp/n:8/threads:2",
            "pool/n:8/threads:1",
        )
    ]
    file = file_of({name: steady(1e-3) for name in names})
    for case in file.workspan.cases:
        case.invocations[0].disturbed.append("steal")
    _, out, _ = say(file, "--by", "variant")
    assert "3 invocations of seq, 3 of the other variants, over all cases" in out
    assert not {"old", "new"} & set(out.replace(",", " ").split())
    assert (
        "2 invocations of seq, 2 of omp, over all cases"
        in say("0.json", "--by", "variant", "--filter", "omp")[1]
    )
    assert (
        "1 invocation of 1 thread, 1 of the other numbers of threads"
        in say("0.json", "--by", "threads")[1]
    )


def test_by_never_mixes_sizes_or_keys_and_takes_the_nearest_threads(say: Say) -> None:
    names = (
        "seq/n:8/threads:1",
        "omp/n:8/threads:1",
        "omp/n:8/threads:2",
        "omp/n:9/threads:1",
        "omp/n:8/input:zipf/threads:1",
    )
    file = file_of({f"fma/{name}": steady(1e-3) for name in names})
    _, out, _ = say(file, "--by", "threads", "--format", "json")
    assert [(row["name"], row["against"]) for row in json.loads(out)["rows"]] == [
        ("fma/omp/n:8/threads:2", "fma/omp/n:8/threads:1")
    ]
    _, out, _ = say("0.json", "--by", "variant", "--format", "json")
    found = [(row["name"], row["against"]) for row in json.loads(out)["rows"]]
    assert found == [(f"fma/omp/n:8/threads:{t}", "fma/seq/n:8/threads:1") for t in (1, 2)]
    file = file_of(
        {
            f"fma/{name}/n:8/threads:{t}": steady(1e-3)
            for name in ("omp", "pool")
            for t in (1, 2, 4)
            if name + str(t) != "omp4"
        }
    )
    _, out, _ = say(file, "--by", "variant", "--baseline", "omp", "--format", "json")
    assert [row["against"][-1] for row in json.loads(out)["rows"]] == ["1", "2", "1"]


def gobench(times: list[float], cpus: int = 2, name: str = "BM_x<int>/8") -> bytes:
    rows = [
        {
            "name": name,
            "run_name": name,
            "run_type": "iteration",
            "threads": 1,
            "real_time": t,
            "time_unit": "ms",
        }
        for t in times
    ]
    return json.dumps(
        {"context": {"num_cpus": cpus, "date": str(times[0])}, "benchmarks": rows}
    ).encode()


def test_files_of_other_programs(say: Say) -> None:
    old, new = ([t * (1 + k / 1000) for k in range(10)] for t in (1.0, 1.2))
    code, out, _ = say(gobench(old), gobench(new))
    assert code == 1
    assert "repetitions of one process stand in for invocations" in out
    assert "BM_x<int>/8" in out
    assert say(gobench(old), gobench(new, cpus=8))[0] == 2
    assert "3 repetitions; a verdict needs 4 of each" in say(gobench(old[:3]), gobench(new[:3]))[1]
    code, _, err = say(gobench(old), made(1e-3))
    assert code == 2
    assert "another program's" in err


def test_filter(say: Say) -> None:
    old, new = made(1e-3, 1e-3, 1e-3), made(1e-3, 2e-3, 1e-3)
    assert "1 case: 1 slower" in say(old, new, "--filter", "omp")[1]
    assert "2 cases: 2 same" in say(old, new, "--filter", "-omp")[1]
    assert say(old, new, "--filter", "gemm") == (3, "", "workspan: no case matches --filter gemm\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "markdwon"], "--format: there is no 'markdwon'; did you mean markdown?"),
        (["--fail-on", "slwer"], "--fail-on: there is no 'slwer'; did you mean slower?"),
        (["--fail-on", "none,slower"], "--fail-on: none stands alone"),
        (["--threshold", "5"], "--threshold: '5' is no share between 0 and 1; write 3% or 0.03"),
        (["--threshold", "nan"], "--threshold: 'nan'"),
        (["--threshold", "-1%"], "--threshold: '-1%'"),
        (["--filter", "["], "--filter: '[' is no regular expression"),
        (["--by", "varaint"], "--by: there is no 'varaint'; did you mean variant?"),
        (["--by", "variant"], "leave out NEW"),
        (["--baseline", "seq"], "--baseline goes with --by"),
        (["--thresold", "3%"], "did you mean --threshold?"),
        (["--output", "no/where.csv"], "no/where.csv"),
    ],
)
def test_a_mistake_gets_one_line(say: Say, arguments: list[str], words: str) -> None:
    code, out, err = say(made(1e-3), made(1e-3), *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


def test_a_wrong_name_gets_the_nearest_and_a_folder_means_its_result(
    say: Say, tmp_path: Path
) -> None:
    run = tmp_path / "20260101T000000Z-vm-gate"
    run.mkdir()
    (run / "result.json").write_bytes(encoded(made(1e-3)))
    assert say(run.name, made(1e-3))[0] == 0
    code, _, err = say("20260101T000000Z-vm-gaet", "1.json")
    assert (code, err) == (
        2,
        f"workspan: 20260101T000000Z-vm-gaet: no such file or run; did you mean {run.name}?\n",
    )
    assert say("1.json")[0] == 2


def test_an_interrupted_run_is_said_to_be(say: Say) -> None:
    _, out, _ = say(made(1e-3), made(1e-3, complete=False))
    assert "new was interrupted" in out


def test_a_file_compared_with_itself_is_said_to_be(say: Say) -> None:
    assert "note: old and new are the same measurements" in say(made(1e-3), made(1e-3))[1]
    assert "same measurements" not in say(made(1e-3), made(1.001e-3))[1]


def test_output_and_formats(say: Say, tmp_path: Path) -> None:
    for form in ("table", "markdown", "json", "csv", "junit"):
        _, out, _ = say(made(1e-3), made(1e-3), "--format", form)
        assert say("0.json", "1.json", "--format", form, "--output", "out") == (0, "", "")
        assert (tmp_path / "out").read_bytes().decode().replace("\r\n", "\n") == out.replace(
            "\r\n", "\n"
        )


def test_a_terminal_of_another_alphabet_and_a_reader_that_leaves(tmp_path: Path) -> None:
    (tmp_path / "é.json").write_bytes(encoded(made(1e-3)))
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(SCRIPTS)}
    command = [
        sys.executable,
        "-c",
        "from workspan.cli.app import main; main()",
        "compare",
        "é.json",
        "é.json",
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\xe9.json" in done.stdout
    assert "\x1b" not in done.stdout
