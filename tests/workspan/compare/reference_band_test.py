# SPDX-License-Identifier: Apache-2.0
"""The tolerance band around a reference: its width, the interval, and the reasons of a verdict."""

import msgspec
import pytest
from references import E2E, GPU, HOST, changed_case, gpu_result, reference_verdicts

from workspan.compare.against_reference import compare_with_references
from workspan.compare.reference_band import Bands
from workspan.compare.reference_choice import NamedFile
from workspan.report.comparison.comparison_sheet import row_details
from workspan.resultfile.model import CaseInvocation, CaseWarning, ResultFile

HELD = CaseWarning(code="gpu_clock_held", detail="SW power cap: after 3 of 8 samples")


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (1.001, "NORMAL"),
        (1.09, "NORMAL"),
        (0.92, "NORMAL"),
        (1.12, "SLOWER"),
        (0.88, "FASTER"),
        (2.0, "SLOWER"),
    ],
)
def test_normal_is_a_band_around_the_reference(ratio: float, verdict: str) -> None:
    assert (
        reference_verdicts(
            gpu_result({HOST: 1e-3 * ratio}, started="2026-01-01T00:00:00Z"),
            gpu_result({HOST: 1e-3}),
        )[HOST][0]
        == verdict
    )


@pytest.mark.parametrize(("name", "time"), [(E2E, 1e-3), (GPU, 9e-6), (HOST, 9e-6)])
def test_times_known_to_drift_have_the_wide_band(name: str, time: float) -> None:
    assert reference_verdicts(gpu_result({name: time * 1.2}), gpu_result({name: time}))[name][
        :1
    ] == ("NORMAL",)
    assert reference_verdicts(gpu_result({name: time * 1.3}), gpu_result({name: time}))[name][
        :1
    ] == ("SLOWER",)
    found = reference_verdicts(
        gpu_result({name: time * 1.2}), gpu_result({name: time}), bands=Bands(0.1, 0.1)
    )
    assert found[name][:2] == ("SLOWER", "by more than 10 %, its whole interval too")


def test_memory_bound_host_cases_have_the_wide_band() -> None:
    names = {"copy/seq/n:8/threads:1": 1e-3, HOST: 1e-3}
    large = msgspec.structs.replace(gpu_result(names).workspan.cases[0].footprint, host_shared=1e9)
    files = [gpu_result({name: time * k for name, time in names.items()}) for k in (1.2, 1.0)]
    files = [
        changed_case(
            changed_case(f, "copy/seq/n:8/threads:1", footprint=large),
            HOST,
            footprint=large,
            rate_unit="flops",
            ceiling="fma",
        )
        for f in files
    ]
    found = reference_verdicts(*files)
    assert [found[name][0] for name in names] == ["NORMAL", "SLOWER"]


def test_an_interval_that_reaches_into_the_band_is_inconclusive() -> None:
    row = reference_verdicts(
        gpu_result({HOST: 1.15e-3}, noise=0.05), gpu_result({HOST: 1e-3}, noise=0.05)
    )[HOST]
    assert row[:2] == (
        "INCONCLUSIVE",
        "looks slower by more than 10 %, but its interval does not exclude less",
    )


def test_the_interval_of_one_process_follows_from_those_of_both_times() -> None:
    yours, reference = (gpu_result({HOST: time}, invocations=1) for time in (1.2e-3, 1e-3))
    yours, reference = (
        changed_case(f, HOST, interval=(t * 0.98, t * 1.02))
        for f, t in ((yours, 1.2e-3), (reference, 1e-3))
    )
    report = compare_with_references(
        NamedFile("yours", yours), [NamedFile("r", reference)], Bands()
    )
    assert report.rows[0].interval == pytest.approx(
        (1.2 * 0.98 / 1.02, 1.2 * 1.02 / 0.98), rel=1e-3
    )
    assert (
        "one side has a single process: its interval excludes the variation between processes"
        in report.notes
    )
    without = compare_with_references(
        NamedFile("yours", changed_case(yours, HOST, interval="none")),
        [NamedFile("r", reference)],
        Bands(),
    )
    assert (without.rows[0].verdict.value, without.rows[0].interval) == ("NORMAL", None)


def test_a_different_clock_or_cost_and_warnings_are_reported() -> None:
    def at(time: float, mhz: float) -> ResultFile:
        file = gpu_result({GPU: time})
        clocked: list[CaseInvocation] = [
            msgspec.structs.replace(i, sm_mhz=[mhz] * 3) for i in file.workspan.cases[0].invocations
        ]
        return changed_case(file, GPU, invocations=clocked)

    slow = changed_case(at(1.5e-3, 1410), GPU, warnings=[HELD])
    other = msgspec.structs.replace(slow.workspan.cases[0].cost, flops=1.0)
    for yours, said in (
        (
            slow,
            [
                "the GPU's clock was 1410 MHz, 1980 in the reference",
                "GPU clock held down: SW power cap: after 3 of 8 samples",
            ],
        ),
        (at(1e-3, 1970), []),
        (
            changed_case(at(1e-3, 1980), GPU, cost=other),
            ["the cost of a run differs in the reference"],
        ),
    ):
        report = compare_with_references(
            NamedFile("yours", yours), [NamedFile("r", at(1.01e-3, 1980))], Bands()
        )
        assert row_details(report.rows[0]) == said


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"ceiling": "copy", "rate_unit": "bytes", "level": "memory"}, "NORMAL"),
        ({"ceiling": "copy", "rate_unit": "bytes", "level": "l2"}, "SLOWER"),
        ({"ceiling": "", "rate_unit": "items", "level": "memory"}, "SLOWER"),
        ({"ceiling": "fma", "rate_unit": "flops", "level": "memory"}, "SLOWER"),
    ],
)
def test_only_times_bound_by_a_shared_memory_may_drift(
    changed: dict[str, str], verdict: str
) -> None:
    yours, reference = (gpu_result({HOST: time}) for time in (1.2e-3, 1e-3))
    found = reference_verdicts(
        changed_case(yours, HOST, **changed), changed_case(reference, HOST, **changed)
    )
    assert found[HOST][0] == verdict


def test_the_reason_names_the_band_and_why_it_is_the_wide_one() -> None:
    yours, reference = gpu_result({E2E: 1.2e-3}), gpu_result({E2E: 1e-3})
    assert reference_verdicts(yours, reference)[E2E][1] == (
        "within 25 % of the reference: its transfers depend on the host too"
    )
