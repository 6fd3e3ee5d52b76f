# SPDX-License-Identifier: Apache-2.0
"""roofline: codes under the measured roofs of their device."""

from dataclasses import replace

import msgspec
import pytest
from drawn import texts_of
from pictured import EPYC, GPU_ONLY, H100, XEON, drawn, made, marks_of, run, words_of

from workspan.analysis.laws.roofline import Roof, Roofline, rooflines
from workspan.analysis.ratios.judge import judge
from workspan.plot.axes.roofs import point_name
from workspan.plot.roofline import RooflineData, device, draw_roofline, roofline_data


def the_data(name: str) -> RooflineData:
    return roofline_data(run(name), rooflines(run(name)))


def test_there_is_a_panel_per_device() -> None:
    texts = [text for text, _ in texts_of(drawn("roofline", 180, H100))]
    devices = {"1 CPU, GFLOP/s", "16 CPUs, GFLOP/s", "NVIDIA H100 80GB HBM3, TFLOP/s"}
    assert devices <= set(texts)
    assert texts.count("arithmetic intensity, flop per byte") == 3
    assert [device(one, run(GPU_ONLY)) for one in the_data(GPU_ONLY).found] == [
        "NVIDIA H100 80GB HBM3"
    ]


def test_a_workload_is_one_point_at_its_largest_size_and_never_a_ceiling() -> None:
    for one in the_data(H100).found:
        names = [(p.case.workload, tuple(p.case.keys.values())) for p in one.points]
        assert len(names) == len(set(names))
        assert not [p for p in one.points if p.case.is_ceiling or not p.case.ours]
        largest = max(
            p.case.n
            for p in next(
                r for r in rooflines(run(H100)) if r.threads == one.threads and r.scope == one.scope
            ).points
            if p.case.workload == "gemm"
        )
        assert next(p for p in one.points if p.case.workload == "gemm").case.n == largest


def test_of_a_level_the_fastest_bandwidth_is_the_roof() -> None:
    roofs = (
        Roof("copy", "memory", "bytes", 2e9, "a"),
        Roof("read", "memory", "bytes", 3e9, "b"),
        Roof("copy", "l1", "bytes", 9e9, "c"),
        Roof("fma", "none", "flops", 1e12, "d"),
        Roof("dfma", "none", "flops", 5e11, "e"),
    )
    points = the_data(XEON).found[0].points
    (one,) = roofline_data(run(XEON), [Roofline("host", 1, roofs, points)]).found
    assert [roof.name for roof in one.roofs] == ["b", "c", "d", "e"]


def test_a_device_without_roofs_or_points_is_left_out() -> None:
    one = the_data(XEON).found[0]
    bare = [Roofline("host", 1, (), one.points), Roofline("host", 2, one.roofs, ())]
    assert not roofline_data(run(XEON), bare).found


def test_points_lie_by_intensity_and_rate() -> None:
    (one,) = the_data(GPU_ONLY).found
    marks = {mark.name: mark for mark in marks_of(drawn("roofline", 180, GPU_ONLY))}
    by_intensity = sorted(one.points, key=lambda p: p.intensity)
    xs = [marks[p.case.name].x for p in by_intensity]
    assert xs == sorted(xs)
    ys = [marks[p.case.name].y for p in sorted(one.points, key=lambda p: p.rate)]
    assert ys == sorted(ys, reverse=True)


def test_no_point_is_far_above_its_roof() -> None:
    _, rows = made("roofline", XEON).table()
    assert rows
    assert all(float(row[-1]) < 1.3 for row in rows if row[-1])
    assert all(row[6] for row in rows if row[-1]), "the roof is named"


@pytest.mark.parametrize("width", [85, 180])
def test_every_point_is_named_beside_it_or_below(width: int) -> None:
    words = words_of(drawn("roofline", width, H100))
    for one in the_data(H100).found:
        for point in one.points:
            assert " ".join([point.case.workload, *point.case.keys.values()]) in words


def test_roofs_are_named_with_their_rates() -> None:
    words = words_of(drawn("roofline", 180, GPU_ONLY))
    assert "memory 3.0" in words or "memory 3" in words
    assert "GB/s" in words
    assert "fma 63.7 TFLOP/s" in words


def test_slopes_say_their_workload_and_whether_it_was_measured_beside() -> None:
    assert "slopes: 1 CPU: L2 by read, memory by copy; 16 CPUs:" in words_of(
        drawn("roofline", 180, H100)
    )
    data = the_data(H100)
    one = replace(data.found[0], roofs=(Roof("copy", "l2", "bytes", 5e11, "copy", 4),))
    kept = RooflineData(data.file, (one,))
    texts = [text for text, _ in texts_of(draw_roofline(kept, 180))]
    assert "slopes: 1 CPU: L2 by copy beside the cases" in texts
    flat = replace(one, roofs=(Roof("fma", "none", "flops", 1e12, "fma"),))
    texts = [text for text, _ in texts_of(draw_roofline(RooflineData(data.file, (flat,)), 180))]
    assert not [text for text in texts if text.startswith("slopes")]


def test_the_title_counts_the_codes_at_a_roof() -> None:
    for name in (GPU_ONLY, H100):
        (gpu,) = (one for one in the_data(name).found if one.scope == "kernel")
        shares = {point_name(p): p.share for p in gpu.points if p.share}
        del shares["histogram zipf"]  # of two inputs the first counts
        reached = sum(share >= 0.85 for share in shares.values())
        assert f"GPU: {reached} of {len(shares)}" in made("roofline", name).title.replace(
            " workloads with flops", ""
        )


def test_a_code_at_its_roof_is_one_that_why_has_at_its_ceiling() -> None:
    """scan on 2 CPUs has 102 % of copy's row, and 83 % of copy in the same blocks."""
    data, judged = the_data(EPYC), judge(run(EPYC))
    for point in (p for one in data.found for p in one.points):
        of_case = judged[point.case.name]
        if point.roof and of_case.ceiling.startswith(f"{point.roof.workload}/"):
            assert point.share == pytest.approx(of_case.of_ceiling and of_case.of_ceiling.value)
    assert made("roofline", EPYC).title.endswith("2 CPUs: 3 of 13")
    assert "reach 85 % of the ceiling in 3 of 14 workloads" in made("why", EPYC).title


def test_the_roof_of_each_code_is_explained() -> None:
    assert "the roof of a code" in words_of(drawn("roofline", 180, H100))
    data = the_data(H100)
    one = data.found[0]
    free = replace(one, points=tuple(replace(p, roof=None, bound=None) for p in one.points))
    assert "roof of a code" not in words_of(draw_roofline(RooflineData(data.file, (free,)), 180))


def test_hollow_marks_are_explained_where_they_are() -> None:
    assert "hollow: no interval" in words_of(drawn("roofline", 180, H100))
    assert "hollow" not in words_of(drawn("roofline", 180, XEON))


def test_figures_of_any_device_are_drawn_alone() -> None:
    data = the_data(H100)
    for one in data.found:
        figure = draw_roofline(RooflineData(data.file, (one,)), 85)
        assert len(marks_of(figure)) == len(one.points)


@pytest.mark.parametrize("name", [H100, XEON])
def test_a_workload_has_one_size_on_all_devices(name: str) -> None:
    """On one CPU too, where another code than the baseline may be the fastest at the largest."""
    sizes: dict[str, set[int]] = {}
    for point in (p for one in the_data(name).found for p in one.points):
        sizes.setdefault(point_name(point), set()).add(point.case.n)
    assert {key for key, of in sizes.items() if len(of) > 1} == set()


def test_the_largest_common_size_is_drawn_or_the_figure_says_that_there_is_none() -> None:
    data = the_data(XEON)
    one, two = data.found
    point = next(p for p in two.points if p.case.workload == "gemm")
    smaller = replace(point, case=msgspec.structs.replace(point.case, n=64))
    at_one = next(p for p in one.points if p.case.workload == "gemm")
    for both, expected in (((point, smaller), at_one.case.n), ((smaller,), 64)):
        found = [one, replace(two, points=both)]
        drawn_data = roofline_data(data.file, found)
        assert [p.case.n for p in drawn_data.found[1].points] == [expected]
        says_so = "measured at no size on every device: gemm" in words_of(
            draw_roofline(drawn_data, 180)
        )
        assert says_so == (expected == 64)
    drawn_data = roofline_data(
        data.file, [replace(one, points=(replace(at_one, case=smaller.case),)), two]
    )
    assert "no size" in words_of(draw_roofline(drawn_data, 180))
