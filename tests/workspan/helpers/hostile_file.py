# SPDX-License-Identifier: Apache-2.0
"""A result file with hostile strings in every field that takes any text."""

import itertools
import typing
from collections.abc import Iterator
from typing import Any

import msgspec
from sample_results import case, changed, record, result, without_times

from workspan.resultfile.fields import Text
from workspan.resultfile.machine_model import Gpu
from workspan.resultfile.model import ResultFile, Status

MARK = "w0rkspan"
STRINGS = [
    *(f"{end}<script>document.title='{MARK}'</script>" for end in ("", "'", '"', "-->", "]]>")),
    *(f"</{tag}><script>document.title='{MARK}'</script>" for tag in ("title", "style", "script")),
    *(f"</{tag}><img src=x onerror=document.title='{MARK}'>" for tag in ("td", "svg", "text")),
    *(f"{quote} onmouseover=document.title='{MARK}' x={quote}" for quote in ("'", '"', "`")),
    *(f"{quote} autofocus onfocus=document.title='{MARK}' {quote}" for quote in ("'", '"')),
    *(f"<svg {event}=document.title='{MARK}'>" for event in ("onload", "onbegin")),
    *(f"<{tag} src=//{MARK}.test>" for tag in ("iframe", "img", "script", "video", "embed")),
    *(f"<{tag} href=//{MARK}.test>" for tag in ("base", "a", "link rel=stylesheet")),
    f"javascript:document.title='{MARK}'",
    f"data:text/html,<script>document.title='{MARK}'</script>",
    f"<meta http-equiv=refresh content=0;url=//{MARK}.test>",
    f"<form action=//{MARK}.test><button>go</button>",
    f"<style>@import url(//{MARK}.test);</style>",
    f"url(//{MARK}.test)",
    f"{{{{ '{MARK}' }}}}{{% for x in y %}}",
    f"{{# {MARK} #}}",
    f"${{document.title='{MARK}'}}",
    f"&lt;script&gt;document.title='{MARK}'&lt;/script&gt;",
    f"&#60;script&#62;document.title='{MARK}'",
    f"\\u003cscript\\u003edocument.title='{MARK}'",
    f"<!--{MARK}",
    f"<![CDATA[{MARK}",
    f"<?xml {MARK}?>",
    f"<!DOCTYPE {MARK}>",
    f"<!ENTITY x SYSTEM 'file:///{MARK}'>",
    f"$\\frac{{{MARK}}}{{2}}$",
    f"%s%n%x{MARK}",
    f"={MARK}()",
    f"\u202e{MARK}\u2066",
    f"\x1b[31m{MARK}\x07",
    f"a\x00b{MARK}",
    f"\r\n\t{MARK}\u2028\u2029",
    f"\ufffe\uffff{MARK}",
    f"\U000e0001{MARK}",
    f"<noscript><p title='</noscript><img src=x onerror=document.title=`{MARK}`>'>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror=document.title='{MARK}'>",
    f"<template><script>document.title='{MARK}'</script></template>",
    f"<textarea></textarea><script>document.title='{MARK}'</script>",
    f"<details open ontoggle=document.title='{MARK}'>",
    f"<object data=//{MARK}.test></object>",
    f"<div style=background:url(//{MARK}.test)>",
    f"id='main' class='mark' {MARK}",
    f"constructor.__proto__.{MARK}",
    f"'; document.title='{MARK}'; //",
    f'"); document.title="{MARK}"; //',
    "<b>" * 200 + MARK,
    MARK * 3000,
]

GPU_NAME = f"\x1b[31m\u202ea\x00b\ufffe\uffff{MARK}"  # of which no SVG may have a character


def hostile_file(gpu_name: str = GPU_NAME) -> ResultFile:
    """Every text of the file is one of STRINGS, in turn, and every string occurs; the name of its
    GPU is given.
    """
    strings = itertools.cycle(STRINGS)
    warned = [{"code": code, "detail": next(strings)} for code in ("note", "tomorrow")]
    cases = [
        case(
            "copy/seq/n:1024/threads:1",
            [1e-6] * 7,
            counters={next(strings): 1.0},
            warnings=warned,
        ),
        case("copy/omp/n:1024/threads:2", [6e-7] * 7, stopped=next(strings)),
        *on_gpu(),
        *(
            without_times(f"copy/omp/n:{2**k}/threads:2", status, text)
            for k, (text, status) in enumerate(
                zip(STRINGS, itertools.cycle(("failed", "skipped", "crashed")), strict=False), 11
            )
            if k < 60
        ),
    ]
    bad = record(
        number=2,
        status=Status.CRASHED,
        reason=next(strings),
        stderr=next(strings),
        disturbed=[*STRINGS],
        arguments=[*STRINGS],
    )
    file = changed(result(cases), invocations=[record(), bad])
    file.workspan.machine.cuda.gpus.append(a_gpu())
    ours = file.workspan
    spoiled = {
        name: spoil(getattr(ours, name), strings)
        for name in ("run", "machine", "build", "environment")
    }
    cuda = spoiled["machine"].cuda
    named = [msgspec.structs.replace(gpu, name=gpu_name) for gpu in cuda.gpus]
    spoiled["machine"] = msgspec.structs.replace(
        spoiled["machine"], cuda=msgspec.structs.replace(cuda, gpus=named)
    )
    return msgspec.structs.replace(file, workspan=msgspec.structs.replace(ours, **spoiled))


def on_gpu() -> list[dict[str, Any]]:
    """A kernel and its ceiling, too long to be launches, so that there is a panel with the name
    of the GPU.
    """
    cost = {"flops": 1e6, "bytes": 1e5, "items": 1024.0}
    names = ("fma/cuda/n:1024/threads:1", "gemm/cuda/n:1024/threads:1")
    return [case(name, [1e-4] * 7, scope="kernel", cost=cost) for name in names]


def a_gpu() -> Gpu:
    """Its texts are spoiled later."""
    numbers = {"memory": 8e9, "l2": 5e7, "clock_mhz": 1000.0, "memory_clock_mhz": 1000.0}
    return Gpu(name="", bus_id="", compute_capability="", multiprocessors=1, **numbers)


def spoil(value: Any, strings: Iterator[str]) -> Any:
    """The same with other texts, in all fields whose type is Text."""
    hints = typing.get_type_hints(type(value), include_extras=True)
    changes: dict[str, Any] = {}
    for name, hint in hints.items():
        now = getattr(value, name)
        if isinstance(now, msgspec.Struct):
            changes[name] = spoil(now, strings)
        elif isinstance(now, list) and now and isinstance(now[0], msgspec.Struct):
            changes[name] = [spoil(one, strings) for one in now]
        elif hint == list[Text]:
            changes[name] = [*STRINGS]
        elif hint == dict[Text, Text]:
            changes[name] = {text: text for text in STRINGS}
        elif hint == Text:
            changes[name] = next(strings)
    return msgspec.structs.replace(value, **changes)
