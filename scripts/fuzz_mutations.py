"""Ways to spoil a file: each takes random numbers and some seeds, and gives bytes back."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

__all__ = ["MUTATIONS", "mutate"]

MAX_BYTES = 400_000
"""Beyond this only time is tested, and the walker's own cap is 1,000,000."""

MAX_DEPTH = 30_000
"""Levels of nesting: beyond the 16 bits in which tree-sitter counts depth only with two tokens a level."""

MAX_STEPS = 3

TOKENS = (
    b"( ) [ ] { } < > ((( [[[ {{{ /* */ // # \" ' ` ''' \"\"\" \\ ; , . :: -> => = == <- | || & && @ ! ? $ ${ #{ %{"
    b" ~r/ <<EOF <<~X begin end do if else elif fi esac case when match def class fn func fun function module impl"
    b" trait struct enum union namespace template< import from use package #define #if #ifdef #else #endif #include"
    b' <?php ?> <div> </div> <script> <!-- --> <![CDATA[ $$ --- ... %% r#" R"( [==[ ]==] {- -} {-# |] =begin =end ```'
    b" ~~~ * ** - + 1 0x 1e9 a A_b aB"
).split(b" ")
"""Opening, closing and starting tokens of all languages: what a parser's state hangs on."""

NESTS = (
    (b"(", b")"),
    (b"[", b"]"),
    (b"{", b"}"),
    (b"{[", b"]}"),
    (b"f(", b")"),
    (b"<a>", b"</a>"),
    (b"if a:\n", b""),
    (b"if (a) {", b"}"),
    (b"class A {", b"}"),
    (b"def a do\n", b"end\n"),
    (b"-", b""),
    (b"!", b""),
    (b"a.", b""),
    (b"a+", b"a"),
    (b"a ? b : ", b"c"),
    (b"\\x -> ", b"x"),
    (b"#if A\n", b"#endif\n"),
    (b"> ", b""),
    (b"- ", b""),
    (b"[](", b")"),
    (b"*a* _", b"_"),
    (b"<", b">"),
    (b"/*", b"*/"),
    (b'#{"', b'"}'),
    (b"${", b"}"),
    (b"$(", b")"),
    (b"a: {", b"}"),
    (b'"', b""),
    (b"'", b"'"),
)
"""What can be nested, with what closes it."""

ENCODINGS = ("utf-16-le", "utf-16", "utf-32", "latin-1", "gbk", "shift_jis", "cp1252", "utf-8-sig", "utf-7")
INVALID_UTF8 = (
    b"\xff",
    b"\xfe\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xc0\xaf",
    b"\xe2\x82",
    b"\x80",
)
STRANGE = "\u2028\u2029\x0b\x0c\x1c\x85\ufeff\u202e\u0301\U0001f600\u00a0\u200b\x1b\x7f\x00"
LINE_ENDS = (b"\r", b"\r\n", b"\n\r", b"\x0c\n", b"\\\n", b"\n\n\n", b" ")

Seeds = list[bytes]
Mutation = Callable[[random.Random, bytes, Seeds], bytes]


def _cut(rng: random.Random, data: bytes, longest: int) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.randrange(longest + 1))


def _put(rng: random.Random, data: bytes, part: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + part + data[at:]


def flip_bytes(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    spoilt = bytearray(data)
    for _ in range(rng.choice((1, 4, 16, len(data) // 20 + 1))):
        if spoilt:
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
    return bytes(spoilt)


def truncate(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] if rng.random() < 0.7 else data[at:]


def delete_pieces(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    for _ in range(rng.choice((1, 3, 20))):
        start, end = _cut(rng, data, 40)
        data = data[:start] + data[end:]
    return data


def splice(rng: random.Random, data: bytes, seeds: Seeds) -> bytes:
    other = rng.choice(seeds)
    start, end = _cut(rng, other, 3_000)
    return _put(rng, data, other[start:end])


def duplicate_block(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    start, end = _cut(rng, data, 300)
    return data[:end] + data[start:end] * rng.choice((1, 3, 50, 2_000)) + data[end:]


def nest(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    opening, closing = rng.choice(NESTS)
    depth = rng.choice((10, 100, 1_000, 5_000, MAX_DEPTH))
    closed = closing * rng.choice((depth, 0, depth // 2, depth + 3))
    return _put(rng, data, opening * depth + closed)


def one_line(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    return data.replace(b"\n", rng.choice((b"", b" ", b";", b"\r")))


def long_line(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    piece = rng.choice((*TOKENS, b"x", b"\xc3\xa9", b"\xe4\xb8\xad", b"a,", b"a b ", b"\\", b"\t"))
    return _put(rng, data, (piece or b" ") * rng.choice((1_000, 20_000, 100_000)))


def nuls(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    for _ in range(rng.choice((1, 5))):
        data = _put(rng, data, b"\0" * rng.choice((1, 2, 100)))
    return data


def invalid_utf8(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    for _ in range(rng.choice((1, 5, 50))):
        data = _put(rng, data, rng.choice(INVALID_UTF8))
    return data


def strange_characters(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    for _ in range(rng.choice((1, 5, 50))):
        data = _put(rng, data, rng.choice(STRANGE).encode())
    return data


def other_encoding(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    text = data.decode("utf-8", "replace") + rng.choice(("", "é ü ß", "中文 注释", "日本語"))
    encoded = text.encode(rng.choice(ENCODINGS), "replace")
    if rng.random() < 0.5:
        return encoded
    at = rng.randrange(len(data) + 1)
    return data[:at] + encoded[at:]


def line_ends(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    end = rng.choice(LINE_ENDS)
    share = rng.choice((1.0, 0.3))
    return re.sub(rb"\n", lambda _: end if rng.random() < share else b"\n", data)


def indentation(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    lines = data.split(b"\n")
    for _ in range(rng.choice((1, 5, len(lines)))):
        at = rng.randrange(len(lines))
        lines[at] = rng.choice((b"\t", b" ", b"   ", b" " * 500, b"\t \t")) + lines[at].lstrip()
    return b"\n".join(lines)


def shuffle_lines(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines)


def insert_tokens(rng: random.Random, data: bytes, __: Seeds) -> bytes:
    for _ in range(rng.choice((1, 5, 30))):
        data = _put(rng, data, b" " + rng.choice(TOKENS) + rng.choice((b" ", b"", b"\n")))
    return data


def token_soup(rng: random.Random, ___: bytes, __: Seeds) -> bytes:
    count = rng.choice((10, 100, 2_000, 20_000))
    return b"".join(rng.choice(TOKENS) + rng.choice((b" ", b" ", b"", b"\n")) for _ in range(count))


def random_bytes(rng: random.Random, ___: bytes, __: Seeds) -> bytes:
    return rng.randbytes(rng.choice((0, 1, 2, 10, 500, 20_000)))


def random_text(rng: random.Random, ___: bytes, __: Seeds) -> bytes:
    count = rng.choice((10, 500, 20_000))
    return bytes(rng.choices(b"\n\t !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~abzAZ019", k=count))


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    truncate,
    delete_pieces,
    splice,
    duplicate_block,
    nest,
    one_line,
    long_line,
    nuls,
    invalid_utf8,
    strange_characters,
    other_encoding,
    line_ends,
    indentation,
    shuffle_lines,
    insert_tokens,
    token_soup,
    random_bytes,
    random_text,
)


def mutate(rng: random.Random, data: bytes, seeds: Seeds, first: Mutation, max_bytes: int) -> tuple[bytes, str]:
    """A spoilt file of at most `max_bytes`, and the names of what was done to it."""
    steps = [first, *rng.choices(MUTATIONS, k=rng.randrange(MAX_STEPS))]
    for step in steps:
        data = step(rng, data, seeds)[:max_bytes]
    return data, "+".join(step.__name__ for step in steps)
