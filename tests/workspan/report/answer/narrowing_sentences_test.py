# SPDX-License-Identifier: Apache-2.0
"""Why a bracket stays wide, in a line."""

import msgspec
import pytest
from gpu_curves import run_of
from sample_results import without_times

from workspan.analysis.laws.break_even import break_evens
from workspan.analysis.laws.narrowing import WideBracket
from workspan.report.answer.narrowing_sentences import sentence
from workspan.resultfile.model import Case

REFUSED = msgspec.convert(without_times("reduce/cuda/n:4096/threads:1", scope="kernel"), Case)


@pytest.mark.parametrize(
    ("refused", "untold", "why"),
    [
        (REFUSED, True, "reduce/cuda/n:4096/threads:1: no CUDA device"),
        (None, True, "the sizes between do not tell which is faster; more invocations may"),
        (None, False, "no size between could be measured"),
    ],
)
def test_each_reason(refused: Case | None, untold: bool, why: str) -> None:
    (found,) = break_evens(run_of((2**10, 2**18), lambda n: n / 2**14, variant="cuda_e2e"))
    wide = WideBracket(found, found.brackets[0], refused, untold)
    assert sentence(wide) == (
        f"break-even of reduce, with transfers: stays between 2^10 and 2^18: {why}"
    )
