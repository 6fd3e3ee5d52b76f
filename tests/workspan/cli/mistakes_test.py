# SPDX-License-Identifier: Apache-2.0
"""Bad input is exit code 2 and one line: the command, the mistake and the remedy."""

from pathlib import Path

import pytest
from sample_results import encoded

from workspan.cli.app import invoke


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """result.json, junk.json and an empty folder, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKSPAN_BENCH", "/bin/false")
    Path("result.json").write_bytes(encoded())
    Path("junk.json").write_text("{")
    Path("empty").mkdir()


OPTIONS = [
    ("comapre", "workspan: unknown command 'comapre'; did you mean compare?"),
    ("z'z", "workspan: unknown command 'z'z'; workspan --help lists them"),
    ("", "workspan: a command is missing; workspan --help lists them"),
    ("--verison", "workspan: unknown option '--verison'; did you mean --version?"),
    ("run --worklaod gemm", "workspan run: unknown option '--worklaod'; did you mean --workload?"),
    ("run --preset quik", "workspan run: --preset: unknown value 'quik'; did you mean quick?"),
    (
        "run --preset it's",
        "workspan run: --preset: unknown value 'it's'; choose smoke, quick, gate, "
        "full, concurrency or scaling",
    ),
    ("run --preset", "workspan run: --preset: its value is missing; workspan run --help"),
    (
        "run --invocations 0",
        "workspan run: --invocations: '0' is not a whole number from 1 to 10000",
    ),
    ("run --invocations 3.5", "--invocations: '3.5' is not a whole number from 1 to 10000"),
    ("run --device -1", "--device: '-1' is not a whole number from 0 to 1023"),
    ("run --cold=yes", "workspan run: option '--cold' does not take a value; workspan run --help"),
    ("run gemm", "workspan run: unexpected argument 'gemm'; workspan run --help"),
    ("run --timeout 0", "workspan: --timeout: '0' is not a time; for example: 90s, 5m or 2h"),
    ("run --cpus 3-1", "workspan: --cpus '3-1': the range '3-1' must be ascending"),
    ("run --memory-limit -1", "workspan: --memory-limit: '-1' is not an amount of memory"),
    ("doctor --format jsn", "workspan doctor: --format: unknown value 'jsn'; did you mean json?"),
    ("compare result.json --by", "workspan compare: --by: its value is missing; workspan compare"),
    ("compare", "workspan compare: OLD is missing; workspan compare --help describes it"),
    ("compare a b c", "workspan compare: unexpected argument 'c'"),
    ("validate", "workspan validate: FILES is missing; workspan validate --help describes it"),
    ("validate x --max-mib 0", "--max-mib: '0' is not a whole number from 1"),
    ("merge a b", "workspan merge: --out is missing; workspan merge --help describes it"),
    ("export result.json -f xml", "--format: unknown value 'xml'; choose csv, parquet, gobench"),
    ("ab x --pairs x", "workspan ab: --pairs: 'x' is not a whole number from 1 to 10000"),
    ("ab x --preset gate", "workspan ab: --preset: unknown value 'gate'"),
]

FILES = [
    ("compare TYPO-ab", "TYPO-ab: no such file or run; workspan list shows the runs"),
    ("compare result.json", "NEW is missing: name a second file, or compare within OLD by"),
    ("compare result.json --reference --from /nope", "--from /nope: no such file or run"),
    ("compare result.json --reference --from empty", "--from empty: no result file in this folder"),
    ("compare result.json --reference --from junk.json", "junk.json: "),
    ("compare result.json junk.json", "workspan: junk.json: "),
    ("compare result.json result.json --from x", "--from requires --reference"),
    ("compare result.json result.json --baseline x", "--baseline requires --by"),
    ("compare result.json --by colour", "--by: unknown value 'colour'"),
    ("compare result.json --by variant --baseline sq", "unknown variant 'sq'; did you mean seq?"),
    ("compare result.json result.json --threshold 3", "--threshold: '3' is not a share"),
    ("compare result.json result.json --fail-on none,slower", "none cannot be combined"),
    ("compare result.json result.json --filter (", "--filter: '(' is not a regular expression"),
    ("info empty", "empty: is a folder without a result.json"),
    ("info resutl.json", "resutl.json: no such file or run; did you mean result.json?"),
    ("info junk.json", "workspan: junk.json: "),
    ("export result.json --out result.json", "result.json is one of the inputs; --out"),
    ("export result.json --out no/x", "--out no/x: cannot be written: No such file or directory"),
    ("merge result.json --out result.json", "result.json is one of the inputs; --out"),
    ("analyze result.json --output result.json", "result.json is one of the inputs; --output"),
    ("concurrency result.json --output result.json", "result.json is one of the inputs; --output"),
    ("compare result.json result.json --output result.json", "result.json is one of the inputs"),
    ("gpu result.json --verified nope.json", "nope.json: "),
    ("gpu result.json --sanitized empty", "empty: "),
    ("list nowhere", "nowhere is not a folder; workspan list FOLDER"),
    (
        "run --resume nope",
        "--resume nope: run not found in results/local; workspan list shows the runs",
    ),
    ("run --resume=", "--resume: the name is empty; workspan list shows the runs"),
    ("run --results=", "--results: the name is empty; name a folder"),
    ("run --out=", "--out: the name is empty; name a file"),
    ("run --bench=", "--bench: the name is empty; name a binary"),
    ("ab x --results=", "--results: the name is empty; name a folder"),
    ("compare result.json result.json --output=", "--output: the name is empty; name a file"),
    ("compare result.json result.json --output no/x", "--output no/x: cannot be written"),
    ("compare result.json --by threads --baseline x", "unknown thread count 'x'; choose 1 or 2"),
    ("compare result.json --by variant --baseline zz", "choose seq, omp or cuda"),
    ("export result.json --format gobench --samples", "--samples requires --format csv or parquet"),
    ("export result.json --format junit --samples", "--samples requires --format csv or parquet"),
    ("export result.json --out=", "--out: the name is empty; name a file"),
    ("merge result.json --out=", "--out: the name is empty; name a file"),
    ("merge result.json --out no/x", "--out no/x: cannot be written: No such file or directory"),
    ("gpu result.json --verified=", "--verified: the name is empty; name a file"),
    ("run --resume empty", "empty: is not a run: it has no manifest.json"),
    ("run --bench nope", "nope: binary not found; build it (scripts/bench does)"),
    ("run --bench junk.json", "junk.json: cannot be executed; chmod +x it"),
    ("run --bench /bin/true", "/bin/true: is not Workspan's bench"),
    ("run", "/bin/false: is not Workspan's bench, or cannot run here: --dry-run ended with exit"),
    ("doctor --bench /bin/ls", "/bin/ls: is not Workspan's bench"),
    ("doctor --bench /bin/echo", "/bin/echo: is not Workspan's bench"),
    ("ab /bin/true", "ab compares two: name a second binary"),
    ("ab /bin/true /bin/true", "workspan: old: "),
    ("ab /bin/true --env-b 1A=1", "--env-b '1A=1': write NAME=VALUE"),
]


def error_of(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    assert invoke(line.split()) == 2
    out, errors = capsys.readouterr()
    assert errors.count("\n") == 1
    assert errors.startswith("workspan")
    assert "Traceback" not in errors
    assert "Error" not in errors
    assert out == ""
    return errors


@pytest.mark.parametrize(("line", "words"), OPTIONS + FILES)
@pytest.mark.usefixtures("files")
def test_a_mistake_is_one_line(line: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert words in error_of(line, capsys)
    assert sorted(path.name for path in Path().iterdir()) == ["empty", "junk.json", "result.json"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["list", ""], "FOLDER"),
        (["info", ""], "FILE"),
        (["export", ""], "FILE"),
        (["validate", ""], "FILES"),
        (["merge", "", "--out", "x"], "FILES"),
        (["gpu", ""], "RESULT"),
        (["compare", "", "x"], "OLD"),
        (["compare", "x", ""], "NEW"),
        (["ab", ""], "OLD_BINARY"),
    ],
)
@pytest.mark.usefixtures("files")
def test_an_empty_name_is_not_the_current_folder(
    words: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(words) == 2
    assert capsys.readouterr().err.startswith(f"workspan: {name}: the name is empty; name a ")


@pytest.mark.usefixtures("files")
def test_a_message_of_the_binary_has_one_prefix(capsys: pytest.CaptureFixture[str]) -> None:
    bench = Path("empty/bench")
    bench.write_text("#!/bin/sh\necho \"bench: --workload: unknown workload 'gem'\" >&2; exit 2\n")
    bench.chmod(0o755)
    line = error_of("run --bench empty/bench --workload gem", capsys)
    assert line == "workspan: --workload: unknown workload 'gem'\n"


@pytest.mark.usefixtures("files")
def test_an_unreadable_word_does_no_harm(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["info", "\x1b[2J\udcff\n"]) == 2
    errors = capsys.readouterr().err
    assert "<U+001B>[2J<U+DCFF><U+000A>: no such file or run" in errors
    assert invoke(["run", "--workload", "x" * 70_000]) == 2
    assert invoke(["info", "x" * 300]) == 2
    assert "File name too long" in capsys.readouterr().err


@pytest.mark.usefixtures("files")
def test_names_that_are_not_utf_8_are_shown_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\udcff.json"
    Path("result.json").rename(name)
    assert invoke(["compare", name, name, "--format", "markdown", "--output", "report"]) == 3
    assert invoke(["export", name, "--out", "out.csv"]) == 0
    assert "a\N{REPLACEMENT CHARACTER}.json" in Path("report").read_text("utf-8")
    Path("bench\udcff").write_text("")
    Path("bench\udcff").chmod(0o755)
    assert "bench<U+DCFF>: the path of the binary is not" in error_of(
        "run --bench bench\udcff", capsys
    )
