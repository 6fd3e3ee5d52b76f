# SPDX-License-Identifier: Apache-2.0
"""A comparison as rows and columns: groups, columns, summary, units."""

import dataclasses

import pytest
from comparing import series
from reports import row, twelve_cases

from workspan.compare.cases import Report, compare_cases
from workspan.compare.differences import Difference
from workspan.compare.verdict import Thresholds
from workspan.report.comparison.comparison import render
from workspan.report.comparison.comparison_sheet import format_change, format_speedup


def test_a_reason_stands_once_above_all_cases_that_share_it() -> None:
    text = render(twelve_cases(), "table", Thresholds())
    assert text.count("the whole interval lies within 3 %") == 1
    assert "INCONCLUSIVE 1: " in text
    assert " invocations of each would probably decide" in text
    assert "SLOWER 8: statistically significant (q < 0.05), and the estimate is beyond 3 %" in text


def test_differences_come_before_the_verdicts() -> None:
    report = dataclasses.replace(
        twelve_cases(), differences=[Difference("build.compiler", "GNU 12", "GNU 13")]
    )
    text = render(report, "table", Thresholds())
    assert text.index("build.compiler") < text.index("SAME")
    assert [word in text for word in ("GNU 12", "GNU 13")] == [True, True]


def test_numbers_as_a_person_reads_them() -> None:
    assert [format_change(e) for e in (1.0312, 0.5, 0.99999, 9.99, 12.34)] == [
        "+3.1 %",
        "-50.0 %",
        "+0.0 %",
        "+899.0 %",
        "x12.3",
    ]
    assert [format_speedup(e) for e in (0.5, 0.511, 1 / 123.4, 1.32)] == [
        "2.00",
        "1.96",
        "123.40",
        "0.76",
    ]


@pytest.mark.parametrize("form", ["table", "markdown", "junit"])
def test_repetitions_and_pairs_are_not_called_invocations(form: str) -> None:
    near = [
        series("BM_x", [[1.0 + k % 3 / 20] for k in range(10)], own=own) for own in (False, True)
    ]
    far = [dataclasses.replace(s, samples=s.samples[1:] + s.samples[:1]) for s in near]
    foreign, paired = (
        render(compare_cases([near[i]], [far[i]], paired=bool(i)), form, Thresholds())
        for i in (0, 1)
    )
    assert "repetitions of each would probably decide" in foreign
    assert " pairs would probably decide" in paired
    if form != "junit":
        assert "10 repetitions of each\n" in foreign and "10 pairs\n" in paired
    assert "invocations of each" not in foreign + paired
    few = render(
        compare_cases([dataclasses.replace(near[0], samples=near[0].samples[:1])], [far[0]]),
        form,
        Thresholds(),
    )
    assert "1 repetition of old, 10 of new" in few


def test_a_verdict_by_share_shows_time_and_share_of_every_row() -> None:
    by_share = row("f/g", by="share", time_effect=1.4, old_share=0.9, new_share=0.85, effect=1.06)
    by_time = row("f/h", by="time", time_effect=1.1)
    text = render(Report([by_share, by_time]), "table", Thresholds())
    head = next(line for line in text.splitlines() if "judged by" in line)
    assert [word in head for word in ("time change", "share", "change")] == [True] * 3
    (line,) = [line for line in text.splitlines() if "f/g" in line]
    assert "+40.0 % 0.90 0.85 +6.0 % +5.0 .. +15.0 % share" in " ".join(line.split())
    (line,) = [line for line in text.splitlines() if "f/h" in line]
    assert " time " in line and line.count("+10.0 %") == 2
    alone = render(Report([by_time]), "table", Thresholds())
    assert "judged by" not in alone and "time change" not in alone
    fields = render(Report([by_share]), "csv", Thresholds()).splitlines()
    assert fields[0].endswith(",by,time_effect,old_share,new_share")
    assert fields[1].endswith(",share,1.4,0.9,0.85")
