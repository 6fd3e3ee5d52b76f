# SPDX-License-Identifier: Apache-2.0
"""The names of cases, made and recognised."""

import re

import pytest

from workspan.resultfile.names import CASE_NAME, case_name, problem_name


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ({}, "fft/omp/n:8/threads:2"),
        ({"input": "zipf"}, "fft/omp/n:8/input:zipf/threads:2"),
        (
            {"l2": "cold", "passes": "512", "cpus": "4", "input": "zipf", "ranks": "2"}
            | {"tau": "0.5"},
            "fft/omp/n:8/input:zipf/tau:0.5/cpus:4/passes:512/ranks:2/l2:cold/threads:2",
        ),
        (
            {"cpus": "1", "cancel": "50", "rate": "20000", "inflight": "16", "tau": "10ms"}
            | {"grain": "262144", "input": "chain", "chunks": "64"},
            "fft/omp/n:8/input:chain/grain:262144/tau:10ms/inflight:16/rate:20000/cancel:50"
            "/chunks:64/cpus:1/threads:2",
        ),
    ],
)
def test_keys_stand_in_a_fixed_order(keys: dict[str, str], name: str) -> None:
    assert case_name("fft", "omp", 8, keys, 2) == name
    assert re.match(CASE_NAME, name)


@pytest.mark.parametrize(
    "name",
    [
        "fft/omp/n:8",
        "fft/omp/threads:2",
        "fft/n:8/threads:2",
        "Fft/omp/n:8/threads:2",
        "fft/omp/n:-8/threads:2",
        "fft/omp/n:8/colour:red/threads:2",
        "fft/omp/n:8/l2:cold/input:zipf/threads:2",
        "fft/omp/n:8/tau:10ms/grain:256/threads:2",
        "fft/omp/n:8/cpus:/threads:2",
        "fft/omp/n:8/threads:2\n",
        " fft/omp/n:8/threads:2",
    ],
)
def test_another_text_is_not_a_name(name: str) -> None:
    assert not re.match(CASE_NAME, name)


def test_a_problem_is_named_by_its_workload_and_inputs() -> None:
    assert problem_name("copy", []) == "copy"
    assert problem_name("busy", {"grain": "256", "cpus": "1"}.values()) == "busy 256 1"
