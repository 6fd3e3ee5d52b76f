# SPDX-License-Identifier: Apache-2.0
"""All tables of a file."""

from dataclasses import fields

import pytest
from asynchronous import all_of_it, contention, echo, files, futures, overlap, pipeline
from execution_models import models
from expert_cases import fma, gemm
from sample_results import case, result

from workspan.analysis.asynchrony.tables import Asynchrony, judge_asynchrony
from workspan.analysis.verdicts.conclusions import conclude


def named(found: Asynchrony) -> set[str]:
    return {of.name for of in fields(found) if getattr(found, of.name)}


def test_each_workload_gives_its_own_table() -> None:
    every = (files, echo, futures, pipeline, contention, overlap)
    for make in every:
        assert named(judge_asynchrony(result(make()))) == {make.__name__}
    assert len(named(judge_asynchrony(result(all_of_it())))) == len(every)
    assert judge_asynchrony(result(models())) == Asynchrony()


@pytest.mark.parametrize("workload", ["fileio", "echo", "pipeline", "contention"])
def test_the_file_says_what_is_about_concurrency(workload: str) -> None:
    other = case(f"{workload}/seq/n:8/threads:1", [1.0])
    assert judge_asynchrony(result([other])) == Asynchrony()


def test_they_tell_nothing_about_computing() -> None:
    computing = [*gemm(10.0, 19.0), *fma()]
    alone, beside = result(computing), result([*computing, *all_of_it()])
    assert conclude(beside) == conclude(alone)
