# SPDX-License-Identifier: Apache-2.0
"""Values of the command line: times, sizes, lists, shares and filters."""

import pytest

from workspan.cli.arguments import (
    parse_bands,
    parse_bytes,
    parse_cases,
    parse_filter,
    parse_limits,
    parse_names,
    parse_seconds,
    parse_thresholds,
    require_known,
)
from workspan.compare.reference_band import Bands
from workspan.compare.verdict import Thresholds, Verdict
from workspan.support.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90", 90),
        ("90s", 90),
        ("1.5m", 90),
        ("2 h", 7200),
        ("500ms", 0.5),
        ("0", None),
        ("-1s", None),
        ("1y", None),
        ("", None),
    ],
)
def test_times(text: str, value: float | None) -> None:
    if value is not None:
        assert parse_seconds(text, "--x") == value
    else:
        with pytest.raises(UsageError, match=f"--x: '{text}'"):
            parse_seconds(text, "--x")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("300M", 3e8),
        ("2GB", 2e9),
        ("1.5GiB", 1.5 * 2**30),
        ("4096", 4096),
        ("0", None),
        ("1X", None),
        ("9" * 40, None),
    ],
)
def test_sizes(text: str, value: float | None) -> None:
    if value is not None:
        assert parse_bytes(text, "--x") == value
    else:
        with pytest.raises(UsageError):
            parse_bytes(text, "--x")


@pytest.mark.parametrize(
    ("text", "names"), [("a", ("a",)), (" a, b ,", ("a", "b")), ("", None), (" ,", None)]
)
def test_lists(text: str, names: tuple[str, ...] | None) -> None:
    if names:
        assert parse_names(text, "--x") == names
    else:
        with pytest.raises(UsageError, match=f"--x '{text}': is an empty list; omit --x"):
            parse_names(text, "--x")


def test_only_typed_options_are_parsed() -> None:
    assert parse_cases(None, None, None, None) == {}
    assert parse_cases("a,b", None, "1", None) == {"workload": ("a", "b"), "threads": ("1",)}
    assert parse_limits(None, None, None, None) == {}
    assert parse_limits("2m", None, "1k", None) == {"time_budget": 120.0, "memory_limit": 1000}


@pytest.mark.parametrize(
    ("text", "share"), [("3%", 0.03), ("0.5 %", 0.005), (".2", 0.2), ("", Thresholds.change)]
)
def test_shares(text: str, share: float) -> None:
    assert parse_thresholds(text, "none").change == pytest.approx(share)
    assert parse_bands(text) == (Bands(share, share) if text else Bands())


@pytest.mark.parametrize("text", ["0", "1", "100%", "3", "-1%", "x", "%"])
def test_shares_are_between_0_and_1(text: str) -> None:
    for parse in (lambda: parse_thresholds(text, "none"), lambda: parse_bands(text)):
        with pytest.raises(UsageError, match="is not a share between 0 and 1"):
            parse()


def test_verdicts_that_fail() -> None:
    assert parse_thresholds("", "none").fail_on == frozenset()
    expected = frozenset({Verdict.SLOWER, Verdict.ONLY_OLD})
    assert parse_thresholds("", "slower, missing").fail_on == expected
    undecided = frozenset({Verdict.INCONCLUSIVE, Verdict.NONE})
    assert parse_thresholds("", "inconclusive").fail_on == undecided
    with pytest.raises(UsageError, match="none cannot be combined"):
        parse_thresholds("", "none,slower")
    for empty in ("", ",", " , "):
        with pytest.raises(UsageError, match=f"--fail-on: '{empty}' names no verdict"):
            parse_thresholds("", empty)


def test_a_filter_is_searched_and_a_leading_minus_negates_it() -> None:
    assert [parse_filter("b.*d")(name) for name in ("abcd", "db")] == [True, False]
    assert [parse_filter("-b.*d")(name) for name in ("abcd", "db")] == [False, True]
    assert parse_filter("")("anything")


def test_an_unknown_word_gets_the_nearest_or_all() -> None:
    require_known("--x", "seq", ("seq", "omp"))
    with pytest.raises(UsageError, match=r"--x: unknown value 'sek'; did you mean seq\?"):
        require_known("--x", "sek", ("seq", "omp"))
    with pytest.raises(UsageError, match="choose seq or omp"):
        require_known("--x", "zzz", ("seq", "omp"))
