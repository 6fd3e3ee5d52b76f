# SPDX-License-Identifier: Apache-2.0
"""workspan compare --reference: times of which every process was disturbed tell nothing."""

import pytest
from comparing import RunCompare
from references import HOST, LONG, disturbed, gpu_result, put, reference_verdicts

from workspan.compare.against_reference import compare_with_references
from workspan.compare.reference_band import Bands
from workspan.compare.reference_choice import NamedFile
from workspan.report.comparison.comparison_sheet import row_details

YOURS = "every invocation of yours was disturbed; measure again when the machine is idle"


@pytest.mark.parametrize("time", [2e-3, 1.01e-3, 0.5e-3])
def test_a_case_that_was_disturbed_throughout_has_no_verdict(time: float) -> None:
    yours = disturbed(gpu_result({HOST: time}), HOST)
    assert reference_verdicts(yours, gpu_result({HOST: 1e-3}))[HOST][:2] == ("NONE", YOURS)


def test_a_case_that_was_disturbed_now_and_then_counts() -> None:
    yours = disturbed(gpu_result({HOST: 2e-3}), HOST, most=2)
    report = compare_with_references(
        NamedFile("yours", yours), [NamedFile("r", gpu_result({HOST: 1e-3}))], Bands()
    )
    assert report.rows[0].verdict.value == "SLOWER"
    note = "disturbed, but counted: 0 invocations of the reference, 2 of yours, over all cases"
    assert note in report.notes


def test_the_ratio_is_shown_all_the_same_and_the_reason_once() -> None:
    yours = disturbed(gpu_result({HOST: 2e-3}), HOST)
    report = compare_with_references(
        NamedFile("yours", yours), [NamedFile("r", gpu_result({HOST: 1e-3}))], Bands()
    )
    (row,) = report.rows
    assert (row.effect, row.interval is not None) == (pytest.approx(2), True)
    assert row_details(row) == []
    assert not any("but counted" in note for note in report.notes)


def test_a_disturbed_reference_is_the_last_choice_and_tells_nothing() -> None:
    yours, quiet = gpu_result({HOST: 2e-3}), gpu_result({HOST: 1e-3}, invocations=2)
    loud = disturbed(gpu_result({HOST: 1e-3}, invocations=9), HOST)
    assert reference_verdicts(yours, quiet, loud)[HOST][::2] == ("SLOWER", "r0")
    assert reference_verdicts(yours, loud)[HOST][:2] == (
        "NONE",
        "every invocation of the reference was disturbed; "
        "--from FILE|FOLDER names other references",
    )
    both = reference_verdicts(disturbed(yours, HOST), loud)[HOST][1]
    assert both.startswith("every invocation of the reference and of yours was disturbed; measure")


def test_a_run_beside_load_fails_no_gate(run_reference: RunCompare) -> None:
    put("results/vm/quick.json", gpu_result({HOST: 1e-3, LONG: 1e-3}))
    put("loud.json", disturbed(gpu_result({HOST: 2e-3}), HOST))
    code, out, _ = run_reference("loud.json", "--fail-on", "slower,broken")
    assert (code, f"NONE 1: {YOURS}" in " ".join(out.split())) == (3, True)
    some = disturbed(gpu_result({HOST: 2e-3, LONG: 1.01e-3}), HOST)
    put("some.json", some)
    assert run_reference("some.json", "--fail-on", "slower,broken")[0] == 0
    put("slow.json", disturbed(gpu_result({HOST: 2e-3, LONG: 2e-3}), HOST))
    assert run_reference("slow.json", "--fail-on", "slower,broken")[0] == 1
