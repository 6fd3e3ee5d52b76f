# SPDX-License-Identifier: Apache-2.0
"""Findings about variables for OpenMP's waiting and for libraries."""

import pytest
from doctor_facts import NOTE, WARNING, facts, find, findings

from workspan.doctor import environment
from workspan.doctor.finding import Severity


@pytest.mark.parametrize(
    ("topic", "variables", "severity", "words"),
    [
        ("OpenMP", {"OMP_WAIT_POLICY": "ACTIVE"}, NOTE, "every pause between samples"),
        ("OpenMP", {"GOMP_SPINCOUNT": "infinity"}, NOTE, "GOMP_SPINCOUNT=infinity: decides"),
        ("OpenMP", {"KMP_BLOCKTIME": "200"}, NOTE, "KMP_BLOCKTIME=200"),
        ("OpenMP", {"OMP_THREAD_LIMIT": "1"}, WARNING, "OMP_THREAD_LIMIT=1: teams may have fewer"),
        ("OpenMP", {"OMP_DYNAMIC": "TRUE"}, WARNING, "OMP_DYNAMIC=TRUE"),
        ("libraries", {"OPENBLAS_CORETYPE": "Haswell"}, WARNING, "OPENBLAS_CORETYPE=Haswell"),
        (
            "libraries",
            {"MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            WARNING,
            "MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1: the library may run below its worth",
        ),
    ],
)
def test_each_finding(
    topic: str, variables: dict[str, str], severity: Severity, words: str
) -> None:
    finding = find(topic, findings(facts(environment__variables=variables), environment))
    assert (finding.severity, words in finding.found) == (severity, True), finding
    assert finding.advice.startswith("unset it")


def test_other_variables_bend_nothing() -> None:
    harmless = {
        "OMP_WAIT_POLICY": "passive",
        "OMP_NUM_THREADS": "2",
        "OMP_DYNAMIC": "false",
        "CUDA_VISIBLE_DEVICES": "0",
    }
    assert list(findings(facts(environment__variables=harmless), environment)) == []
