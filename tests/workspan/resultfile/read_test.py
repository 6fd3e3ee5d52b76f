# SPDX-License-Identifier: Apache-2.0
"""Hostile files, one rule at a time: refused in one line that names file, place and rule."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sample_results import COMMITTED, case, encoded, foreign, journal, planned, tree

from workspan.cli.app import invoke
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import ResultFile, Status
from workspan.resultfile.read import ReadLimits, decode_any, decode_journal, result_violations
from workspan.support.errors import InputError


def refused(data: bytes, limits: ReadLimits | None = None) -> str:
    with pytest.raises(InputError) as caught:
        decode_any(data, "FILE", limits)
    line = str(caught.value)
    assert line.startswith("FILE: ")
    assert "\n" not in line
    assert len(line) < 500
    return line


def test_good_files_are_read() -> None:
    assert isinstance(decode_any(encoded(), "FILE"), ResultFile)
    assert isinstance(decode_any(foreign(), "FILE"), ForeignFile)
    assert COMMITTED
    for path in COMMITTED:
        assert result_violations(path.read_bytes(), "FILE") == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b" \n", "line 2, column 1: not valid JSON"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        ("{}".encode("utf-16"), "byte order mark"),
        (b'{"workspan": "\xff"}', "byte 14: not UTF-8"),
        (b'{"workspan": "\xed\xa0\x80"}', "not UTF-8"),
        (b'{"workspan": "\\ud800"}', "not valid JSON"),
        (b'{"benchmarks": [], "context": {"a": "\\udfff"}}', "not valid JSON"),
        (b'{"workspan": NaN}', "NaN"),
        (b'{"workspan": -Infinity}', "-Infinity"),
        (
            b'{"benchmarks": [{"name": "a", "real_time": 1e999}]}',
            "$.benchmarks[0].real_time: Number out of range",
        ),
        (b'{"workspan": ' + b"9" * 5000 + b"}", "an integer of 5000 digits"),
        (b'{"workspan": ' + b"[" * 1_000_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"workspan": {}} x', "not valid JSON: Extra data"),
        (b'{"workspan": {},}', "not valid JSON"),
        (b"[]", "$: the outermost value is not an object"),
        (b'[{"workspan": 1}]', "$: the outermost value is not an object"),
        (b"{}", "neither `workspan` nor `benchmarks`"),
        (b'{"x": [0, {"y": {"a": 1, "a": 1}}]}', "$.x[1].y: the key 'a' occurs twice"),
        (b'{"workspan": 1, "workspan": 1}', "$: the key 'workspan' occurs twice"),
        (b'{"\xe2\x80\xae": 1, "\xe2\x80\xae": 1}', "the key '<U+202E>' occurs twice"),
        (b'{"workspan": "a\nb"}', "not valid JSON"),
    ],
)
def test_what_is_no_strict_json(data: bytes, said: str) -> None:
    assert said in refused(data)


def change(*path: Any) -> Callable[[dict[str, Any]], Any]:
    """Sets the value at the path; `...` for a value removes it."""

    def apply(node: Any) -> None:
        for step in path[:-2]:
            node = node[step]
        if path[-1] is ...:
            del node[path[-2]]
        else:
            node[path[-2]] = path[-1]

    return apply


CASE = ("workspan", "cases", 0)
WARNING = {"code": "a_code", "detail": ""}
BAD_TREES = [
    (change(*CASE, "time", -1.0), "$.workspan.cases[0].time: Expected `float` > 0.0"),
    (change(*CASE, "time", 0), "$.workspan.cases[0].time"),
    (change(*CASE, "time", "1"), "$.workspan.cases[0].time"),
    (change(*CASE, "time", ...), "$.workspan.cases[0].time: is missing, though the case is ok"),
    (change(*CASE, "time", None), "$.workspan.cases[0].time: is missing, though the case is ok"),
    (change(*CASE, "time", 2.1e-6 * (1 + 1e-8)), "$.workspan.cases[0].time: is not 2.1e-06"),
    (change(*CASE, "interval", ...), "$.workspan.cases[0].interval: is missing"),
    (change(*CASE, "interval", [3e-6, 1e-6]), "$.workspan.cases[0].interval: is not ordered"),
    (
        change(*CASE, "interval", [-1.0, 1]),
        "$.workspan.cases[0].interval: is not ordered and positive",
    ),
    (
        change(*CASE, "interval", [3e-6, 4e-6]),
        "$.workspan.cases[0].interval: does not contain the time",
    ),
    (change(*CASE, "interval", [1]), "$.workspan.cases[0].interval"),
    (
        change(*CASE, "name", "copy/omp/n:1024/threads:1"),
        "$.workspan.cases[0].name: its parts make it copy/seq/n:1024/threads:1",
    ),
    (change(*CASE, "name", "Copy/seq/n:1024/threads:1"), "$.workspan.cases[0].name"),
    (change(*CASE, "name", "copy/seq/n:1024/threads:1\n"), "$.workspan.cases[0].name"),
    (
        change(*CASE, "name", "copy/seq/n:01024/threads:1"),
        "$.workspan.cases[0].name: its parts make it",
    ),
    (
        change(*CASE, "keys", {"cpus": "2", "input": "zipf"}),
        "copy/seq/n:1024/input:zipf/cpus:2/threads:1",
    ),
    (change(*CASE, "keys", {"colour": "red"}), "$.workspan.cases[0].keys"),
    (change(*CASE, "n", 2**63), "$.workspan.cases[0].n"),
    (change(*CASE, "seed", 2**64), "$.workspan.cases[0].seed"),
    (change(*CASE, "threads", 0), "$.workspan.cases[0].threads"),
    (change(*CASE, "status", "fine"), "$.workspan.cases[0].status: Invalid enum value 'fine'"),
    (
        change(*CASE, "status", "crashed"),
        "$.workspan.cases[0].reason: is empty, though the case is crashed",
    ),
    (change(*CASE, "verdict", "ok", False), "$.workspan.cases[0].verdict.ok: is false"),
    (change(*CASE, "invocations", []), "$.workspan.cases[0].invocations: none counts"),
    (
        change(*CASE, "invocations", 0, "counted", False),
        "$.workspan.cases[0].invocations: none counts",
    ),
    (change(*CASE, "invocations", 0, "wall", []), "$.workspan.cases[0].invocations[0].wall"),
    (
        change(*CASE, "invocations", 0, "wall", 1, True),
        "$.workspan.cases[0].invocations[0].wall[1]",
    ),
    (
        change(*CASE, "invocations", 0, "cpu", [1.0]),
        "$.workspan.cases[0].invocations[0].cpu: has 1 sample, wall has 3",
    ),
    (
        change(*CASE, "invocations", 0, "iterations", 0),
        "$.workspan.cases[0].invocations[0].iterations",
    ),
    (
        change(*CASE, "counters", {"real_time": 1.0}),
        "$.workspan.cases[0].counters: 'real_time' cannot be a counter",
    ),
    (change(*CASE, "counters", {"p99": "x"}), "$.workspan.cases[0].counters.p99"),
    (change(*CASE, "comparison", {}), "Object contains unknown field `comparison`"),
    (change(*CASE, "bound", "copy"), "Object contains unknown field `bound`"),
    (change(*CASE, "warnings", [WARNING] * 1001), "$.workspan.cases[0].warnings"),
    (change(*CASE, "warnings", ["x"]), "$.workspan.cases[0].warnings[0]"),
    (
        change(*CASE, "warnings", [WARNING | {"code": "A b"}]),
        "$.workspan.cases[0].warnings[0].code",
    ),
    (change(*CASE, "level", "l3"), "$.workspan.cases[0].level: Invalid enum value 'l3'"),
    (
        change(*CASE, "cause", "memory"),
        "$.workspan.cases[0].cause: is memory, though the case is ok",
    ),
    (change(*CASE, "cause", "bad luck"), "$.workspan.cases[0].cause: Invalid enum value"),
    (
        change("workspan", "cases", 3, "cause", ""),
        "$.workspan.cases[3].cause: is empty, though the case is skipped",
    ),
    (
        change("workspan", "cases", 3, "status", "planned"),
        "$.workspan.cases[3].cause: is unavailable, though the case is planned",
    ),
    (
        change(*CASE, "invocations", 0, "cpu_share", ...),
        "$.workspan.cases[0].invocations[0].cpu_share: is missing, though the scope is host",
    ),
    (
        change(*CASE, "scope", "kernel"),
        "$.workspan.cases[0].invocations[0].cpu_share: is there, though the scope is kernel",
    ),
    (change(*CASE, "extra", 1), "$.workspan.cases[0]: Object contains unknown field `extra`"),
    (
        change("workspan", "cases", 3, "reason", ""),
        "$.workspan.cases[3].reason: is empty, though the case is skipped",
    ),
    (
        change("workspan", "cases", 3, "time", 1.0),
        "$.workspan.cases[3].time: is there, though the case is skipped",
    ),
    (
        change("workspan", "cases", 3, "counters", {"a": 1.0}),
        "$.workspan.cases[3].counters: is there",
    ),
    (change("workspan", "run", "seed", 2**64), "$.workspan.run.seed: is above"),
    (change("workspan", "run", "started", "yesterday"), "$.workspan.run.started"),
    (change("workspan", "schema_version", 3), "$.workspan.schema_version"),
    (change("workspan", "machine", "cpu", "cores", -1), "$.workspan.machine.cpu.cores"),
    (
        change("benchmarks", 0, "time_unit", "ms"),
        "$.benchmarks[0].real_time: is not the median of its invocation",
    ),
    (change("benchmarks", 0, "time_unit", "min"), "$.benchmarks[0].time_unit"),
    (
        change("benchmarks", 0, "run_name", "copy/cuda/n:1024/threads:1"),
        "$.benchmarks[0].run_name: is not a case that is ok",
    ),
    (change("benchmarks", 0, "name", "x"), "$.benchmarks[0].name: is not run_name"),
    (change("benchmarks", 0, "threads", 7), "$.benchmarks[0].threads: is not 1"),
    (change("benchmarks", 0, "repetition_index", 1), "$.benchmarks[0].repetition_index"),
    (change("benchmarks", 0, "repetition_index", ...), "$.benchmarks[0].repetition_index"),
    (change("context", "json_schema_version", 2), "$.context.json_schema_version"),
    (change("more", 1), "unknown field `more`"),
]


@pytest.mark.parametrize(("apply", "said"), BAD_TREES, ids=[said for _, said in BAD_TREES])
def test_a_broken_rule_is_told_with_its_place(
    apply: Callable[[dict[str, Any]], Any], said: str
) -> None:
    file = tree()
    apply(file)
    assert said in refused(json.dumps(file).encode())


def test_what_must_be_unique() -> None:
    twice = [case("copy/seq/n:1/threads:1", [1.0])] * 2
    assert "$.workspan.cases[1]: has the name of [0]" in refused(encoded(twice))
    file = tree()
    file["workspan"]["cases"][0]["invocations"] *= 2
    assert "$.workspan.cases[0].invocations[1]: has the number and attempt of [0]" in refused(
        json.dumps(file).encode()
    )
    file = tree()
    file["workspan"]["cases"][0]["invocations"] *= 2
    file["workspan"]["cases"][0]["invocations"][1] = file["workspan"]["cases"][0]["invocations"][
        0
    ] | {"attempt": 2}
    assert "has the number, also counted, of [0]" in refused(json.dumps(file).encode())


def test_only_a_plan_has_planned_cases() -> None:
    name = "copy/omp/n:1/threads:2"
    assert result_violations(encoded([planned(name)]), "FILE") == []
    assert "$.workspan.cases[0].reason: is there, though the case is planned" in refused(
        encoded([planned(name) | {"reason": "soon"}])
    )
    assert "$.workspan.cases[1].status: is planned, though others are measured" in refused(
        encoded([case("copy/seq/n:1/threads:1", [1.0]), planned(name)])
    )


def test_validate_tells_every_broken_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tree()
    file["workspan"]["cases"][0]["seed"] = 2**64
    file["workspan"]["cases"][1]["verdict"]["ok"] = False
    path = tmp_path / "bad\u202e.json"
    path.write_text(json.dumps(file))
    good = tmp_path / "good.json"
    good.write_bytes(encoded())
    assert invoke(["validate", str(path), str(good)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "bad<U+202E>.json: $.workspan.cases[0].seed: is above" in lines[0]
    assert "$.workspan.cases[1].verdict.ok" in lines[1]
    assert lines[2] == f"{good}: ok"
    assert invoke(["validate", str(good)]) == 0


def test_other_kinds_of_file_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gb.json"
    path.write_bytes(foreign())
    assert invoke(["validate", str(path)]) == 2
    assert "Google Benchmark JSON of another program" in capsys.readouterr().out
    whole = msgspec.json.encode(journal([case("copy/seq/n:1/threads:1", [1.0])]))
    assert "the record of one invocation" in refused(whole)


def test_journals() -> None:
    good = journal([case("copy/seq/n:1/threads:1", [1.0])])
    assert decode_journal(msgspec.json.encode(good), "FILE") == good
    bad = [
        (journal(None), "$.record.status: is ok, but the result is missing"),
        (journal(None, status=Status.CRASHED), "$.record.reason: is empty"),
        (
            journal([case("triad/seq/n:1/threads:1", [1.0])]),
            "$.result.workspan.cases[0].workload: is not copy",
        ),
    ]
    for wrong, said in bad:
        with pytest.raises(InputError, match="FILE: ") as caught:
            decode_journal(msgspec.json.encode(wrong), "FILE")
        assert said in str(caught.value)


def test_limits() -> None:
    assert "holds more than 100 values" in refused(encoded(), ReadLimits(values=100))
    assert "$.benchmarks: has 3 rows; the limit is 2" in refused(encoded(), ReadLimits(rows=2))
    assert "$.workspan.cases: has 4 rows; the limit is 3" in refused(encoded(), ReadLimits(rows=3))
    assert "$.benchmarks: has 5 rows; the limit is 4" in refused(foreign(), ReadLimits(rows=4))


def test_a_million_rows_are_too_many() -> None:
    rows = ",".join(['{"name":"a","real_time":1}'] * 1_000_001)
    assert "has 1000001 rows; the limit is 1000000" in refused(
        f'{{"benchmarks":[{rows}]}}'.encode()
    )


def test_a_file_of_a_newer_schema_is_not_called_wrong() -> None:
    newer = tree() | {"from the future": 1}
    newer["workspan"]["schema_version"] = 3
    said = "the file is of a newer schema (3) than this workspan reads (2); update workspan"
    line = f"FILE: $.workspan.schema_version: {said}"
    assert refused(json.dumps(newer).encode()) == line
    record = {"record": {}, "schema_version": 3}
    with pytest.raises(
        InputError, match=re.escape("$.schema_version: the file is of a newer schema (3) than")
    ):
        decode_journal(json.dumps(record).encode(), "FILE")
    newer["workspan"]["schema_version"] = 0
    assert "newer" not in refused(json.dumps(newer).encode())
