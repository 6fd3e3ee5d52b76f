# SPDX-License-Identifier: Apache-2.0
"""workspan compare --reference: its report in every format."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

from comparing import RunCompare
from references import (
    HOST,
    LONG,
    gpu_result,
    put,
)


def test_every_format_names_the_reference_of_each_case(run_reference: RunCompare) -> None:
    put("yours.json", gpu_result({HOST: 1.2e-3, LONG: 1e-3}))
    put("results/a/quick.json", gpu_result({HOST: 1e-3}))
    put("results/b/quick.json", gpu_result({LONG: 1e-3 + 1e-6}))
    for form in ("table", "markdown", "json", "csv"):
        code, out, _ = run_reference("yours.json", "--format", form)
        assert code == 0
        assert out.count("results/a/quick.json") == (3 if form == "json" else 1), form
        short = form in ("table", "markdown")
        assert out.count("reference 1") == out.count("reference 2") == short, form
    found = json.loads(run_reference("yours.json", "--format", "json")[1])
    assert found["reference"] is True
    assert [(row["name"], row["against"]) for row in found["rows"]] == [
        (HOST, "results/a/quick.json"),
        (LONG, "results/b/quick.json"),
    ]
    for fail_on, failures in (("none", "0"), ("slower", "1")):
        root = ET.fromstring(
            run_reference("yours.json", "--format", "junit", "--fail-on", fail_on)[1]
        )
        assert (root.get("tests"), root.get("failures"), root.get("skipped")) == (
            "2",
            failures,
            "0",
        )
        assert [p.get("name") for p in root.iter("property")] == ["reference", "yours"]


def test_junit_has_the_words_of_the_table(run_reference: RunCompare) -> None:
    put("yours.json", gpu_result({HOST: 10.7e-3}))
    put("results/a/quick.json", gpu_result({HOST: 1e-3, LONG: 1e-3}))
    root = ET.fromstring(
        run_reference("yours.json", "--format", "junit", "--fail-on", "missing")[1]
    )
    assert [e.text for e in root.iter("system-out")] == [
        "SLOWER ratio 10.7 (10.7 .. 10.7): by more than 10 %, its whole interval too"
    ]
    assert [(e.get("type"), e.text) for e in root.iter("failure")] == [
        ("ONLY_REFERENCE", "ONLY_REFERENCE: not in yours")
    ]


def test_many_missing_cases_are_named_by_variant(run_reference: RunCompare) -> None:
    put("yours.json", gpu_result({HOST: 1e-3}))
    put(
        "results/a/quick.json",
        gpu_result(
            {HOST: 1.01e-3}
            | {f"fft/{v}/n:{n}/threads:1": 1e-3 for v in ("seq", "omp") for n in range(1, 5)}
        ),
    )
    _, out, _ = run_reference("yours.json")
    assert "ONLY_REFERENCE 8: not in yours; --format csv names each\n    fft/seq fft/omp\n" in out
    assert "9 cases: 8 only in reference, 1 normal" in out


def test_without_a_common_case_the_preset_of_the_reference_is_named(
    run_reference: RunCompare,
) -> None:
    put("yours.json", gpu_result({HOST: 1e-3}, preset="smoke"))
    put("results/a/quick.json", gpu_result({LONG: 1e-3}))
    code, out, _ = run_reference("yours.json")
    assert code == 3
    assert "note: no case in common; the reference was measured with --preset quick\n" in out


def test_filter_applies_to_both_sides(run_reference: RunCompare) -> None:
    put("yours.json", gpu_result({HOST: 1e-3, LONG: 1e-3}))
    put(
        "results/a/quick.json",
        gpu_result({HOST: 1.01e-3, LONG: 1.01e-3, "fft/seq/n:8/threads:1": 1e-3}),
    )
    assert "1 case: 1 normal" in run_reference("yours.json", "--filter", "n:16")[1]
    put("yours.json", gpu_result({HOST: 1e-3, "sort/seq/n:8/threads:1": 1e-3}))
    code, out, _ = run_reference("yours.json", "--filter", "sort")
    assert (code, out.splitlines()[0]) == (3, "reference  none that has these cases")
    assert "note: no case in common\n" in out
    Path("yours.json").unlink()
    put("yours.json", gpu_result({HOST: 1e-3}))
    assert run_reference("yours.json", "--filter", "sort") == (
        3,
        "",
        "workspan: no case matches --filter sort\n",
    )
