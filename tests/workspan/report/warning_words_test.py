# SPDX-License-Identifier: Apache-2.0
"""Warnings in words."""

import io
import re
from typing import Final

import pytest
from paths import ROOT
from rich.console import Console
from sample_results import case, result

from workspan.report.run_table import print_result
from workspan.report.warning_words import WORDS, sentence
from workspan.resultfile.model import CaseWarning

WRITTEN: Final = r'warnings\.push_back\(\s*\{"(\w+)"'  # in C++


def printed(*cases: dict) -> str:
    text = io.StringIO()
    print_result(result(list(cases)), Console(file=text))
    return text.getvalue()


def test_a_warning_is_told_in_words_and_one_of_a_later_version_by_its_code() -> None:
    starved = case(
        "copy/omp/n:1024/threads:2",
        [0.5] * 3,
        warnings=[
            {"code": "gpu_clock_unsteady", "detail": "1410 to 1980 MHz"},
            {"code": "of_tomorrow", "detail": "a {} of detail"},
            {"code": "bare", "detail": ""},
        ],
    )
    starved["invocations"][0]["cpu_share"] = 0.5
    name = starved["name"]
    assert [line for line in printed(starved).splitlines() if line.startswith("note: ")] == [
        f"note: GPU clock not steady: 1410 to 1980 MHz (1): {name}",
        f"note: of_tomorrow: a {{}} of detail (1): {name}",
        f"note: bare (1): {name}",
        "note: starved: less than 80 % of its threads' time was spent computing; not used as a "
        "ceiling (1):",
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("gpu_clock_held", "GPU clock held down: D"),
        ("disturbed", "every attempt at D was disturbed"),
        ("skipped_once", "skipped in D"),
        ("no_ceiling", "without its ceiling: D"),
        ("note", "D"),
        ("implausible", "implausible: D; check the cost and the ceiling"),
        (
            "library_setting",
            "library setting: D is set, so the library may be slower than it can be",
        ),
        (
            "above_ceiling",
            "above its ceiling: D may have been of another size, or disturbed",
        ),
        ("disturbed_samples", "disturbed samples count, for lack of six clean ones"),
        ("weak_baseline", "weak baseline: D is faster than seq, on one thread too"),
        ("of_tomorrow", "of_tomorrow: D"),
    ],
)
def test_the_detail_stands_in_the_sentence(code: str, words: str) -> None:
    assert sentence(CaseWarning(code=code, detail="D")) == words


def test_every_warning_of_the_binary_has_words_in_both_languages() -> None:
    source = (ROOT / "harness/report/table.cpp").read_text()
    table = re.search(r"std::string sentence\(.*?\n}", source, re.S)
    assert table
    words = set(re.findall(r'\{"(\w+)", "', table[0]))
    files = [f for d in ("harness", "gpu") for f in (ROOT / d).rglob("*.c*")]
    written = {code for f in files for code in re.findall(WRITTEN, f.read_text())}
    assert written and words == written
    assert words <= set(WORDS)
    of_merge = {"disturbed", "skipped_once", "note"}
    judged = {"implausible", "above_ceiling", "weak_baseline", "starved", "one_cpu", "shared_cache"}
    judged |= {"library_setting", "launch"}
    assert set(WORDS) - of_merge - judged == words


def test_one_cpu_needs_no_detail() -> None:
    assert sentence(CaseWarning(code="one_cpu", detail="")).startswith("one CPU: its tasks shared")


def test_a_shared_cache_needs_no_detail() -> None:
    words = sentence(CaseWarning(code="shared_cache", detail=""))
    assert words.startswith("shared cache: between L2 and 256 MiB")
