# SPDX-License-Identifier: Apache-2.0
"""Google Benchmark JSON of other programs."""

import pytest
from sample_results import foreign

from workspan.resultfile.google.foreign_file import ForeignFile, Untimed
from workspan.resultfile.read import decode_any
from workspan.support.errors import InputError


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        decode_any(data, "FILE")
    return str(caught.value)


def test_foreign_files() -> None:
    file = decode_any(foreign(), "other")
    assert isinstance(file, ForeignFile)
    assert [(s.name, s.threads, s.seconds) for s in file.series] == [
        ("BM_x/8", 1, pytest.approx([2e-6, 3e-6, 4e-6]))
    ]
    assert file.notes == ["1 row with an error left out"]
    assert file.untimed == [("BM_y", 1, True, "no")]
    assert file.label == "other"
    assert file.context["num_cpus"] == "2"
    assert "aggregates only" in refused(
        b'{"benchmarks": [{"name": "a_mean", "run_type": "aggregate", "real_time": 1}]}'
    )
    assert "$.benchmarks[0].real_time: -1.0 is negative" in refused(
        b'{"benchmarks": [{"name": "a", "real_time": -1}]}'
    )
    assert "$.benchmarks[0].real_time: is missing" in refused(b'{"benchmarks": [{"name": "a"}]}')
    zero = decode_any(
        b'{"benchmarks": [{"name": "a", "real_time": -0.0}, {"name": "A", "real_time": 1}]}', "zero"
    )
    assert isinstance(zero, ForeignFile)
    assert zero.notes == ["1 row with a time of 0 left out"]


def test_a_benchmark_without_a_time_failed_or_was_skipped() -> None:
    rows = (
        '{"name": "a", "skipped": true, "skip_message": "no GPU"}',
        '{"name": "b", "skipped": true}',
        '{"name": "b", "error_occurred": true, "error_message": "boom"}',
        '{"name": "c", "error_occurred": true}',
        '{"name": "c", "real_time": 1}',
        '{"name": "a_mean", "run_type": "aggregate", "real_time": 1}',
    )

    def untimed(*chosen: str) -> list[Untimed]:
        file = decode_any(f'{{"benchmarks": [{", ".join(chosen)}]}}'.encode(), "x")
        assert isinstance(file, ForeignFile)
        return file.untimed

    assert untimed(*rows) == [("a", 1, False, "no GPU"), ("b", 1, True, "boom")]
    assert untimed(rows[3], rows[5]) == [("c", 1, True, "it says no reason")]
