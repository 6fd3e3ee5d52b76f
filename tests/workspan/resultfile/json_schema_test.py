# SPDX-License-Identifier: Apache-2.0
"""The committed JSON Schema is that of the types, and files of the binary and of merge keep it."""

import json
import subprocess
from typing import Any

import jsonschema
import pytest
from paths import ROOT
from sample_results import COMMITTED, case, encoded, journal, result, tree

from workspan.analysis.merge import RunRequest, merge_run
from workspan.resultfile.encode import encode_result
from workspan.resultfile.json_schema import PATH, encode_schema, json_schema
from workspan.resultfile.read import read_result, result_violations

BENCH = ROOT / "build/release/bench"
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_the_committed_schema_is_that_of_the_types() -> None:
    assert PATH.read_bytes() == encode_schema(), "run python -m workspan.resultfile.json_schema"


def test_the_schema_is_one_and_names_no_machine() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$id"] == "urn:workspan:result:2"
    assert "\\A" not in encode_schema().decode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("workspan", "cases", 0, "time"), -1),
        (("workspan", "cases", 0, "name"), "Copy"),
        (("workspan", "cases", 0, "more"), 1),
        (("workspan", "run", "preset"), "slow"),
        (("benchmarks", 0, "time_unit"), "h"),
        (("context", "json_schema_version"), 2),
    ],
)
def test_it_forbids(path: tuple[Any, ...], value: Any) -> None:
    file = tree()
    VALIDATOR.validate(file)
    node: Any = file
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert not VALIDATOR.is_valid(file)


def test_committed_files_keep_it_once_they_are_read() -> None:
    for path in COMMITTED:
        VALIDATOR.validate(json.loads(encode_result(read_result(path))))


@pytest.mark.skipif(not BENCH.exists(), reason="the binary is not built")
@pytest.mark.parametrize(
    "options",
    [
        ["--dry-run"],
        ["--budget", "0.1s"],
        ["--budget", "0.1s", "--benchmark_report_aggregates_only=true"],
    ],
)
def test_files_of_the_binary_keep_it(options: list[str]) -> None:
    chosen = [
        "--preset",
        "smoke",
        "--workload",
        "copy,histogram",
        "--benchmark_format=json",
        *options,
    ]
    written = subprocess.run([BENCH, *chosen], check=True, capture_output=True).stdout
    VALIDATOR.validate(json.loads(written))
    assert result_violations(written, "bench") == []


def test_merged_files_keep_it() -> None:
    cases = [case("copy/seq/n:1/threads:1", [1.0, 2.0, 3.0])]
    journals = [journal(cases, "copy", 1), journal(cases, "copy", 2, disturbed=["steal"])]
    request = RunRequest(["run"], "gate", 2)
    merged = encode_result(merge_run(journals, result(), request, complete=True))
    VALIDATOR.validate(json.loads(merged))
    assert result_violations(merged, "merged") == []
    assert b"null" not in merged
    assert encode_result(result()) != encoded()
