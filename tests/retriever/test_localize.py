from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import locant
from locant.errors import QueryError

PYTHON = """Checkout fails for an old voucher

When a customer pays with a voucher from last year the whole request dies:

```
Traceback (most recent call last):
  File "/srv/app/scripts/serve.py", line 12, in handle
    return engine.total(basket, voucher)
  File "/srv/app/shop/pricing/engine.py", line 21, in total
    amount = self.apply_voucher(amount, voucher)
  File "/srv/app/shop/pricing/engine.py", line 27, in apply_voucher
    raise VoucherExpired(f"voucher {voucher.code} has expired")
shop.errors.VoucherExpired: voucher SUMMER has expired
```

I expected a message to the customer.
"""

JAVASCRIPT = """Unknown pages crash the server

TypeError: Cannot read properties of undefined (reading 'replace')
    at escapeHtml (/srv/web/errors.js:11:15)
    at renderError (/srv/web/errors.js:6:40)
    at Router.dispatch (/srv/web/router.js:22:12)
    at Server.emit (node:events:517:28)
"""

JAVA = """Reserving an article that was never restocked

Exception in thread "main" java.lang.NullPointerException: Cannot invoke "java.lang.Integer.intValue()"
    at shop.warehouse.StockService.reserve(StockService.java:17)
    at shop.warehouse.Main.main(Main.java:9)
    at java.base/java.lang.Thread.run(Thread.java:833)
"""

GO = """Mailer dies on an address without at sign

panic: runtime error: index out of range [1] with length 1

goroutine 1 [running]:
github.com/shop/mailer.Mail.Domain({0xc000012345, 0x3}, ...)
	/go/src/github.com/shop/mailer/mail.go:19 +0x1d
github.com/shop/mailer.(*Queue).Flush(0xc00001)
	/go/src/github.com/shop/mailer/queue.go:26 +0x85
main.main()
	/go/src/github.com/shop/main.go:8 +0x20
exit status 2
"""

RUST = """Searching for a word that no article has

thread 'main' panicked at 'called `Option::unwrap()` on a `None` value', search/src/index.rs:26:53
stack backtrace:
   0: rust_begin_unwind
   1: core::panicking::panic_fmt
   2: search::index::ArticleIndex::lookup
             at ./search/src/index.rs:26:53
   3: search::main
             at ./search/src/main.rs:7:5
"""

RUBY = """Report of a day without orders

reports/lib/reports/daily.rb:17:in `best_seller': undefined method `first' for nil:NilClass (NoMethodError)
	from bin/report:8:in `block in <main>'
	from bin/report:5:in `<main>'
"""

ISSUES = {
    "python": (PYTHON, "shop/pricing/engine.py", "PriceEngine.apply_voucher", 27),
    "javascript": (JAVASCRIPT, "web/errors.js", "escapeHtml", 11),
    "java": (JAVA, "warehouse/src/main/java/shop/warehouse/StockService.java", "StockService.reserve", 17),
    "go": (GO, "mailer/mail.go", "Mail.Domain", 19),
    "rust": (RUST, "search/src/index.rs", "ArticleIndex.lookup", 26),
    "ruby": (RUBY, "reports/lib/reports/daily.rb", "Reports.Daily.best_seller", 17),
}


@pytest.mark.parametrize("language", ISSUES)
def test_a_stack_trace_leads_to_the_file_function_and_line_of_the_error(shop: locant.Index, language: str) -> None:
    text, path, name, line = ISSUES[language]
    found = shop.localize(text)
    assert found.files[0].path == path
    assert (found.functions[0].path, found.functions[0].qualified_name) == (path, name)
    assert found.functions[0].start_line <= line <= found.functions[0].end_line
    assert (found.spans[0].path, found.spans[0].start_line) == (path, line)
    assert "frame" in {item.signal for item in found.files[0].evidence}


def test_an_issue_in_words_leads_to_the_function(shop: locant.Index) -> None:
    found = shop.localize(
        "Rounding is off by a cent\n\nFor some amounts the total after tax is a cent too low. "
        "I think amounts are not rounded half up to cents any more, or only before the tax of the country is added."
    )
    assert found.files[0].path == "shop/pricing/engine.py"
    assert "PriceEngine.round_amount" in [function.qualified_name for function in found.functions[:3]]


def test_a_class_and_method_in_the_text_lead_to_that_method(shop: locant.Index) -> None:
    found = shop.localize("Calling `Basket.add` twice\n\nThe second call of `Basket.add` loses pieces.")
    assert (found.files[0].path, found.functions[0].qualified_name) == ("shop/basket.py", "Basket.add")


def test_tests_and_documents_come_after_code_unless_they_are_named(shop: locant.Index) -> None:
    words = "Expired voucher is refused before tax and rounding\n\nPrice engine: round amount half up."
    assert not shop.localize(words).files[0].path.startswith(("tests/", "docs/"))
    named = shop.localize("tests/test_engine.py is flaky\n\ntest_expired_voucher_is_refused in tests/test_engine.py")
    assert named.files[0].path == "tests/test_engine.py"


def test_there_are_twenty_files_and_fifty_functions_when_the_repository_has_them(make_index: Any) -> None:
    files = {
        f"pkg/m{i}.py": "\n\n".join(f"def step_{i}_{k}(value):\n    return value * {k}" for k in range(4))
        for i in range(25)
    }
    found = make_index(files).localize("step_3_2 returns a wrong value\n\nThe value is multiplied twice.")
    assert (len(found.files), len(found.functions)) == (20, 50)
    assert found.files[0].path == "pkg/m3.py"
    assert found.functions[0].qualified_name == "step_3_2"


def test_numbers_of_files_and_functions_can_be_asked_for(shop: locant.Index) -> None:
    found = shop.localize(PYTHON, files=3, functions=4)
    assert (len(found.files), len(found.functions)) == (3, 4)
    with pytest.raises(QueryError, match="at least 1"):
        shop.localize(PYTHON, files=0)


def test_scores_fall_and_answers_are_the_same_each_time(shop: locant.Index) -> None:
    found = shop.localize(PYTHON)
    assert all(a.score >= b.score for a, b in pairwise(found.files))
    assert all(a.score >= b.score for a, b in pairwise(found.functions))
    again = shop.localize(PYTHON)
    assert (found.files, found.functions, found.spans) == (again.files, again.functions, again.spans)


def test_another_copy_of_the_tree_gives_the_same_answer(shop: locant.Index, shop_root: Path, make_index: Any) -> None:
    copy = {
        path.relative_to(shop_root).as_posix(): path.read_bytes() for path in shop_root.rglob("*") if path.is_file()
    }
    assert make_index(copy).localize(JAVA).files == shop.localize(JAVA).files


def test_a_signal_can_be_switched_off(shop: locant.Index) -> None:
    found = shop.localize(GO, without=("frame", "named_path"))
    signals = {item.signal for hit in found.files for item in hit.evidence}
    assert not signals & {"frame", "named_path"}
    assert "bm25" in signals


def test_functions_have_signatures_from_the_file(shop: locant.Index) -> None:
    function = shop.localize(PYTHON).functions[0]
    assert function.signature == "def apply_voucher(self, amount, voucher)"


def test_lines_of_a_file_that_is_not_in_the_repository_are_no_spans(shop: locant.Index) -> None:
    frame = 'File "/usr/lib/python3/site-packages/other/engine.py", line 3, in run'
    trace = f"Traceback (most recent call last):\n  {frame}\nValueError: x"
    assert all(span.reason != "the text names this line" for span in shop.localize(trace).spans)


def test_no_text_and_text_without_a_known_word_get_a_hint(shop: locant.Index) -> None:
    empty = shop.localize(" \n")
    assert (empty.files, "empty" in empty.hint) == ((), True)
    assert "no indexed file has any of these words" in shop.localize("frobnicated quuxes").hint
