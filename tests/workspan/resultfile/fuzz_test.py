# SPDX-License-Identifier: Apache-2.0
"""Mutated result files through validate, info, export and compare.

No traceback, no hang, and nothing accepted that the schema forbids.
"""

import io
import json
import os
import random
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from block_files import ChangingMachine
from rich.console import Console
from sample_results import (
    case,
    encoded,
    foreign,
    journal,
    old_case,
    old_tree,
    result,
    without_times,
)

from workspan.analysis.merge import RunRequest, merge_run
from workspan.cli.app import invoke
from workspan.report.export import to_csv, to_gobench, to_junit
from workspan.report.frame import frame_of
from workspan.report.run_info import print_info
from workspan.resultfile.encode import encode_result
from workspan.resultfile.json_schema import json_schema
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import decode_any, decode_journal, decode_result, result_violations
from workspan.support.errors import InputError

FILES = 10_000 if os.environ.get("WORKSPAN_LONG") else 2_000
HANG = 60  # seconds; a file takes a few milliseconds
VALIDATOR = jsonschema.Draft202012Validator(json_schema())
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
TEXTS = [
    "",
    "\u202e",
    "\x00",
    "=1+1",
    "|`<b>",
    "\ud800",
    "x" * 70_000,
    "unknown",
    "none",
    "copy/seq/n:8/threads:1",
    "\U0010ffff",
    "a\nb",
]
NUMBERS = [
    0,
    -1,
    1,
    -0.0,
    1e-320,
    1e300,
    1.7e308,
    2**31,
    2**53 + 1,
    2**63,
    2**64,
    10**30,
    0.1,
    float("inf"),
    float("nan"),
]
RAW = [
    b"1e999",
    b"-1e999",
    b"1" * 5000,
    b"0x10",
    b"01",
    b"1.",
    b"tru",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b"\x00",
    b"[" * 3000,
    b'{"a":' * 3000,
]

Mutator = Callable[[bytes, random.Random], bytes]


def merged() -> bytes:
    """A run of three invocations, with everything that may be in a file."""
    seq, omp = "copy/seq/n:8/threads:1", "copy/omp/n:8/input:zipf/threads:2"
    journals = [
        journal([case(seq, [k, k + 0.1]), case(omp, [k / 2], counters={"p99": 1.0})], "copy", k)
        for k in (1, 2, 3)
    ]
    journals.append(journal([case(seq, [9.0])], "copy", 3, 2, disturbed=["steal"]))
    timed = case(seq, [4.0])
    timed["invocations"][0]["latencies"] = {"ns": [1, 40_000, 90_000], "tasks": [1, 900, 100]}
    journals.append(journal([timed], "copy", 4))
    plan = result([without_times("copy/cuda/n:8/threads:1")])
    return encode_result(merge_run(journals, plan, RunRequest(["run"], "gate", 3), complete=True))


BASES = (encoded(), merged(), encode_result(ChangingMachine(1, blocks=7).run(3)), foreign())


def byte_flip(data: bytes, r: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(r.choice((1, 1, 2, 8))):
        changed[r.randrange(len(changed))] = r.randrange(256)
    return bytes(changed)


def digit_flip(data: bytes, r: random.Random) -> bytes:
    places = [m.start() for m in re.finditer(rb"[0-9]", data)]
    k = r.choice(places)
    return data[:k] + r.choice((b"0", b"9", b"-", b".", b"e", b"")) + data[k + 1 :]


def truncated(data: bytes, r: random.Random) -> bytes:
    return data[: r.randrange(len(data))]


def spliced(data: bytes, r: random.Random) -> bytes:
    a, b = sorted(r.randrange(len(data)) for _ in range(2))
    return data[:a] + data[b:] if r.random() < 0.5 else data[:b] + data[a:]


def with_raw(data: bytes, r: random.Random) -> bytes:
    k = r.choice([m.end() for m in re.finditer(rb"[:,\[]", data)])
    rest = data[k:] if r.random() < 0.5 else re.sub(rb"\A[^,\]}]*", b"", data[k:])
    return data[:k] + r.choice(RAW) + rest


def key_twice(data: bytes, r: random.Random) -> bytes:
    found = r.choice(list(re.finditer(rb'"[a-z_]+": *[^,{\[\]}]+,', data)))
    return data[: found.end()] + found[0] + data[found.end() :]


def _nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, child in list(items):
        yield value, key
        yield from _nodes(child)


def _hostile(old: Any, r: random.Random) -> Any:
    kind = r.randrange(8)
    if kind == 0:
        return r.choice(TEXTS)
    if kind == 1:
        return r.choice(NUMBERS)
    if kind == 2:
        return r.choice(([], {}, None, True, False, [[]], {"a": 1}, [None] * 3, [1e-6] * 2000))
    if kind == 3 and isinstance(old, int | float):
        return old * r.choice((1e3, 1e-3, 1e9, -1, 1 + 1e-12))
    if kind == 4 and isinstance(old, str):
        return r.choice(
            (old.upper(), old + "\n", old + "\u202e", old[::-1], " " + old, old.replace(":", "="))
        )
    if kind == 5 and isinstance(old, list):
        return r.choice((old * 2, old[::-1], old[:-1], [old]))
    if kind == 6 and isinstance(old, dict):
        return r.choice(
            (
                list(old.values()),
                {k.upper(): v for k, v in old.items()},
                old | {r.choice(TEXTS): 1},
                list(old),
            )
        )
    return [old] if r.random() < 0.5 else str(old)


def structural(data: bytes, r: random.Random) -> bytes:
    file = json.loads(data)
    for _ in range(r.choice((1, 1, 1, 2, 5))):
        if not (nodes := list(_nodes(file))):
            break  # all is removed already
        node, key = r.choice(nodes)
        if r.random() < 0.2:
            del node[key]
        else:
            node[key] = _hostile(node[key], r)
    return json.dumps(file, ensure_ascii=r.random() < 0.7).encode("utf-8", "surrogatepass")


def exchanged(data: bytes, r: random.Random) -> bytes:
    """Two values change places."""
    file = json.loads(data)
    (a, i), (b, k) = r.sample(list(_nodes(file)), 2)
    a_value, b_value = json.dumps(a[i]), json.dumps(b[k])
    a[i] = json.loads(b_value)
    if k in b if isinstance(b, dict) else k < len(b):
        b[k] = json.loads(a_value)
    return json.dumps(file).encode()


MUTATORS: list[Mutator] = [
    byte_flip,
    digit_flip,
    truncated,
    spliced,
    with_raw,
    key_twice,
    structural,
    structural,
    structural,
    exchanged,
]


def used(data: bytes) -> str:
    """Reads and shows; "refused", "foreign" or "accepted". Any other exception fails the test."""
    violations = result_violations(data, "FILE")
    try:
        file = decode_any(data, "FILE")
    except InputError as e:
        assert "\n" not in str(e)
        assert not CONTROL.search(str(e))
        assert len(str(e)) < 1000
        assert violations
        return "refused"
    out = io.StringIO()
    print_info(file, Console(file=out, width=80, force_terminal=True, color_system=None))
    assert not CONTROL.search(out.getvalue())
    to_gobench(file)
    assert not CONTROL.search(to_csv(frame_of(file, "FILE")).decode().replace("\r\n", "\n"))
    if isinstance(file, ResultFile):
        assert not violations
        VALIDATOR.validate(json.loads(data))
        to_junit(file)
        again = encode_result(file)
        assert decode_result(again, "again").workspan == file.workspan
    return "accepted" if isinstance(file, ResultFile) else "foreign"


def _hung(*_: object) -> None:
    raise AssertionError(f"no answer in {HANG} s")


@pytest.fixture
def _watched() -> Iterator[None]:
    old = signal.signal(signal.SIGALRM, _hung)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, old)


def mutations(count: int, seed: int) -> Iterator[tuple[int, str, bytes]]:
    r = random.Random(seed)
    for k in range(count):
        mutate = MUTATORS[k % len(MUTATORS)]
        base = r.choice(BASES)
        yield k, mutate.__name__, mutate(base, r)


def told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> int:
    """Runs a command as a person does, whose output is harmless; gives its exit code."""
    code = invoke(arguments)
    said = capsys.readouterr()
    assert code in (0, 1, 2, 3)
    assert not CONTROL.search(said.out + said.err)
    assert len(said.err.splitlines()) <= 1, said.err
    return code


@pytest.mark.usefixtures("_watched")
def test_mutated_files_are_refused_or_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only every tenth refused file goes through the commands too: they all refuse it alike."""
    seed = int(os.environ.get("WORKSPAN_FUZZ_SEED", "3"))
    base, path = tmp_path / "base.json", tmp_path / "mutated.json"
    base.write_bytes(BASES[1])
    ends: Counter[str] = Counter()
    for k, name, data in mutations(FILES, seed):
        signal.alarm(HANG)
        try:
            end = used(data)
            ends[end] += 1
            if end == "refused" and k % 10:
                continue
            path.write_bytes(data)
            valid = told(["validate", str(path)], capsys)
            assert valid == (0 if end == "accepted" else 2)
            files = [str(base), str(path)]
            code = told(["compare", *(files if k % 2 else files[::-1])], capsys)
            assert code == 2 or end != "refused"
        except Exception as e:
            raise AssertionError(f"file {k} of seed {seed}, {name}: {data[:3000]!r}") from e
    assert ends["refused"] > FILES // 2
    assert ends["accepted"] > FILES // 50  # else the mutations are too wild to say anything


@pytest.mark.usefixtures("_watched")
def test_mutated_files_of_schema_1_are_refused_or_right() -> None:
    """No exception but InputError, and what is accepted is right in today's schema."""
    seq, omp = "copy/seq/n:8/threads:1", "copy/omp/n:8/input:zipf/threads:2"
    warnings = ("disturbed: no quiet attempt at invocation 2", "implausible: 2.00 of the ceiling")
    cases = [
        old_case(case(seq, [1.0, 2.0, 3.0]), warnings),
        case(omp, [0.5], counters={"p99": 1.0}),
        without_times("copy/cuda/n:8/threads:1"),
    ]
    base, r, accepted = json.dumps(old_tree(cases)).encode(), random.Random(7), 0
    for k in range(FILES // 5):
        signal.alarm(HANG)
        data = MUTATORS[k % len(MUTATORS)](base, r)
        try:
            file = decode_any(data, "FILE")
        except InputError as e:
            assert "\n" not in str(e)
            continue
        if isinstance(file, ResultFile):
            accepted += 1
            again = encode_result(file)
            VALIDATOR.validate(json.loads(again))
            assert decode_result(again, "again").workspan == file.workspan
            print_info(file, Console(file=io.StringIO(), width=80))
    assert accepted > FILES // 250


@pytest.mark.usefixtures("_watched")
def test_mutated_journals_are_refused_or_right() -> None:
    base = msgspec.json.encode(journal([case("copy/seq/n:8/threads:1", [1.0])]))
    r = random.Random(5)
    for k in range(FILES // 10):
        signal.alarm(HANG)
        data = MUTATORS[k % len(MUTATORS)](base, r)
        try:
            decode_journal(data, "FILE")
        except InputError as e:
            assert "\n" not in str(e)
