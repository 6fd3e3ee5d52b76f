# SPDX-License-Identifier: Apache-2.0
"""The newest run, and what it says about its samples."""

import os
from dataclasses import replace
from pathlib import Path

from block_files import TEAM, decoded, file_with, in_blocks
from doctor_facts import NOTE, OK, facts

from workspan.doctor.finding import LastRun
from workspan.doctor.last_run import clean, newest_run
from workspan.resultfile.clean_samples import CleanSamples
from workspan.resultfile.encode import encode_result

WALL = dict.fromkeys(range(1, 21), 1e-3)


def test_the_newest_run_is_the_one_that_was_written_last(tmp_path: Path) -> None:
    assert newest_run(tmp_path) is None
    for age, name in enumerate(("b", "a", "c")):
        (tmp_path / name).mkdir()
        disturbed = set(range(1, age + 1))
        case = in_blocks(TEAM, WALL, disturbed=disturbed)
        file = tmp_path / name / "result.json"
        file.write_bytes(encode_result(decoded(file_with([case], []))))
        os.utime(file, (1e9 - age, 1e9 - age))
    assert newest_run(tmp_path) == LastRun("b", CleanSamples(20, 20))
    os.utime(tmp_path / "c/result.json", (2e9, 2e9))
    assert newest_run(tmp_path) == LastRun("c", CleanSamples(18, 20))
    (tmp_path / "c/result.json").write_text("{")
    os.utime(tmp_path / "c/result.json", (2e9, 2e9))
    assert newest_run(tmp_path) is None


def test_a_share_below_that_of_an_idle_machine_is_noted() -> None:
    (good,) = clean(replace(facts(), last=LastRun("r", CleanSamples(95, 100))))
    assert (good.severity, good.found) == (OK, "95 % of 100 samples clean in r")
    (bad,) = clean(replace(facts(), last=LastRun("r", CleanSamples(60, 100))))
    assert (bad.severity, bad.found.startswith("60 % of 100 samples clean in r;")) == (NOTE, True)
    assert list(clean(facts())) == []
    assert list(clean(replace(facts(), last=LastRun("old", CleanSamples())))) == []
