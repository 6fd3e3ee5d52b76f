# SPDX-License-Identifier: Apache-2.0
"""Everything that a file tells about what asynchrony is used for."""

from dataclasses import dataclass

from workspan.analysis.asynchrony.contention import ContentionTable, contention_table
from workspan.analysis.asynchrony.futures import FutureTable, future_table
from workspan.analysis.asynchrony.io import EchoTable, FileTable, echo_table, file_tables
from workspan.analysis.asynchrony.overlap import OverlapTable, overlap_table
from workspan.analysis.asynchrony.pipeline import PipelineTable, pipeline_table
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.resultfile.model import ResultFile


@dataclass(frozen=True)
class Asynchrony:
    """A table for each workload; None, or none at all, if it was not measured."""

    files: tuple[FileTable, ...] = ()
    echo: EchoTable | None = None
    futures: FutureTable | None = None
    pipeline: PipelineTable | None = None
    contention: ContentionTable | None = None
    overlap: OverlapTable | None = None


def judge_asynchrony(file: ResultFile) -> Asynchrony:
    """The tables of a file."""
    run = file.workspan.run
    cases = [case for case in file.workspan.cases if is_about_concurrency(case)]
    return Asynchrony(
        files=file_tables(cases, run.target),
        echo=echo_table(cases, run.target),
        futures=future_table(cases),
        pipeline=pipeline_table(cases, run.all_threads, run.target),
        contention=contention_table(cases, run.all_threads, run.target),
        overlap=overlap_table(cases, run.target),
    )
