# SPDX-License-Identifier: Apache-2.0
"""The end of an output: as long as asked for, without ever blocking."""

import os

from workspan.process.output_tail import OutputTail


def test_only_the_last_bytes_stay() -> None:
    tail = OutputTail(4)
    os.write(tail.writing, b"abc")
    tail.drain()
    assert tail.text() == "abc"
    assert not tail.is_flooded()
    os.write(tail.writing, b"defg")
    tail.close_writer()
    tail.close()
    assert tail.text() == "defg"


def test_an_open_pipe_without_data_does_not_block() -> None:
    tail = OutputTail(4)
    tail.drain()
    assert tail.text() == ""
    assert not tail.is_flooded()
    tail.close()
    tail.close_writer()


def test_a_flood_is_one_that_may_block_the_child() -> None:
    tail = OutputTail(10)
    os.set_blocking(tail.writing, False)
    size = 0
    while size < 1 << 20:
        try:
            size += os.write(tail.writing, bytes(1 << 16))
        except BlockingIOError:
            break  # the user's pipe memory is used up: a smaller pipe
    tail.drain()
    assert tail.is_flooded() == (size >= 1 << 19)
    tail.drain()
    assert not tail.is_flooded()
    tail.close_writer()
    tail.close()


def test_invalid_utf_8_is_replaced() -> None:
    tail = OutputTail(10)
    os.write(tail.writing, b"a\xff")
    tail.close_writer()
    tail.close()
    assert tail.text() == "a\N{REPLACEMENT CHARACTER}"
