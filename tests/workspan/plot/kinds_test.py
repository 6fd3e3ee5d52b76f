# SPDX-License-Identifier: Apache-2.0
"""Every kind of figure: legible at both widths, the same bytes, a row of data for every mark."""

import csv
import io
import re

import pytest
from drawn import texts_of
from hostile import CONTROL, HOSTILE, hostile
from pictured import (
    ALONE,
    AMDAHL,
    CURVES,
    EPYC,
    GPU_ONLY,
    H100,
    MODELS,
    ONE_PROCESS_MODELS,
    USL,
    WEAK,
    WIDTHS,
    XEON,
    drawn,
    illegible,
    made,
    marks_of,
    run,
)
from sample_results import case, changed, record, result

from workspan.plot.kinds import MAKERS, Picture, Run, picture, pictures
from workspan.plot.sheet import table_as_csv
from workspan.plot.style import HIGHEST, rendered
from workspan.resultfile.model import ResultFile, Status
from workspan.support.errors import NothingError, UsageError

DRAWN = [
    ("speedup", H100),
    ("speedup", AMDAHL),
    ("speedup", XEON),
    ("why", GPU_ONLY),
    ("why", XEON),
    ("why", H100),
    ("breakeven", H100),
    ("breakeven", CURVES),
    ("sizes", GPU_ONLY),
    ("sizes", XEON),
    ("sizes", CURVES),
    ("scaling", USL),
    ("scaling", ALONE),
    ("scaling", WEAK),
    ("scaling", AMDAHL),
    ("roofline", H100),
    ("roofline", GPU_ONLY),
    ("roofline", XEON),
    ("compare", H100, GPU_ONLY),
    ("compare", AMDAHL, USL),
    ("samples", H100),
    ("samples", XEON),
    ("matrix", H100),
    ("matrix", XEON),
    ("concurrency", ONE_PROCESS_MODELS),
    ("concurrency", MODELS),
]
ONE_OF_EACH = list({kind: (kind, *names) for kind, *names in DRAWN}.values())  # the last of each
OF_CASES = [what for what in ONE_OF_EACH if what[0] not in ("breakeven", "scaling", "concurrency")]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("what", DRAWN, ids="-".join)
def test_texts_are_apart_within_the_figure_and_large_enough(
    what: tuple[str, ...], width: int
) -> None:
    kind, *names = what
    figure = drawn(kind, width, *names)
    assert len(texts_of(figure)) >= 6
    assert not illegible(figure, width)
    assert figure.get_figheight() * 72 < HIGHEST + 0.1, "no page takes it"


@pytest.mark.parametrize("what", DRAWN, ids="-".join)
def test_every_mark_is_of_a_verified_case_and_has_its_row(what: tuple[str, ...]) -> None:
    kind, *names = what
    headers, rows = made(kind, *names).table()
    assert all(len(row) == len(headers) for row in rows)
    cases = {cell for row in rows for cell in row}
    verified = {c.name for c in run(names[-1]).workspan.cases if c.status is Status.OK and c.time}
    marks = marks_of(drawn(kind, 180, *names))
    assert kind in ("samples", "matrix") or marks
    assert {mark.name for mark in marks} <= verified
    if kind != "scaling":  # its table names workload, variant and threads
        assert {mark.name for mark in marks} <= cases


@pytest.mark.parametrize("what", ONE_OF_EACH, ids="-".join)
def test_the_same_runs_give_the_same_bytes(what: tuple[str, ...]) -> None:
    kind, *names = what
    runs = [Run(name, run(name)) for name in names]
    first, second = (rendered(picture(kind, runs).draw(85), "svg") for _ in range(2))
    assert first == second


def test_every_kind_is_drawn() -> None:
    assert {kind for kind, *_ in DRAWN} == set(MAKERS)


@pytest.mark.parametrize("what", ONE_OF_EACH, ids="-".join)
def test_the_title_is_drawn(what: tuple[str, ...]) -> None:
    kind, *names = what
    words = " ".join(text for text, _ in texts_of(drawn(kind, 180, *names)))
    assert made(kind, *names).title in words


@pytest.mark.parametrize("what", ONE_OF_EACH, ids="-".join)
def test_hostile_names_stay_on_one_line_and_in_their_place(what: tuple[str, ...]) -> None:
    kind, *names = what
    runs = [Run(f"$x$ <b>&{HOSTILE}", _hostile(run(name))) for name in names]
    found = picture(kind, runs)
    figure = found.draw(85)
    assert not illegible(figure, 85)
    drawn_words = "".join(text for text, _ in texts_of(figure))
    assert "$5 <b>&" in drawn_words
    assert not CONTROL.search(drawn_words)
    svg = rendered(figure, "svg")
    assert b"<b>" not in svg
    assert not CONTROL.search(table_as_csv(found.table()).decode().replace("\n", ""))


def _hostile(file: ResultFile) -> ResultFile:
    import msgspec

    machine = file.workspan.machine
    cpu = msgspec.structs.replace(machine.cpu, model=f"$5 <b>& {HOSTILE}" + "W" * 500)
    return changed(file, machine=msgspec.structs.replace(machine, cpu=cpu))


@pytest.mark.parametrize(
    ("kind", "name", "reason"),
    [
        ("speedup", GPU_ONLY, "no case is compared with seq"),
        ("matrix", GPU_ONLY, "no case is compared with seq"),
        ("breakeven", XEON, "no workload was measured both on a GPU and on the host"),
        ("sizes", H100, "no workload was measured at 3 sizes or more"),
        ("sizes", EPYC, "no workload was measured at 3 sizes or more, but ceilings of"),
        ("concurrency", XEON, "no execution model was measured beside seq"),
        ("scaling", H100, "no code was measured on 3 numbers of threads or more"),
        ("scaling", XEON, "no code was measured on 3 numbers of threads or more"),
        ("why", CURVES, "no workload has a measured ceiling to be compared with"),
        ("roofline", CURVES, "no device has both a measured ceiling and a code with flops"),
    ],
)
def test_what_cannot_be_drawn_is_said_with_its_reason(kind: str, name: str, reason: str) -> None:
    with pytest.raises(NothingError) as why:
        made(kind, name)
    short = pictures([Run(name, run(name))])[1][kind]
    assert short.startswith(reason)
    assert ";" not in short, "of all figures the reason is enough"
    assert str(why.value).startswith(f"{name}: {short}; ")
    advice = r"workspan run( --preset \w+)? measures \w+"
    if (kind, name) == ("scaling", XEON):  # of 2 CPUs, on which no preset measures a third number
        advice = "a curve needs a machine with 3 usable CPUs or more, not 2$"
    assert re.search(advice, str(why.value))


def test_all_is_everything_but_what_is_left_out() -> None:
    found, left_out = pictures([Run("a", run(H100)), Run("b", run(GPU_ONLY))])
    assert not set(found) & set(left_out)
    named = {f"{kind}-{k}" for kind in MAKERS if kind != "compare" for k in (1, 2)} | {"compare"}
    assert set(found) | set(left_out) == named
    assert "compare" in found
    assert found["speedup-1"].title == made("speedup", H100).title
    assert "speedup-2" in left_out, "the second run has no speedup"
    assert found["roofline-1"].title != found["roofline-2"].title
    found, left_out = pictures([Run(name, run(name)) for name in (H100, XEON, H100)])
    assert {"speedup-1", "speedup-2", "speedup-3"} <= set(found)
    assert left_out["compare"] == "compare needs two runs, the old and the new one, not 3"


def test_a_kind_needs_its_number_of_runs() -> None:
    runs = [Run("a", run(H100)), Run("b", run(XEON))]
    with pytest.raises(UsageError, match="speedup needs one run, not 2"):
        picture("speedup", runs)
    with pytest.raises(UsageError, match="compare needs two runs, the old and the new one, not 1"):
        picture("compare", runs[:1])
    with pytest.raises(UsageError, match="machine"):
        picture("compare", runs)


def test_chosen_cases_are_drawn_with_the_speedups_of_the_whole_run() -> None:
    few = picture("speedup", [Run("a", run(H100))], lambda name: "gemm/omp/n:2048" in name)
    _, rows = few.table()
    assert {row[0] for row in rows} == {"gemm"}
    every = {row[2]: row[4] for row in made("speedup", H100).table()[1]}
    assert all(every[row[2]] == row[4] for row in rows)
    with pytest.raises(NothingError):
        picture("speedup", [Run("a", run(H100))], lambda name: False)


@pytest.mark.parametrize("what", OF_CASES, ids="-".join)
def test_only_chosen_cases_are_drawn_and_named_in_the_title(what: tuple[str, ...]) -> None:
    kind, *names = what
    workloads = {c.workload for name in names for c in run(name).workspan.cases}
    first = _workloads(made(kind, *names))[0]
    runs = [Run(name, run(name)) for name in names]
    few = picture(kind, runs, lambda name: name.startswith(f"{first}/"))
    assert set(_workloads(few)) == {first}
    assert not [name for name in workloads - {first} if re.search(rf"\b{name}\b", few.title)]


def _workloads(found: Picture) -> list[str]:
    headers, rows = found.table()
    return [row[headers.index("case")].split("/")[0] for row in rows]


def test_of_a_problem_only_chosen_codes_are_drawn() -> None:
    runs = [Run("a", run(H100))]
    plain = picture("speedup", runs, lambda name: name.startswith("stencil2d/omp/"))
    assert [row[2].split("/")[:2] for row in plain.table()[1]] == [["stencil2d", "omp"]]
    assert "gain" not in plain.title, "the headline ranks another code of it"
    cells = picture("matrix", runs, lambda name: name.startswith("gemm/omp")).table()[1]
    assert {row[3] for row in cells} == {"omp"}
    with pytest.raises(NothingError, match="no case is compared with seq"):
        picture("speedup", runs, lambda name: name.startswith("gemm/seq/"))


def gemm(seconds: dict[tuple[str, int], float], n: int) -> ResultFile:
    return result(
        [case(f"gemm/{v}/n:{n}/threads:{p}", [time] * 8) for (v, p), time in seconds.items()]
    )


@pytest.mark.parametrize("what", ONE_OF_EACH, ids="-".join)
def test_a_run_that_others_disturbed_is_titled_so(what: tuple[str, ...]) -> None:
    kind, *names = what
    loud = [record(disturbed=["others"])]
    runs = [Run(name, changed(run(name), invocations=loud)) for name in names]
    of_machine, disturbed = made(kind, *names), picture(kind, runs)
    assert disturbed.title.startswith("Disturbed run: ")
    assert not of_machine.title.startswith("Disturbed run")
    assert any(text.startswith("Disturbed run: ") for text, _ in texts_of(disturbed.draw(180)))


ODD = {
    "no size": lambda: gemm({("seq", 1): 1e-9, ("omp", 2): 1e-3}, 0),
    "far apart": lambda: gemm({("seq", 1): 1e-9, ("omp", 2): 1e5, ("omp_tiled", 2): 1e6}, 9**9),
    "one case": lambda: gemm({("seq", 1): 1e-9}, 1),
    "hostile": hostile,
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("odd", ODD)
def test_odd_runs_are_drawn_as_far_as_they_go(odd: str, width: int) -> None:
    runs = [Run(odd, ODD[odd]())] * 2
    found, left_out = pictures(runs)
    assert {"samples-1", "samples-2", "compare"} <= set(found)
    assert "roofline-1" in left_out
    for one in found.values():
        assert not illegible(one.draw(width), width)
        assert one.table()[1]


def test_a_run_without_a_case_has_no_figure() -> None:
    found, left_out = pictures([Run("empty", result([]))])
    assert not found
    assert list(left_out) == list(MAKERS)


def test_the_data_are_csv_without_formulas() -> None:
    written = table_as_csv((("a", "b"), [("=1+1", "x\ny"), ("-", "2")])).decode()
    assert list(csv.reader(io.StringIO(written))) == [
        ["a", "b"],
        ["'=1+1", "x<U+000A>y"],
        ["'-", "2"],
    ]
