# SPDX-License-Identifier: Apache-2.0
"""speedup: a row per workload, the highest first, and what the title claims."""

from statistics import median

import pytest
from drawn import texts_of
from judging import moving
from pictured import (
    AMDAHL,
    CURVES,
    GPU_ONLY,
    H100,
    XEON,
    Mark,
    drawn,
    made,
    marks_of,
    run,
    words_of,
)
from sample_results import changed, result

from workspan.analysis.ratios.judge import judge
from workspan.analysis.ratios.places import run_codes
from workspan.analysis.verdicts.headline import headline
from workspan.plot.kinds import Run, picture
from workspan.plot.speedup import machine_words, speedup_problems, title
from workspan.report.answer.answer import sentences


def test_rows_are_ordered_by_their_highest_speedup() -> None:
    marks = marks_of(drawn("speedup", 180, H100))
    keys = {c.name: (c.workload, *c.keys.values()) for c in run(H100).workspan.cases}
    rows: dict[tuple[str, ...], list[Mark]] = {}
    for mark in marks:
        rows.setdefault(keys[mark.name], []).append(mark)
    assert len(rows) == 21
    ordered = sorted(rows.values(), key=lambda row: median(mark.y for mark in row))
    places = [max(mark.x for mark in row) for row in ordered]
    assert places == sorted(places, reverse=True)


def test_marks_have_the_estimates_of_the_judge() -> None:
    judged = judge(run(H100))
    headers, rows = made("speedup", H100).table()
    assert len(rows) == len(marks_of(drawn("speedup", 85, H100)))
    assert headers[-3:] == ("machine", "machine low", "machine high")
    for _, n, name, _, value, low, _, *machine in rows:
        found = judged[name].vs_seq
        assert found is not None
        assert float(value) == pytest.approx(found.value, rel=1e-5)
        assert bool(low) == (found.interval is not None)
        gain = judged[name].machine
        ends = (gain.value, *(gain.interval or ())) if gain else ()
        assert [float(cell) for cell in machine if cell] == pytest.approx(ends, rel=1e-5)
        assert f"n:{n}/" in name


def test_marks_are_hollow_exactly_without_an_interval() -> None:
    judged = judge(run(H100))
    marks = marks_of(drawn("speedup", 180, H100))
    for mark in marks:
        found = judged[mark.name].vs_seq
        assert found is not None
        assert mark.hollow == (found.interval is None)
    assert {mark.hollow for mark in marks} == {True, False}
    assert not [mark for mark in marks_of(drawn("speedup", 180, XEON)) if mark.hollow]


def test_the_number_beside_a_row_is_its_highest() -> None:
    texts = [text for text, _ in texts_of(drawn("speedup", 180, H100))]
    assert "574x" in texts
    assert "histogram zipf  2²⁸" in texts


def test_the_title_is_computed() -> None:
    found = headline(run(H100))
    assert found.cores is not None
    words = made("speedup", H100).title
    assert words == (
        "16 CPUs do the work of 8.2 cores; their codes gain 4.9x (stencil3d) to 14x (gemm);"
        " the GPU 24x to 574x, data resident"
    )
    assert f"{found.cores:.1f} cores" in words
    assert "GPU" not in made("speedup", XEON).title
    assert made("speedup", AMDAHL).title.startswith("16 CPUs give 8.6x the memory bandwidth of one")


@pytest.mark.parametrize(
    ("workloads", "said"),
    [
        ("gemm", "gain 14x (gemm); the GPU 371x, data"),
        ("gemm fft", "gain 10x (fft) to 14x (gemm);"),
    ],
)
def test_the_title_tells_of_chosen_cases_only(workloads: str, said: str) -> None:
    few = picture("speedup", [Run("a", run(H100))], lambda n: n.split("/")[0] in workloads.split())
    assert said in few.title


def test_the_title_has_the_ends_that_the_headline_has() -> None:
    """The fastest code of fft has one thread, and the library is ahead of the team in scan."""
    codes = {"fft/seq": (1, 10), "fft/omp": (1, 12), "fft/omp ": (2, 6), "scan/seq": (1, 10)}
    codes |= {"scan/omp": (2, 15), "scan/tbb": (2, 17)}
    cases = [moving(f"{c.strip()}/n:8/threads:{p}", gbs) for c, (p, gbs) in codes.items()]
    file = result(cases)
    assert title(run_codes(file)).endswith(" gain 0.6x (fft) to 1.7x (scan by tbb)")
    ends = "0.60x? (fft by omp) to 1.70x? (scan by tbb)"
    assert ends in " ".join(sentences(headline(file)))


def test_a_machine_in_two_states_has_both_in_the_title() -> None:
    assert machine_words(run("epyc-avx512-vm-2-cores/quick.json")) == (
        "2 CPUs give 2.0x the arithmetic and 1.2x the memory bandwidth of one (2.0x the memory"
        " bandwidth in 16 of 50 processes)"
    )


def test_unlike_gains_are_told_apart() -> None:
    file = run(XEON)
    fma = [c for c in file.workspan.cases if c.workload == "fma" and c.threads == 2]
    slow = {c.name: _slower(c, 1.5) for c in fma}
    cases = [slow.get(c.name, c) for c in file.workspan.cases if c.workload != "dfma"]
    words = machine_words(changed(file, cases=cases, beside=[]))
    assert words.startswith("2 CPUs give 1.3x the arithmetic and 1.9x the memory bandwidth of one")


def _slower(case, factor):
    import msgspec

    replace = msgspec.structs.replace
    return replace(
        case,
        time=case.time * factor,
        invocations=[
            replace(i, wall=[t * factor for t in i.wall], cpu=[t * factor for t in i.cpu])
            for i in case.invocations
        ],
    )


def test_without_ceilings_the_codes_alone_are_told() -> None:
    assert machine_words(run(CURVES)) == ""
    words = title(run_codes(run(CURVES)))
    assert words.startswith("2 CPUs gain 2.0x (reduce); the GPU ")
    assert "machine" not in words_of(drawn("speedup", 180, CURVES))
    assert "what the machine gives" in words_of(drawn("speedup", 180, XEON))


def test_without_seq_there_is_no_row() -> None:
    assert not speedup_problems(run_codes(run(GPU_ONLY)))
