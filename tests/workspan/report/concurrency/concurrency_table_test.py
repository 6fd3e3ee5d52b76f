# SPDX-License-Identifier: Apache-2.0
"""The table of execution models: its cells and marks, its legend, and its other formats."""

import io
import json
from typing import Any

import pytest
from asynchronous import STAGES, all_of_it, served
from comparing import on
from execution_models import SEQ, busy_case, file_of, measured, models, unmeasured
from rich.console import Console
from sample_results import without_times

from workspan.analysis.concurrency import ModelRow
from workspan.analysis.ratios.figures import Figure
from workspan.cli.arguments import MODEL_FORMATS
from workspan.report.concurrency.concurrency_table import (
    COLUMN_LEGENDS,
    FORMATS,
    MODEL,
    NARROW_TITLES,
    concurrency_report,
    model_cells,
    print_concurrency,
    render,
)
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import decode_result

STUDY = models()
TABLE = """
                                    waiting                    computing  computing   memory
               cost of   smallest    on one  waiting     gain     on one     on all     of a
model           a task       task      core     gain  of many       core       CPUs   waiter
seq            4.60 ns          -    1.01 s    1.00x        -      1.00x      1.00x        -
omp            81.0 ns   < 393 ns         -        -        -      0.98x      1.83x        -
omp_tasks      67.0 ns    2.30 us         -        -        -      0.99x      1.80x        -
tbb            29.0 ns   < 248 ns         -        -        -      0.99x      1.82x        -
pool            690 ns    3.10 us   10.6 ms    95.4x     952x      0.99x      1.82x  28.7 kB
coroutines      247 ns    6.66 us   10.2 ms    99.1x    6061x      0.99x      1.90x  1.23 kB
futures        37.0 us     270 us   12.6 ms    80.2x     234x      0.87x      1.26x  28.7 kB
threads        36.0 us     256 us   13.1 ms    77.2x     213x      0.87x      1.30x  28.7 kB
process_pool    560 ns          -         -        -        -          -          -        -
processes       129 us    1.24 ms   25.5 ms    39.6x        -      0.46x      0.70x        -

Concurrent is not parallel: on one core 99 of 100 waits overlap, and no computation does (0.99x).
Two CPUs speed up computing 1.90x, and waiting not at all (1.00x). 10000 threads cannot all wait at
"""


def file(cases: list[dict[str, Any]], cpus: int = 2) -> ResultFile:
    return decode_result(json.dumps(file_of(cases, cpus)).encode(), "sample")


def shown(of: ResultFile, **console: Any) -> str:
    out = io.StringIO()
    print_concurrency(concurrency_report(of), Console(file=out, **console))
    return out.getvalue()


def test_the_table_of_the_study() -> None:
    text = "".join(f"{line.rstrip()}\n" for line in shown(file(STUDY)).splitlines())
    assert TABLE in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_long_name_takes_the_gaps_between_columns_first() -> None:
    long = busy_case("x" * 24, 2**18, SEQ)
    lines = shown(file([*STUDY, long])).splitlines()
    (row,) = (line for line in lines if line.startswith("omp "))
    cells = "81.0 ns  < 393 ns        -       -       -     0.98x     1.83x       -"
    assert row.rstrip() == f"{'omp':<24}  {cells}"


def test_marks_stand_behind_their_numbers_and_numbers_in_line() -> None:
    row = ModelRow(
        "pool",
        task_cost=Figure(1e-6, noisy=True),
        smallest_task=Figure(1e-6, at_most=True),
        one_core_gain=Figure(0.5, noisy=True),
        all_cpus_gain=Figure(0.99, noisy=True, one_cpu=True),
    )
    cells = model_cells(row)
    assert cells["cost of a task"] == "1.00 us~"
    assert cells["smallest task"] == "< 1.00 us "
    assert (cells["computing on one core"], cells["computing on all CPUs"]) == ("0.50x~", "0.99x!")
    assert (cells["waiting gain"], cells["memory of a waiter"]) == ("- ", "-")


def test_every_column_has_a_legend() -> None:
    assert [*model_cells(ModelRow("x"))] == [MODEL, *COLUMN_LEGENDS] == [MODEL, *NARROW_TITLES]
    assert {t: n.replace("\n", " ") for t, n in NARROW_TITLES.items()} == {
        title: title for title in NARROW_TITLES
    }


def test_the_heading_names_cpu_count_kernel_and_compiler() -> None:
    of = on(file(STUDY, cpus=16), "machine.kernel", "6.18.44 #1 SMP PREEMPT")
    head = shown(on(of, "build.compiler", "GNU 12.2.0")).splitlines()
    assert head[0] == "Concurrency on 16 x Test CPU, Linux 6.18.44, GNU 12.2.0, libgomp"
    assert head[1] == "workspan x (x), x"
    assert head[2] == "preset concurrency, 1 process per workload, begun 2026-01-02T03:04:05Z"


def test_the_legend_has_the_numbers_of_the_file() -> None:
    text = " ".join(shown(file(STUDY)).split())
    assert "waiting on one core: T of 100 tasks that wait for 10.0 ms each." in text
    assert "gain of many: n x tau / T of 10000 such tasks on one core, for which seq was" in text
    assert "computing on one core: T_seq / T of tasks that compute for 241 us each." in text
    assert "the same on all CPUs (2)." in text
    assert "!: " not in text


def test_columns_without_a_value_are_left_out_with_their_legends() -> None:
    text = shown(file([measured("dispatch/omp/n:100/threads:2", 1e-6)]))
    assert "cost of a task" in text
    assert not any(f"{title}:" in text for title in [*COLUMN_LEGENDS][1:])


def test_a_result_on_one_cpu_is_marked_and_explained() -> None:
    stuck = busy_case("pool", 2**18, SEQ / 0.99, counters={"cpus_used": 1.0})
    text = shown(file([c for c in STUDY if c["name"] != stuck["name"]] + [stuck]))
    (pool,) = (line for line in text.splitlines() if line.startswith("pool "))
    assert "0.99x!" in pool
    assert "!: its tasks ran on one CPU, so it is not a result." in " ".join(text.split())
    assert "note: one CPU: its tasks shared a single CPU" in text
    assert stuck["name"] in text


def test_a_refused_smallest_task_is_told() -> None:
    cases = [busy_case("seq", 2**10, SEQ, threads=1), busy_case("omp", 2**10, SEQ / 3.1)]
    assert (
        "note: smallest task refused, with an efficiency of 150 % or more (1): omp"
        in concurrency_report(file(cases)).notes
    )
    assert concurrency_report(file(STUDY)).notes == []


def test_skipped_and_failed_cases_stand_below_and_those_of_other_workloads_do_not() -> None:
    name = "busy/tbb/n:67108864/grain:256/cpus:1/threads:1"
    cases = [
        *STUDY,
        unmeasured(name, reason="built without oneTBB"),
        unmeasured("dispatch/futures/n:1/threads:2", "failed", "task 7 was lost"),
        without_times("gemm/seq/n:1/threads:1", "failed", "elsewhere"),
    ]
    text = shown(file(cases))
    assert f"skipped: built without oneTBB (1): {name}" in text
    assert "FAILED: task 7 was lost (1): dispatch/futures/n:1/threads:2" in text
    assert "elsewhere" not in text
    report = concurrency_report(file(cases))
    markdown = render(report, "markdown")
    assert "built without oneTBB" in markdown and "task 7 was lost" in markdown
    long = [unmeasured(f"busy/m_{k:060}/n:1/threads:2", reason="later") for k in range(3)]
    notes = render(concurrency_report(file([*STUDY, *long])), "markdown").split("\n\n")[-1]
    assert notes.count("busy/m") == notes.count("busy") == 3
    assert json.loads(render(report, "json"))["failures"] == report.failures


def test_further_tables_stand_below_and_each_legend_once() -> None:
    text = shown(file([*STUDY, *all_of_it()]))
    lines = text.splitlines()
    assert max(map(len, (line.rstrip() for line in lines))) <= 100
    starts = ("model ", "cost of a task: ", "fileio: ", "echo: ", "futures: ", "pipeline: ")
    assert [sum(line.startswith(start) for line in lines) for start in starts] == [
        *(8, 1, 2, 1, 1, 1)
    ]
    assert text.count("read rate: ") == text.count("~: ") == 1
    (p999,) = (line for line in lines if line.startswith("coroutines ") and "290 us" in line)
    assert p999.split()[-3:] == ["us", "0.1", "%~"]


def test_further_tables_in_other_formats() -> None:
    report = concurrency_report(file(all_of_it()))
    data = json.loads(render(report, "json"))
    assert data["models"]["rows"] == []
    direct = data["asynchrony"]["files"][0]
    assert direct["problem"] == {"n": 1024, "keys": {"input": "direct", "inflight": "8"}}
    assert direct["rows"][3]["rate"]["value"] == pytest.approx(1282e6)
    assert data["asynchrony"]["echo"]["rows"][0]["open_p99"] is None
    assert any(text.startswith("Reads by io_uring: 1.28 GB/s") for text in data["sentences"])
    markdown = render(report, "markdown")
    assert "\n\n**pipeline: three stages, n = 10000**\n\n| model | items |" in markdown
    assert markdown.count("read rate: ") == 1
    assert "\n\n\n" not in markdown


def test_a_file_without_times_has_no_table() -> None:
    report = concurrency_report(file([unmeasured("busy/omp/n:1/threads:2", "failed", "lost")]))
    for form in ("table", "markdown"):
        assert "FAILED: lost" in render(report, form)
        assert "model" not in render(report, form)


def test_the_formats_are_those_of_the_command() -> None:
    assert tuple(form.value for form in MODEL_FORMATS) == FORMATS


def test_json_has_plain_numbers_and_null() -> None:
    data = json.loads(render(concurrency_report(file(STUDY)), "json"))
    models = {row["model"]: row for row in data["models"]["rows"]}
    assert models["omp"]["all_cpus_gain"]["value"] == pytest.approx(1.83)
    assert models["omp"]["waiting"] is None
    assert data["models"]["subject"]["tau"] == 0.01
    assert data["sentences"][0].startswith("Concurrent is not parallel")


def test_markdown_is_a_table_with_a_paragraph_for_each_sentence() -> None:
    text = render(concurrency_report(file(STUDY)), "markdown")
    lines = text.splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 2 + 10
    assert len({line.count("|") for line in rows}) == 1
    assert rows[1] == "| --- |" + " ---: |" * 8
    assert rows[3].startswith("| omp | 81.0 ns | \\< 393 ns | - |")
    assert "\n\nTwo CPUs speed up computing 1.90x" in text


@pytest.mark.parametrize("extreme", [1e-280, 1e280])
def test_extreme_numbers_are_shown_or_left_out(extreme: float) -> None:
    """A time of a direct read, and counters that no program has."""
    slow = served(
        "fileio/pool/n:1/threads:2", extreme, cost={"flops": 0, "bytes": 1e300, "items": 1}
    )
    names = ("client_cpu_ns", "late", "spawn_ns", "never_ran_share", *STAGES, "overlap_efficiency")
    cases = [*all_of_it(), slow]
    for one in cases:
        one["counters"] |= dict.fromkeys(names, -extreme if one["variant"] == "tbb" else extreme)
    for form in FORMATS:
        render(concurrency_report(file(cases)), form)


def test_foreign_text_is_harmless() -> None:
    of = on(file(STUDY), "machine.cpu.model", "\x1b[31m[bold]|x|\n")
    for form in FORMATS:
        assert "\x1b" not in render(concurrency_report(of), form)
    assert "<U+001B>[31m[bold]|x|<U+000A>" in shown(of)


def test_colour_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in render(concurrency_report(file(STUDY)), "table")
