# SPDX-License-Identifier: Apache-2.0
"""The page as a file: its policy, its elements, what it says first, the same bytes again."""

import base64
import hashlib
import json
import re

import msgspec
import pytest
from asynchronous import all_of_it
from execution_models import file_of, models
from html_check import Element, parse
from sample_results import changed, record, without_team

from workspan.page.page import page
from workspan.page.sources import Source
from workspan.resultfile.model import Status
from workspan.resultfile.read import decode_result

ORDER = [
    *("speedup", "why", "breakeven", "scaling", "roofline", "workloads", "concurrency"),
    *("cases", "trust", "machine"),
]


@pytest.fixture(scope="module")
def root(h100_page: str) -> Element:
    return parse(h100_page)


def test_the_policy_fits_what_is_on_the_page(root: Element) -> None:
    (meta,) = [m for m in root.all("meta") if "http-equiv" in m.attributes]
    assert meta.attributes["http-equiv"] == "Content-Security-Policy"
    allowed = meta.attributes["content"] or ""
    hashes = {
        "sha256-" + base64.b64encode(hashlib.sha256(one.text.encode()).digest()).decode()
        for one in (*root.all("style"), *root.all("script"))
    }
    assert set(re.findall(r"'(sha256-[^']+)'", allowed)) == hashes
    assert len(hashes) == 2
    assert allowed.startswith("default-src 'none';")
    assert "unsafe" not in allowed


def test_nothing_is_styled_or_scripted_in_place_and_nothing_is_loaded(root: Element) -> None:
    names = {name for one in root.descendants() for name in one.attributes}
    assert not [name for name in names if name == "style" or name.startswith("on")]
    assert not names & {"src", "srcset", "action", "formaction", "xlink:href"}
    links = {one.attributes.get("href") or "" for one in root.descendants()} - {""}
    assert not [link for link in links if not link.startswith("#") and link != "data:,"]
    assert not {one.tag for one in root.descendants()} & {"iframe", "object", "embed", "base"}


def test_ids_are_unique_and_references_hit(root: Element) -> None:
    ids = [one.attributes["id"] for one in root.descendants() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    targets = {(one.attributes.get("href") or "")[1:] for one in root.descendants()}
    assert {t for t in targets if t and t != "ata:,"} <= set(ids)


def test_every_chart_has_a_label_and_a_table(root: Element) -> None:
    figures = root.all("figure")
    assert len(figures) >= 3
    for figure in figures:
        assert len(figure.all("svg")) == 2, "for a desktop and for a phone"
        assert all(svg.attributes["aria-label"] for svg in figure.all("svg"))
        (table,) = figure.all("table")
        assert len(table.all("tr")) > 1


def test_the_answer_comes_first_and_the_sections_in_their_order(root: Element) -> None:
    (main,) = root.all("main")
    head = main.children[0]
    assert head.tag == "header"
    assert len(head.all("h1")) == 1
    tiles = [dd.text for dd in head.all("dd")]
    assert len(tiles) == 6
    assert tiles[4:] == ["7 of 20", "9 of 20"]
    assert "How far to trust it" in head.whole_text
    assert "One process per workload" in head.whole_text
    names = [one.attributes["id"] for one in main.all("section")]
    assert names == [name for name in ORDER if name in names]
    assert {"speedup", "why", "breakeven", "cases", "trust", "machine"} <= set(names)
    contents = [a.attributes["href"] for a in root.all("nav")[0].all("a")]
    assert contents == [f"#{name}" for name in names]


def test_all_cases_are_there_and_the_legend_names_the_places(root: Element, h100: Source) -> None:
    (section,) = [one for one in root.all("section") if one.attributes["id"] == "cases"]
    rows = section.all("tbody")[0].all("tr")
    assert len(rows) == len(h100.content.workspan.cases)
    kinds = [li.attributes["data-kind"] for li in root.all("li") if "data-kind" in li.attributes]
    assert kinds == ["one", "team", "host_library", "gpu", "transfers", "gpu_library"]


def test_the_same_file_makes_the_same_bytes(small: Source, small_page: str) -> None:
    again = Source(small.name, small.content, small.sha256)
    assert page([again]) == small_page


def test_a_run_about_io_is_headed_by_its_first_finding() -> None:
    file = decode_result(json.dumps(file_of(all_of_it())).encode(), "x")
    head = page([Source("x", file, "")]).partition("</h1>")[0]
    assert "Reads by io_uring: 1.28 GB/s, 1.22x the rate of seq" in head


def test_a_run_about_concurrency_is_headed_by_its_finding() -> None:
    file = decode_result(json.dumps(file_of(models())).encode(), "x")
    root = parse(page([Source("x", file, "")]))
    assert root.all("h1")[0].text.startswith("Concurrent is not parallel: on one core")


def test_a_run_that_others_disturbed_says_so_first_and_its_finding_below(xeon: Source) -> None:
    concurrency = decode_result(json.dumps(file_of(models())).encode(), "x")
    loud = [record(number=k, disturbed=["others"]) for k in (1, 2)]
    for file, finding in (
        (xeon.content, "2 CPUs do the work of 2.0 cores: 1.99"),
        (concurrency, "Concurrent is not parallel: on one core"),
    ):
        root = parse(page([Source("x", changed(file, invocations=loud), "")]))
        (head,) = root.all("header")
        (title,) = head.all("h1")
        said = "Not a measurement of this machine alone, as 2 of 2 processes were disturbed."
        assert title.text == said
        assert finding in head.whole_text


def spoiled(source: Source, status: Status) -> Source:
    """The same, in which no case of gemm has a number."""
    cases = [
        msgspec.structs.replace(case, status=status) if case.workload == "gemm" else case
        for case in source.content.workspan.cases
    ]
    return Source(source.name, changed(source.content, cases=cases), "")


def test_failed_cases_are_the_first_that_a_page_says(xeon: Source, small: Source) -> None:
    count = sum(case.workload == "gemm" for case in xeon.content.workspan.cases)
    bad = spoiled(xeon, Status.CRASHED)
    (head,) = parse(page([bad])).all("header")
    eyebrow, first, title = head.children[:3]
    assert (eyebrow.attributes["class"], title.tag) == ("eyebrow", "h1")
    assert (first.attributes["class"], first.text) == ("failed", f"{count} cases failed: gemm.")
    verified = "Every number was verified before and after timing"
    assert f"{verified}; the failed cases have none." in head.whole_text
    (head,) = parse(page([small, bad])).all("header")
    assert head.children[1].text == f"B: {count} cases failed: gemm."
    (head,) = parse(page([xeon])).all("header")
    assert head.children[1].tag == "h1"
    assert f"{verified}." in head.whole_text


def test_a_quick_run_is_a_page_of_less_than_a_mebibyte(h100_page: str) -> None:
    assert len(h100_page.encode()) < 1 << 20


def test_the_marks_of_the_headline_are_explained(h100_page: str) -> None:
    head = h100_page.partition("<section")[0]
    assert "13.7x?" in head
    assert "?: no interval, so it is said by value" in head


def test_beside_each_other_a_dash_is_what_was_not_measured(h100: Source, xeon: Source) -> None:
    head = parse(page([h100, xeon])).all("header")[0]
    rows = {
        row[0]: row[1:]
        for row in ([td.text for td in tr.all("td")] for tr in head.all("tr"))
        if row
    }
    assert rows["speedups over one thread"] == ["4.9-14x", "1.5-2.0x"]
    assert rows["workloads won by the GPU"] == ["7 of 20", "-"]
    assert [name for name, (first, _) in rows.items() if first == "-"] == []


def test_several_files_stand_beside_each_other(small: Source, xeon: Source) -> None:
    root = parse(page([small, xeon]))
    head = root.all("header")[0]
    titles = [th.text for th in head.all("th")]
    assert titles == ["", "A", "B"], "two machines: neither is old"
    named = [row.all("td")[0].text for row in head.all("tbody")[0].all("tr")]
    assert "memory traffic, all CPUs over one" in named
    assert root.all("section")[0].attributes["id"] == "compare"
    ids = [one.attributes["id"] for one in root.descendants() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    text = root.all("main")[0].whole_text
    assert "small/result.json" in text
    assert "xeon-emerald-rapids-vm-2-cores/quick.json" in text


def test_a_host_on_one_thread_is_named_in_the_headline_and_beside_the_numbers(
    h100: Source,
) -> None:
    root = parse(page([Source("x", without_team(h100.content), "")]))
    (head,) = root.all("header")
    (title,) = head.all("h1")
    start = "The GPU beats the best host code on one thread of 16 CPUs in 20 of 20 workloads"
    assert title.text.startswith(start)
    assert title.text.count("The GPU") == 1 and "; the GPU" not in title.text
    assert "workloads won by the GPU over one thread of 16 CPUs" in head.whole_text
