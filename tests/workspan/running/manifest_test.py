# SPDX-License-Identifier: Apache-2.0
"""The manifest: it is read back, also in its old schema, and refuses the impossible."""

import json

import msgspec
import pytest
from sample_results import old_tree, planned
from sample_runs import SEQ, manifest

from workspan.running.manifest import Options, decode_manifest
from workspan.support.errors import InputError


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (Options(), "--preset quick --seed 1"),
        (Options(preset="gate", seed=0), "--preset quick --seed 0"),
        (Options(preset="full", cold=True, device=0), "--preset full --seed 1 --device 0 --cold"),
        (
            Options(variant=("seq", "omp"), threads=("1", "all"), sizes=("2^4",)),
            "--preset quick --seed 1 --variant seq,omp --threads 1,all --sizes 2^4",
        ),
        (Options(workload=("copy",), invocations=3, timeout=1.0), "--preset quick --seed 1"),
        (Options(preset="scaling", weak=True), "--preset scaling --seed 1 --weak"),
        (Options(break_even=True), "--preset quick --seed 1"),
    ],
)
def test_the_binary_gets_what_chooses_cases(options: Options, words: str) -> None:
    assert options.for_bench() == words.split()


def test_a_plan_from_before_subjects_tells_what_is_about_concurrency() -> None:
    text = msgspec.json.encode(manifest(("busy/seq/n:8/grain:4/threads:1", SEQ)))
    subjects = [c.subject for c in decode_manifest(text, "name").plan.workspan.cases]
    assert subjects == ["concurrency", "computing"]


def test_a_manifest_is_read_back() -> None:
    one = manifest(options=Options(workload=("copy",), time_budget=2.5), label="x")
    assert decode_manifest(msgspec.json.encode(one), "name") == one


def test_schema_1_becomes_todays() -> None:
    one = manifest((SEQ,))
    old = json.loads(msgspec.json.encode(one))
    old |= {"schema_version": 1, "plan": old_tree([planned(SEQ)])}
    new = decode_manifest(json.dumps(old).encode(), "name")
    assert new.schema_version == 2
    assert new.plan.workspan.cases[0].status.value == "planned"
    assert new.options == one.options


@pytest.mark.parametrize(
    ("field", "value"),
    [("sha256", "0" * 63), ("kind", "other"), ("schema_version", 3), ("more", 1), ("cpus", [-1])],
)
def test_a_wrong_field_is_refused_by_name(field: str, value: object) -> None:
    tree = json.loads(msgspec.json.encode(manifest())) | {field: value}
    with pytest.raises(InputError, match=r"^folder/manifest\.json: .*") as error:
        decode_manifest(json.dumps(tree).encode(), "folder/manifest.json")
    assert field.removesuffix("_version") in str(error.value)
