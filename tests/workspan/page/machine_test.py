# SPDX-License-Identifier: Apache-2.0
"""The section on machine and build: what the file tells, and the file by its hash."""

from dataclasses import replace

from workspan.page.machine import machine_section
from workspan.page.sources import Source


def test_the_file_is_named_by_its_hash(h100: Source) -> None:
    facts = dict(machine_section([h100]).blocks[0].facts)
    assert facts["SHA-256"] == h100.sha256
    assert facts["file"] == "h100-80gb-16-cores/quick-1-process.json"
    assert facts["GPUs"] == "NVIDIA H100 80GB HBM3"
    assert "-O3" in facts["build"]
    assert facts["command"]


def test_each_file_has_its_facts(small: Source) -> None:
    section = machine_section([replace(small, letter=letter) for letter in "AB"])
    assert [block.of[:2] for block in section.blocks] == ["A:", "B:"]
    assert small.content.workspan.invocations
    names = [name for block in section.blocks for name, _ in block.facts]
    assert "processes" not in names, "they are in the section on trust"
