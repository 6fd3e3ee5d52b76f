# SPDX-License-Identifier: Apache-2.0
"""Alarms in sentences: every code has one, which names cases and says what to do."""

import pytest

from workspan.analysis.verdicts.alarm import Alarm
from workspan.analysis.verdicts.alarms import DETECTORS, MOST
from workspan.analysis.verdicts.finding import Number
from workspan.report.answer.alarm_sentences import SENTENCES, sentence, sentences
from workspan.stats.ratios import Estimate

NUMBERS: dict[str, Number] = {
    "share": Estimate(1.1, None, 1),
    "ahead": Estimate(6.98, None, 1),
    "other": "stencil2d/omp_tiled/n:64/threads:16",
    "cpu_share": 0.06,
    "slower": 4.26,
    "threads": 8,
    "low": 1.8,
    "high": 2.03,
    "reason": "SIGSEGV",
    "status": "crashed",
    "disturbed": 3,
    "processes": 4,
    "clean": 0.4,
    "counted": 2,
    "of": 3,
    "first": "copy",
    "second": "read",
    "scope": "host",
    "ceiling": "fma",
    "cpus": 16,
}


def alarm(code: str, count: int = 2) -> Alarm:
    return Alarm(code, tuple(f"w{k}/omp/n:8/threads:2" for k in range(count)), NUMBERS, 9)


def test_every_code_has_a_sentence() -> None:
    assert set(SENTENCES) == set(DETECTORS)


@pytest.mark.parametrize("code", [*DETECTORS])
def test_a_sentence_names_cases_and_says_what_to_do(code: str) -> None:
    for count in (1, 2):
        text = sentence(alarm(code, count))
        assert text.endswith("w0/omp/n:8/threads:2." if count == 1 else "w1/omp/n:8/threads:2.")
        assert ": " in text.split(". ")[0]
        assert "1 cases" not in text


@pytest.mark.parametrize(
    ("code", "count", "text"),
    [
        ("failed", 2, "2 cases failed, timed out or crashed, the first: SIGSEGV. w0/omp"),
        ("failed", 1, "1 case crashed: SIGSEGV. w0/omp"),
        ("disturbed", 1, "3 of 4 processes were disturbed, and 40 % of the judged samples were"),
        ("partial", 1, "1 case leaves processes out, 2 of 3 count: in the others"),
        ("weak_parallel", 2, "2 cases of omp are behind another code of the host, at worst 6.98x?"),
        ("weak_parallel", 1, "1 case of omp is behind another code of the host, 6.98x? behind"),
        ("above_ceiling", 2, "2 cases are above their ceilings, at worst 110 %?:"),
        ("above_ceiling", 1, "1 case is above its ceiling, at 110 %?:"),
        (
            "low_ceiling",
            2,
            "2 workloads exceed their ceiling, at worst 110 %? of fma on 8 CPUs: it",
        ),
        (
            "few_threads",
            1,
            "The host's code of 1 workload was not measured on all CPUs, on 8 threads",
        ),
        (
            "few_threads",
            2,
            "The host's code of 2 workloads was not measured on all CPUs, at worst on",
        ),
        ("starved", 1, "1 case lacked its CPUs, on them for 6 % of the time"),
        ("few_samples", 2, "2 of 9 cases have no interval"),
        ("few_samples", 1, "1 of 9 cases has no interval: give more time with workspan run"),
        ("disagreeing", 1, "1 of 9 cases differs between processes"),
        ("disagreeing", 2, "2 of 9 cases differ between processes by a factor of 1.5 or more, at"),
        ("ceilings_differ", 2, "Ceilings of one unit gain differently, copy 1.80x and read 2.03x:"),
        ("flat", 2, "2 cases do not rise beyond 8 threads"),
    ],
)
def test_counts_and_numbers(code: str, count: int, text: str) -> None:
    assert sentence(alarm(code, count)).startswith(text)


def test_few_names_of_many_and_none_of_the_run_itself() -> None:
    assert sentence(alarm("launch", 5)).endswith("w2/omp/n:8/threads:2 and 2 more.")
    text = sentence(Alarm("one_process", ("",), {}, 9))
    assert text.endswith("workspan run measures several.")


def test_at_most_eight_are_shown_and_the_others_counted() -> None:
    many = [alarm(code) for code in DETECTORS]
    shown = sentences(many)
    assert len(shown) == MOST + 1
    assert shown[-1] == f"{len(many) - MOST} further alarms."
    assert len(sentences(many[:MOST])) == MOST
