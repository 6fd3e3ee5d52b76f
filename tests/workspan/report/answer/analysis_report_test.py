# SPDX-License-Identifier: Apache-2.0
"""The analysis as text, Markdown and JSON: complete, within 100 columns, harmless."""

import json
import re
from functools import cache

import pytest
from expert_cases import fma, gemm, read
from gpu_curves import run_of
from judging import computing
from paths import ROOT
from sample_results import result, without_team
from transfers import copies

from workspan.report.answer.analysis_report import FORMATS, render
from workspan.report.cells import PROSE_COLUMNS
from workspan.resultfile.read import read_result

H100 = ROOT / "results" / "h100-80gb-16-cores" / "quick-1-process.json"
EPYC = ROOT / "results" / "epyc-avx512-vm-2-cores" / "quick.json"


@cache
def of_h100(form: str) -> str:
    return render(read_result(H100), form)


def test_the_sections_of_a_gpu_run_in_order() -> None:
    titles = [
        "What may mislead",
        "Is the GPU worth it?",
        "Why not more",
        "Scaling",
        "Measured ceilings",
    ]
    lines = of_h100("text").splitlines()
    assert lines[0].startswith("16 x Intel(R) Xeon(R) Processor and NVIDIA H100")
    assert [line for line in lines if line in titles] == titles
    assert all(len(line) <= PROSE_COLUMNS for line in lines)
    assert [f"## {title}" in of_h100("markdown") for title in titles] == [True] * 5


def test_the_gpu_table() -> None:
    lines = of_h100("text").splitlines()
    cells = ["gemm", "always from 256?", "between 256 and 2^11?", "omp (16)"]
    assert cells in [re.split(r"\s{2,}", line) for line in lines]
    assert "| histogram zipf | always from 2^16? | never up to 2^28? | omp (16) |" in of_h100(
        "markdown"
    ).replace("\\", "")


def test_the_table_of_ceilings() -> None:
    lines = of_h100("text").splitlines()
    copy, fma = (
        "in its row, copy/omp/n:16777216/threads:16",
        "in its row, fma/cuda/n:262144/threads:1",
    )
    assert f"16 CPUs  memory      copy     202 GB/s      {copy}" in lines
    assert f"GPU      arithmetic  fma      60.5 TFLOP/s  {fma}" in lines


def test_a_ceiling_beside_says_so() -> None:
    lines = render(read_result(EPYC), "text").splitlines()
    name = "copy/omp/n:24576/passes:16/threads:2"
    assert f"2 CPUs  l2          copy     475 GB/s     beside 4 groups, {name}" in lines


def test_small_sizes_are_shown_only_if_they_are_too_small() -> None:
    text = of_h100("text")
    assert "copy, n = 2^12: Too small for threads" in text
    assert "gemm, n = 256:" not in text
    assert "*: the interval is within one process." in text
    assert text.count("?: no interval, so it is said by value") == 1


def test_json_has_all_of_it() -> None:
    tree = json.loads(of_h100("json"))
    assert [*tree] == [
        *("headline", "alarms", "break_evens", "verdicts", "scalings"),
        *("weak_scalings", "task_graphs", "rooflines", "links"),
    ]
    assert len(tree["break_evens"]) == 42
    gemm_256 = next(v for v in tree["verdicts"] if (v["workload"], v["n"]) == ("gemm", 256))
    assert gemm_256["findings"][0]["numbers"]["speedup"]["within_one_process"]
    point = tree["break_evens"][0]["points"][0]
    assert point["host"] == "copy/seq/n:4096/threads:1"
    assert point["ratio"]["interval"][0] < point["ratio"]["value"]


def test_transfers_have_a_table_of_their_own_and_no_paragraph() -> None:
    cases = [*gemm(10, 19), *copies("h2d", 12.0, 6e-6), *copies("both_pinned", 98.5, 8e-6)]
    text = render(result(cases), "text")
    table = text[text.index("Transfers\n") :].splitlines()
    assert "h2d          12.0 GB/s     2^28   2^12        6.00 us" in table
    assert "both_pinned  98.5 GB/s     2^28   2^12        8.00 us" in table
    assert "transfer, n" not in text


def test_a_run_of_transfers_alone_is_analysed() -> None:
    text = render(result(copies("d2h", 11.0, 6e-6)), "text")
    assert "d2h   11.0 GB/s     2^28   2^12        6.00 us" in text


@pytest.mark.parametrize("form", FORMATS)
def test_a_run_without_gpu_has_no_gpu_table(form: str) -> None:
    text = render(result([*gemm(10, 19), *fma(), *read()]), form)
    assert "Is the GPU worth it?" not in text
    assert "gemm" in text


def test_a_graph_of_tasks_has_a_section() -> None:
    counted = {"tiles": 6.0, "work_seconds": 12e-3, "span_seconds": 4e-3}
    tasks = computing("cholesky/omp_tasks/n:64/threads:2", 18, counters=counted)
    file = result([*gemm(10, 19), tasks])
    assert "\nWork and span\n\ncholesky omp_tasks, n = 64, 6 x 6 tiles: " in render(file, "text")
    assert json.loads(render(file, "json"))["task_graphs"][0]["span"] == 4e-3
    assert "Work and span" not in render(result([*gemm(10, 19)]), "text")


def test_a_mark_of_work_and_span_has_its_legend_above() -> None:
    counted = {"tiles": 6.0, "work_seconds": 12e-3, "span_seconds": 4e-3}
    tasks = computing("cholesky/omp_tasks/n:64/threads:2", 18, counters=counted)
    alone = computing("cholesky/omp_tasks/n:64/threads:1", 10)
    text = render(result([alone, tasks]), "text")
    assert text.count("?") == 3, "only there, so that no other section has it explained"
    assert text.index("?: no interval") < text.index("measured 1.80x?, 90 %? of it")


def test_pinned_memory_has_a_column_if_it_was_measured() -> None:
    pinned = computing("gemm/cuda_pinned/n:64/threads:1", 40, scope="e2e")
    text = render(result([*gemm(10, 19), pinned]), "text")
    assert "workload  from pinned memory  best host code" in text
    assert "gemm      always from 64?     omp (2)" in text


def test_a_size_whose_interval_does_not_tell_is_not_never() -> None:
    ratios = {2**10: 0.5, 2**12: 0.7, 2**14: 1.0}
    file = run_of([*ratios], ratios.__getitem__, noise=0.02, variant="cuda_e2e")
    text = " ".join(render(file, "text").split())
    assert "reduce never up to 2^12, 2^14 unclear omp (2)" in text
    assert "never up to 2^12, cannot tell at 2^14 (" in text
    assert "never up to 2^14" not in text


def test_an_answer_stands_first_also_without_a_team_of_the_host() -> None:
    full = render(read_result(ROOT / "results/h100-80gb-16-cores/full-cuda.json"), "text")
    assert full.splitlines()[2].startswith("The GPU reaches 85 % of the ceiling in 3 of 14")
    assert "\nread, n = 2^27: GPU with its data resident, 3052 GB/s, itself a ceiling.\n" in full
    team = render(result(gemm(10, 19)), "text")
    assert "\n\nOver seq, the suite's code for one thread, gemm gains 1.90x? by omp.\n" in team
    alone = render(result(read()[:1]), "text")
    assert alone.splitlines()[2] == "Nothing was measured that tells how parallel it is."
    assert "Why not more" not in alone, "nothing is said there"


def test_a_host_on_one_thread_is_named_wherever_the_gpu_is_compared_with_it() -> None:
    words = " ".join(render(without_team(read_result(H100)), "text").split())
    answer, _, doubts = words.partition("What may mislead")
    assert "beats the best host code on one thread of 16 CPUs in 20 of 20 workloads" in answer
    assert "20 workloads was not measured on all CPUs, at worst on one thread of 16 CPUs" in doubts
    assert "at any number of threads; it was measured on at most one thread of 16 CPUs;" in doubts
    assert "232x [217, 259]* seq on one thread of 16 CPUs, 40 % of fma (at 12.2 flop" in doubts
    whole = " ".join(of_h100("text").split())
    assert "at any number of threads; its name" in whole
    assert "of 16 CPUs" not in whole
