"""From bytes to indexed text: encodings, line ends, and what is left out by content."""

from __future__ import annotations

import pytest

from locant.indexer.walk.content import classify
from locant.indexer.walk.records import Content, WalkOptions
from locant.types import LeftOut

CHINESE = "# 计算两个数字的最大公约数,并返回结果\ndef 公约数(甲, 乙):\n    return 甲  # 请注意这里的边界条件\n"
JAPANESE = "// ファイルを開いて、内容を読み込みます。\nint main() { return 0; } // 終了コードを返す\n"
KOREAN = "# 데이터베이스에 연결하고 결과를 반환합니다\nx = 1  # 기본값은 하나입니다\n"
RUSSIAN = "# Функция возвращает список найденных файлов\nx = 1  # значение по умолчанию\n"
FRENCH = "# Le résultat dépend de la clé créée précédemment, où qu'elle soit reçue\nx = 1\n"
GERMAN = "/* Größe der Übergabe prüfen, sonst Überlauf möglich */\nint größe = 0;\n"


def text_of(path: str, data: bytes, options: WalkOptions | None = None) -> Content:
    content = classify(path, data, options)
    assert isinstance(content, Content), content
    return content


def reason_of(path: str, data: bytes) -> str:
    answer = classify(path, data)
    assert isinstance(answer, LeftOut), answer
    return answer.reason


def test_utf8_is_passed_through_untouched() -> None:
    data = ("x = 1\n" + CHINESE).encode()
    content = text_of("a.py", data)
    assert (content.text_utf8, content.encoding, content.notes, content.masked_lines) == (data, "utf-8", (), ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gbk"),
        (CHINESE, "gb18030"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "euc_kr"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (FRENCH, "latin-1"),
        (GERMAN, "cp1252"),
    ],
)
def test_legacy_encodings_are_recognized(text: str, encoding: str) -> None:
    assert text_of("a.py", text.encode(encoding)).text_utf8.decode() == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [FRENCH, "def f():\n    return 1\n"])
def test_unicode_encodings_with_or_without_mark_lose_the_mark_and_keep_the_text(encoding: str, text: str) -> None:
    assert text_of("a.py", text.encode(encoding)).text_utf8.decode() == text


def test_big_endian_text_with_a_mark_is_decoded() -> None:
    assert text_of("a.cs", b"\xfe\xff" + CHINESE.encode("utf-16-be")).text_utf8.decode() == CHINESE


@pytest.mark.parametrize(
    "declaration",
    [
        "# -*- coding: koi8-r -*-\n",
        "#!/usr/bin/python\n# vim: set fileencoding=koi8-r :\n",
        '<html><head><meta charset="koi8-r"></head>\n',
        '<?xml version="1.0" encoding="KOI8-R"?>\n',
    ],
)
def test_a_declared_encoding_is_believed(declaration: str) -> None:
    text = declaration + "# ТИП\n"  # too short to guess
    content = text_of("a.txt", text.encode("koi8-r"))
    assert (content.text_utf8.decode(), content.encoding) == (text, "koi8-r")


def test_a_declaration_that_is_false_or_no_text_encoding_is_passed_over() -> None:
    for name in ("rot13", "unicode_escape", "nonsense", "utf-8"):
        text = f"# coding: {name}\n# clé\n"
        assert text_of("a.py", text.encode("latin-1")).text_utf8.decode() == text


def test_one_accented_letter_in_a_long_file_is_western() -> None:
    text = "x = 1\n" * 2_000 + "# by René\n" + "y = 2\n" * 2_000
    assert text_of("a.py", text.encode("cp1252")).text_utf8.decode() == text


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 8,
        bytes(range(256)) * 16,
        b"text then\x00a zero",
        b"\x01\x02\x03\x04\x05\x06" * 50,
        b"\xff\xfe\x00",
        bytes((i * 7919 >> 3) & 255 or 1 for i in range(4_096)),
    ],
)
def test_what_is_not_text_is_binary(data: bytes) -> None:
    assert reason_of("blob", data) == "binary"


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf", b"\x1b[31mred\x1b[0m and \x0c form feed\n"])
def test_small_and_odd_text_is_text(data: bytes) -> None:
    assert text_of("a.txt", data).encoding == "utf-8"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\r\n", b"a\nb\n"),
        (b"a\rb\rc", b"a\nb\nc"),
        (b"a\nb\rstill b\n", b"a\nb\rstill b\n"),
        (b"a\r\nb\nc", b"a\nb\nc"),
    ],
)
def test_lines_are_counted_as_editors_and_git_do(data: bytes, text: bytes) -> None:
    assert text_of("a.txt", data).text_utf8 == text


def test_an_lfs_pointer_is_not_content() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a2146" * 8 + b"\nsize 12345\n"
    assert reason_of("model.py", pointer) == "lfs_pointer"


def test_minified_code_is_left_out_and_prose_with_long_lines_is_not() -> None:
    minified = b"var a=function(b,c){return b+c};" * 300
    prose = b"A paragraph that stands on one line, as editors with soft wrap leave it. " * 100
    assert reason_of("app.js", minified) == "minified"
    assert text_of("README.md", prose).text_utf8 == prose


def test_a_source_file_with_one_embedded_blob_is_kept() -> None:
    code = b"def function(argument):\n    return argument\n" * 300
    text_of("a.py", code + b'DATA = "' + b"QUJD" * 1_500 + b'"\n')
    assert reason_of("a.py", code[:3_000] + b'DATA = "' + b"QUJD" * 3_000 + b'"\n') == "minified"


@pytest.mark.parametrize(
    "head",
    [
        "// Code generated by protoc-gen-go. DO NOT EDIT.\n",
        "# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
        "/**\n * @generated SignedSource<<abc>>\n */\n",
        "#!/usr/bin/env python\n# This file was automatically generated by SWIG\n",
        "// <auto-generated>\n",
        '"""This module is auto-generated by tools/make.py."""\n',
        "/* A Bison parser, made by GNU Bison 3.8.2.  */\n",
        "# licence\n" * 15 + "# Autogenerated by Thrift Compiler (0.9)\n",
    ],
)
def test_files_that_say_they_are_generated_are_left_out_unless_asked_for(head: str) -> None:
    data = (head + "x = 1\n").encode()
    assert reason_of("a.py", data) == "generated"
    assert text_of("a.py", data, WalkOptions(include_generated=True)).text_utf8 == data


@pytest.mark.parametrize(
    "head",
    [
        '"""Tools for files that are generated by other tools."""\n',
        "# Not all possible values are present in this\n# autogenerated file.\n",
        "# Generated by Django 3.2 on 2021-01-01\n",
        "# The password is generated by the caller.\n",
        'MARK = "Code generated by me. DO NOT EDIT."\n',
        "x = 1\n" * 30 + "# This file was automatically generated\n",
        "# Tests that automatically generated ids are unique\n",
    ],
)
def test_files_that_only_speak_of_generating_are_kept(head: str) -> None:
    text_of("a.py", head.encode())


def test_a_forced_file_passes_over_heuristics_but_not_over_binary() -> None:
    minified = b"var a=function(b,c){return b+c};" * 300
    assert isinstance(classify("app.min.js", minified, forced=True), Content)
    assert isinstance(classify("photo.png", b"\x89PNG\x00", forced=True), LeftOut)


def test_a_long_line_before_a_latin_1_letter_is_no_trap_for_the_guess() -> None:
    data = b"x=begin" * 30_000 + "\n# größer als früher, daß es für alle genügt\n".encode("latin-1")
    content = classify("a.txt", data)
    assert isinstance(content, Content)
    assert content.text_utf8.decode().endswith("größer als früher, daß es für alle genügt\n")
