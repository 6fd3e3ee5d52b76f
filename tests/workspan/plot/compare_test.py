# SPDX-License-Identifier: Apache-2.0
"""compare: changed cases have rows, all others one; what is far away is an arrow."""

from dataclasses import replace

import pytest
from drawn import texts_of
from pictured import GPU_ONLY, H100, arrows_of, drawn, illegible, made, marks_of, run, words_of

from workspan.compare.cases import Report
from workspan.compare.verdict import CaseVerdict, Verdict
from workspan.plot.compare import (
    MOST,
    CompareData,
    compare_table,
    compared_rows,
    draw_compare,
    title,
)

NAMES = [c.name for c in run(H100).workspan.cases if c.time]


def verdicts(*found: tuple[Verdict, float]) -> CompareData:
    rows = [
        CaseVerdict(
            NAMES[k],
            verdict,
            "made up",
            effect=effect,
            interval=(0.97 * effect, 1.03 * effect),
            old_time=1e-3,
            new_time=1e-3 * effect,
            q=0.01,
        )
        for k, (verdict, effect) in enumerate(found)
    ]
    return CompareData(Report(rows), run(H100), run(H100))


def rows_of(data: CompareData) -> list[str]:
    marks = marks_of(draw_compare(data, 180))
    return [mark.name for mark in sorted(marks, key=lambda mark: mark.y)]


def test_slower_and_faster_have_rows_the_slowest_first_and_the_same_share_one() -> None:
    data = verdicts(
        (Verdict.SAME, 1.01), (Verdict.FASTER, 0.8), (Verdict.SLOWER, 1.3), (Verdict.SAME, 0.99)
    )
    assert rows_of(data)[:2] == [NAMES[2], NAMES[1]]
    ys = {mark.name: mark.y for mark in marks_of(draw_compare(data, 180))}
    assert ys[NAMES[0]] == ys[NAMES[3]] > ys[NAMES[1]]
    words = words_of(draw_compare(data, 180))
    for part in ("+30.0 %", "-20.0 %", "SLOWER", "FASTER", "2 others", "others: 2 of 2 within 3 %"):
        assert part in words


def test_a_narrow_figure_tells_verdicts_by_bold_numbers() -> None:
    changed = verdicts((Verdict.SLOWER, 1.3), (Verdict.SAME, 1.0))
    note = "bold: the verdict is SLOWER or FASTER"
    assert note in words_of(draw_compare(changed, 85))
    assert note not in words_of(draw_compare(changed, 180)), "it has a column"
    assert note not in words_of(draw_compare(verdicts((Verdict.SAME, 1.0)), 85))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("/home/me/a/quick.json", "/home/me/b/quick.json"), ("a/quick.json", "b/quick.json")),
        (("/home/me/before.json", "after.json"), ("before.json", "after.json")),
        (("x/same.json", "x/same.json"), ("same.json", "same.json")),
    ],
)
def test_the_sides_are_told_by_the_ends_of_their_paths_date_and_commit(
    names: tuple[str, str], told: tuple[str, str]
) -> None:
    data = replace(verdicts((Verdict.SAME, 1.01)), names=names)
    words = words_of(draw_compare(data, 180))
    commit = run(H100).workspan.build.short_commit(8)
    for side, name in zip(("old", "new"), told, strict=True):
        assert f"{side}: {name}, 2026-11-26, {commit}; NVIDIA H100" in words
    assert "/home" not in words
    assert "..." not in words


def test_an_undecided_case_has_a_row_only_beyond_the_threshold() -> None:
    data = verdicts((Verdict.INCONCLUSIVE, 1.2), (Verdict.INCONCLUSIVE, 1.01), (Verdict.NONE, 0.7))
    texts = [text for text, _ in texts_of(draw_compare(data, 180))]
    assert "open" in texts
    assert "NONE" in texts
    assert "1 others" in texts


def test_a_case_that_is_far_away_is_an_arrow_and_does_not_squeeze_the_others() -> None:
    usual = [(Verdict.SLOWER, 1.1 + 0.01 * k) for k in range(20)]
    data = verdicts(*usual, (Verdict.FASTER, 0.01))
    figure = draw_compare(data, 180)
    assert arrows_of(figure) >= 1
    assert NAMES[20] not in [mark.name for mark in marks_of(figure)]
    assert "0.01x" in [text for text, _ in texts_of(figure)]
    xs = [mark.x for mark in marks_of(figure)]
    assert max(xs) - min(xs) > 40


def test_rows_are_at_most_so_many() -> None:
    data = verdicts(*[(Verdict.SLOWER, 1.1 + 0.01 * k) for k in range(MOST + 9)])
    assert "9 others" in words_of(draw_compare(data, 180))


@pytest.mark.parametrize("width", [85, 180])
def test_many_rows_are_legible(width: int) -> None:
    effects = [1.5, 1.2, 0.7, 1e-4, 1e5, 1.0, 1.02]
    data = verdicts(*[(Verdict.SLOWER if e > 1 else Verdict.FASTER, e) for e in effects])
    assert not illegible(draw_compare(data, width), width)


def test_titles_count_the_verdicts() -> None:
    data = verdicts(
        (Verdict.SLOWER, 1.3), (Verdict.FASTER, 0.8), (Verdict.SAME, 1.0), (Verdict.NONE, 1.0)
    )
    assert title(data) == (
        "1 slower, 1 faster, 1 the same within 3 %, 1 without a verdict, of 4 cases"
    )
    assert made("compare", H100, GPU_ONLY).title.startswith("No verdict on 104 cases: too few")


def test_a_title_leaves_out_what_did_not_happen() -> None:
    assert title(verdicts((Verdict.SLOWER, 1.3))) == "1 slower, of 1 case"
    assert title(verdicts((Verdict.SAME, 1.0), (Verdict.NONE, 1.0))) == (
        "None changed, 1 the same within 3 %, 1 without a verdict, of 2 cases"
    )


def test_names_differ_at_both_widths() -> None:
    data = verdicts(*[(Verdict.SLOWER, 1.1 + 0.01 * k) for k in range(30)])
    for width in (85, 180):
        texts = [text for text, _ in texts_of(draw_compare(data, width))]
        names = [text for text in texts if text.startswith(("copy ", "read ", "triad "))]
        assert len(names) == len(set(names)) >= 25


def test_shares_are_explained_only_where_they_were_used() -> None:
    data = verdicts((Verdict.SLOWER, 1.3))
    assert "ceiling" not in words_of(draw_compare(data, 180))
    (row,) = data.report.rows
    by_share = replace(data, report=replace(data.report, rows=[replace(row, by="share")]))
    assert "relative to the ceiling" in words_of(draw_compare(by_share, 180))


def test_a_case_without_a_ratio_is_left_out() -> None:
    data = verdicts((Verdict.SLOWER, 1.3))
    broken = CaseVerdict("gemm/seq/n:1/threads:1", Verdict.BROKEN, "made up")
    data = replace(data, report=replace(data.report, rows=[*data.report.rows, broken]))
    assert [row.name for row in compared_rows(data)] == [NAMES[0]]
    headers, rows = compare_table(data)
    assert dict(zip(headers, rows[0], strict=True))["verdict"] == "SLOWER"


def test_marks_without_an_interval_are_hollow() -> None:
    own = list(marks_of(drawn("compare", 180, H100, GPU_ONLY)))
    assert own
    assert all(mark.hollow for mark in own), "one process has no interval"
