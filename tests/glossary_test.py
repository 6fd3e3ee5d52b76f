# SPDX-License-Identifier: Apache-2.0
"""docs/glossary.md defines every column, verdict and label."""

import os
import re
import subprocess
import sys
from pathlib import Path

from workspan.analysis.concurrency import ModelRow
from workspan.analysis.verdicts.conclusions import conclude
from workspan.compare.cases import Report
from workspan.compare.verdict import Verdict
from workspan.report.answer.analysis_report import LINK_HEADS, sections
from workspan.report.comparison.comparison_sheet import sheet_columns, verdict_word
from workspan.report.comparison.machines_sheet import CASES, SECTIONS, columns
from workspan.report.concurrency.asynchrony_sheets import ALL_COLUMNS
from workspan.report.concurrency.concurrency_table import model_cells
from workspan.report.gpu_table import gpu_rows
from workspan.report.run_table import FAILURE_LABELS
from workspan.report.warning_words import WORDS
from workspan.report.weak_sentences import COLUMNS as COLUMNS_OF_WEAK
from workspan.resultfile.read import read_result

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = (ROOT / "docs/glossary.md").read_text()


def glossary_columns(tool: str) -> set[str]:
    """The terms that docs/glossary.md calls columns of a tool: (column of `info`, `gpu`)."""
    entries = re.findall(r"^\*\*([^*]+)\*\* \(column of ([^)]*)\)", GLOSSARY, re.MULTILINE)
    return {term for terms, tools in entries if f"`{tool}`" in tools for term in terms.split(", ")}


def test_the_glossary_defines_every_column_of_info() -> None:
    command = [
        sys.executable,
        "-c",
        "from workspan.cli.entry import main; main()",
        "info",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "COLUMNS": "200"}
    for file in sorted((ROOT / "results").glob("*/quick*.json")):
        shown = subprocess.run(
            [*command, str(file)],
            capture_output=True,
            text=True,
            env=environment,
            check=True,
        ).stdout
        heads = {head for head in shown.splitlines() if head.startswith("variant ")}
        assert heads
        columns = {column for head in heads for column in re.split(r"\s{2,}", head.strip())}
        assert columns <= glossary_columns("info")


def test_the_glossary_defines_every_column_of_gpu() -> None:
    rows = gpu_rows(read_result(ROOT / "results/h100-80gb-16-cores/full-cuda.json"), {})
    assert set(rows[0]) <= glossary_columns("gpu")


def test_the_glossary_defines_every_column_of_analyze() -> None:
    file = read_result(ROOT / "results/h100-80gb-16-cores/quick-1-process.json")
    headers = {h for part in sections(conclude(file), file) for h in (part.table or [[]])[0]}
    assert "data resident" in headers
    columns = {*headers, *COLUMNS_OF_WEAK, *LINK_HEADS}
    assert columns - {"workload"} <= glossary_columns("analyze")


def test_the_glossary_defines_every_column_of_concurrency() -> None:
    columns = {*model_cells(ModelRow("x")), *(column.title for column in ALL_COLUMNS)}
    assert columns <= glossary_columns("concurrency")


def test_the_glossary_defines_every_column_and_verdict_of_compare() -> None:
    reports = [Report([]), Report([], by="seq"), Report([], reference=True)]
    titles = {column.title.split(" seq")[0] for one in reports for column in sheet_columns(one)}
    titles |= {column.title.removesuffix(": A") for column in columns(("A", "B"))}
    assert titles <= glossary_columns("compare")
    verdict = re.search(r"^\*\*verdict\*\*: (.*?)\n\n", GLOSSARY, re.MULTILINE | re.DOTALL)
    assert verdict
    shown = {verdict_word(one, report) for one in Verdict for report in reports}
    assert shown <= set(re.findall(r"\w+", verdict.group(1)))


def test_the_glossary_defines_every_label() -> None:
    labels = {*FAILURE_LABELS.values(), *(word for word, _ in SECTIONS.values()), CASES}
    assert {label for label in labels if not re.search(rf"\b{label}\b", GLOSSARY)} == set()


def test_the_glossary_defines_every_warning() -> None:
    """Each sentence of a warning begins with a term, apart from facts that are sentences."""
    entries = re.findall(r"^\*\*([^*]+)\*\*", GLOSSARY, re.MULTILINE)
    terms = {term for entry in entries for term in entry.split(", ")}
    named = {
        "gpu_clock_held": "GPU clock held down",
        "gpu_clock_unsteady": "GPU clock held down",  # the same entry: "..., not steady"
        "above_ceiling": "above its ceiling",
        "shared_cache": "shared cache",
        "disturbed": "disturbed",
        "launch": "launch",
        "implausible": "implausible",
        "starved": "starved",
        "one_cpu": "one CPU",
        "disturbed_samples": "disturbed samples",
        "weak_baseline": "weak baseline",
        "library_setting": "library setting",
        "no_ceiling": "without its ceiling",
        "partly_cached": "partly cached",
    }
    assert set(WORDS) - {"skipped_once", "note"} == set(named)
    assert set(named.values()) <= terms
