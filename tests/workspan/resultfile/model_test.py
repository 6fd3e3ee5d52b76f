# SPDX-License-Identifier: Apache-2.0
"""The types of a result file: what follows from their fields."""

import msgspec
import pytest
from sample_results import case, journal

from workspan.resultfile.model import FAILURES, Case, Footprint, Journal, Status


def test_a_footprint_adds_up() -> None:
    footprint = Footprint(host_shared=1.0, host_case=2.0, device_case=8.0, host_reference=4.0)
    assert (footprint.kernel_on_host, footprint.on_host) == (3.0, 7.0)


@pytest.mark.parametrize(("ceiling", "is_ceiling"), [("copy", True), ("read", False), ("", False)])
def test_a_ceiling_is_its_own(ceiling: str, is_ceiling: bool) -> None:
    fields = case("copy/seq/n:8/threads:1", [1.0], ceiling=ceiling)
    assert msgspec.convert(fields, Case).is_ceiling is is_ceiling


@pytest.mark.parametrize(
    ("fields", "computes"),
    [({}, True), ({"subject": "concurrency"}, False), ({"subject": "transfers"}, False)],
)
def test_a_case_computes_unless_its_subject_is_another(
    fields: dict[str, str], computes: bool
) -> None:
    found = msgspec.convert(case("copy/seq/n:8/threads:1", [1.0], **fields), Case)
    assert found.computes is computes


def test_failures_are_neither_ok_nor_skipped_nor_planned() -> None:
    assert set(Status) - set(FAILURES) == {Status.OK, Status.SKIPPED, Status.PLANNED}


def test_a_journal_is_of_the_present_schema() -> None:
    data = msgspec.json.encode(journal([case("copy/seq/n:8/threads:1", [1.0])]))
    assert b'"schema_version":2' in data
    assert msgspec.json.decode(data, type=Journal).schema_version == 2
