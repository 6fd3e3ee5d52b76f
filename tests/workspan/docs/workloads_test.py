# SPDX-License-Identifier: Apache-2.0
"""The list of the binary as Markdown: tables, and a section for each workload."""

from workspan.docs.workloads import (
    bound,
    check_table,
    described,
    entries,
    paragraphs,
    pattern,
    sections,
    sentence,
    summary_table,
    variant_meanings,
)

LISTED = """fma         chains of a * x + b, float
            sizes 2^10 2^14
            variants seq cuda
dfma        chains, double
            sizes 2^10; input uniform zipf
            variants seq cuda
  fma and dfma: n chains, a * b * c; bound by the
  units: nothing else.
  Parallel pattern: map, of independent chains. Arithmetic intensity 1.
    a' = high |x|
  Key passes: none. Check: exact, as of Brent et al. 1980. A <b> step
  left out shows.

scan        prefix sum
            sizes 8
            variants seq
  scan: sums in `a * b` and a*b.
  Check: every element.

variants
  seq          the best
  others       described above
"""


def test_each_workload_has_its_facts_and_its_prose() -> None:
    fma, dfma, scan = entries(LISTED)
    assert (fma.name, fma.summary, fma.prose) == ("fma", "chains of a * x + b, float", ())
    assert dfma.facts == ("sizes 2^10; input uniform zipf", "variants seq cuda")
    assert scan.prose == ("scan: sums in `a * b` and a*b.", "Check: every element.")


def test_neighbours_share_the_prose_of_the_last() -> None:
    fma, dfma, scan = described(entries(LISTED))
    assert fma.name == "fma"
    assert fma.prose == dfma.prose != scan.prose


def test_a_paragraph_begins_with_a_label_after_a_sentence_and_around_code() -> None:
    begin = [part[0].split(":")[0] for part in paragraphs(entries(LISTED)[1].prose)]
    assert begin == ["fma and dfma", "Parallel pattern", "  a' = high |x|", "Key passes"]


def test_the_first_sentence_after_a_label() -> None:
    prose = entries(LISTED)[1].prose
    assert sentence(prose, "Check") == "exact, as of Brent et al. 1980"
    assert sentence(prose, "Tolerance") == "-"
    assert pattern(prose) == "map"
    assert pattern(["Parallel pattern: map (a), then scatter (b), by adding."]) == (
        "map (a), then scatter (b)"
    )


def test_tables_have_a_row_for_each_workload() -> None:
    ceilings = {"fma": "fma", "dfma": "dfma", "scan": "copy"}
    rows = summary_table(entries(LISTED), ceilings).splitlines()
    assert rows[0] == "| workload | computes | parallel pattern | bound by |"
    assert rows[2:] == [
        "| `fma` | chains of a * x + b, float | map | arithmetic: `fma` |",
        "| `dfma` | chains, double | map | arithmetic: `dfma` |",
        "| `scan` | prefix sum | - | memory: `copy` |",
    ]
    assert check_table(entries(LISTED)).splitlines()[4] == "| `scan` | every element |"
    assert bound("") == "-"


def test_a_section_escapes_what_markdown_would_take_for_markup() -> None:
    text = sections(entries(LISTED))
    assert "\n## dfma\n\nchains, double.\n\n- sizes: 2^10; input uniform zipf\n" in text
    assert "\n**fma and dfma**: n chains, a \\* b \\* c; bound by the\nunits: nothing" in text
    assert "\n```\na' = high |x|\n```\n" in text
    assert "A \\<b> step\n" in text
    assert "**scan**: sums in `a * b` and a\\*b.\n" in text


def test_variants_of_one_meaning_are_listed() -> None:
    assert variant_meanings(LISTED) == [("seq", "the best")]
