# SPDX-License-Identifier: Apache-2.0
"""why: shares of ceilings as the judge has them, and the factors of the speedup beside them."""

import pytest
from drawn import texts_of
from matplotlib.figure import Figure
from pictured import EPYC, GPU_ONLY, H100, USL, XEON, drawn, made, marks_of, run, words_of

from workspan.analysis.ratios.judge import judge
from workspan.analysis.ratios.places import Place, run_codes
from workspan.plot.kinds import Run, picture
from workspan.plot.why import why_problems


def bold_or_not(figure: Figure) -> dict[str, bool]:
    texts = [text for axes in figure.axes for text in axes.texts]
    return {text.get_text(): text.get_fontweight() == "bold" for text in texts}


def test_ceilings_themselves_are_left_out() -> None:
    names = {problem.workload for problem in why_problems(run_codes(run(H100)))}
    assert names
    assert not names & {"copy", "read", "triad", "fma", "dfma"}


def test_marks_have_the_shares_of_the_judge() -> None:
    judged = judge(run(H100))
    _, rows = made("why", H100).table()
    for row in rows:
        share = judged[row[2]].of_ceiling
        assert share is not None
        assert float(row[5]) == pytest.approx(share.value, rel=1e-5)
        assert row[4] == judged[row[2]].ceiling
    for mark in marks_of(drawn("why", 180, H100)):
        share = judged[mark.name].of_ceiling
        assert share is not None
        assert mark.hollow == (share.interval is None)


def test_rows_are_ordered_by_what_all_cpus_reach() -> None:
    problems = why_problems(run_codes(run(H100)))
    shares = [p.codes[Place.TEAM].judgement.of_ceiling for p in problems]
    values = [share.value for share in shares if share]
    assert values == sorted(values, reverse=True)
    assert len(values) == len(problems)


def test_the_product_stands_beside_it_as_far_as_there_is_room() -> None:
    wide = [text for text, _ in texts_of(drawn("why", 180, H100))]
    narrow = [text for text, _ in texts_of(drawn("why", 85, H100))]
    for header in ("bound", "by", "vs seq", "machine", "code", "GPU"):
        assert header in wide
    assert "machine" in narrow
    assert "bound" not in narrow
    assert "fma" in wide
    assert "GPU" not in [text for text, _ in texts_of(drawn("why", 180, XEON))]


@pytest.mark.parametrize(("name", "stands_out"), [(USL, True), (EPYC, False)])
def test_what_the_code_makes_of_it_stands_out_if_it_is_far_from_one(
    name: str, stands_out: bool
) -> None:
    bold = {text for text, bold in bold_or_not(drawn("why", 85, name)).items() if bold}
    judged = judge(run(name))
    codes = [judged[p.codes[Place.TEAM].case.name].code for p in why_problems(run_codes(run(name)))]
    ends = {f"{c.value:.2f}": c.interval for c in codes if c and c.interval}
    far = {text for text, (low, high) in ends.items() if high < 0.85 or low > 1.15}
    near = set(ends) - far
    assert bool(far) is stands_out
    assert far <= bold
    assert not near & bold


def test_of_one_workload_the_title_has_its_share() -> None:
    one = picture("why", [Run("x", run(H100))], lambda name: name.startswith("gemm/"))
    assert one.title == "16 CPUs reach 102 % of the ceiling in gemm"


def test_the_product_is_explained_only_where_it_stands() -> None:
    assert "vs seq = machine" in words_of(drawn("why", 180, H100))
    assert "vs seq = machine" not in words_of(drawn("why", 180, GPU_ONLY))
    bold = "bold: code below 0.85 or above 1.15 with its whole interval"
    assert bold in words_of(drawn("why", 180, USL))
    assert bold not in words_of(drawn("why", 180, XEON)), "nothing is bold"


def test_what_memory_allows_of_a_compute_ceiling_stands_beside_it() -> None:
    headers, rows = made("why", H100).table()
    found = {row[2]: row[headers.index("memory allows")] for row in rows}
    assert float(found["conv2d/cuda/n:4096/threads:1"]) == pytest.approx(0.618, abs=0.001)
    assert float(found["fft/omp/n:1048576/threads:16"]) == pytest.approx(0.91, abs=0.01)
    assert found["gemm/cuda/n:2048/threads:1"] == "", "all of it"
    assert found["scan/cuda/n:67108864/threads:1"] == "", "its ceiling is memory"
    wide = words_of(drawn("why", 180, H100))
    assert "GPU 62 %" in wide and "91 %, GPU 32 %" in wide and "memory allows: " in wide
    assert "allows" not in words_of(drawn("why", 85, H100))
