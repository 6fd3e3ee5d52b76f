# SPDX-License-Identifier: Apache-2.0
"""One list of presets: of the options, the budgets, the manifest and the binary."""

import re

from paths import ROOT

from workspan.running.manifest import Options
from workspan.running.schedule import BUDGETS
from workspan.support.presets import PRESETS, bench_preset


def test_every_preset_has_a_budget_and_is_a_valid_option() -> None:
    known = ("smoke", "quick", "gate", "full", "concurrency", "scaling")
    assert (*BUDGETS,) == PRESETS == known
    assert Options().preset in PRESETS


def test_the_binary_knows_every_preset_that_it_is_given() -> None:
    options = (ROOT / "harness/options/options.hpp").read_text()
    words = re.search(r"kPresetWords = \{(.*?)\}", options)
    assert words
    assert {bench_preset(preset) for preset in PRESETS} == set(re.findall(r"\w+", words[1]))
    assert bench_preset("gate") == "quick"
