"""How the page is sent: addresses that change with the content, a strict policy, and nothing else out of the folder."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.testclient import TestClient

PAGE = Path(__file__).resolve().parents[2] / "server" / "page"


def asset(client: TestClient, name: str) -> str:
    found = re.search(rf'"(assets/[0-9a-f]+/{re.escape(name)})"', client.get("/").text)
    assert found, name
    return f"/{found[1]}"


def test_the_page_is_asked_for_anew_and_costs_little_when_it_is_known(client: TestClient) -> None:
    first = client.get("/")
    assert first.headers["content-type"].startswith("text/html")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_all_else_is_kept_for_good_under_an_address_of_its_content(client: TestClient) -> None:
    answer = client.get(asset(client, "main.js"))
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    old = client.get("/assets/0123456789abcdef/main.js")
    assert (old.content, old.headers["cache-control"]) == (answer.content, "no-cache")


def test_what_is_not_of_the_page_is_not_sent(client: TestClient) -> None:
    for path in ("/assets/x/sending.py", "/assets/x/..%2fapp.py", "/assets/x/index.html", "/assets/x/", "/index.html"):
        assert client.get(path).status_code == 404, path


def test_the_policy_lets_nothing_in_from_elsewhere_and_nothing_inline(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_page_names_no_other_host_and_makes_no_markup_from_strings() -> None:
    for path in sorted(PAGE.iterdir()):
        if path.suffix not in (".html", ".css", ".js", ".svg"):
            continue
        text = path.read_text(encoding="utf-8")
        hosts = {
            found
            for found in re.findall(r"https?://[\w.-]+", text)
            if found not in ("http://www.w3.org", "https://github.com")
        }
        assert hosts == set(), path.name
        assert (
            re.findall(r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function", text) == []
        )
        assert re.findall(r"\son\w+=[\"']|<style|\sstyle=", text.replace("<style>[^<]*", "")) == [], path.name


def test_every_module_is_within_the_limit_and_imports_what_there_is() -> None:
    modules = {path.name: path.read_text(encoding="utf-8") for path in PAGE.glob("*.js")}
    for name, text in modules.items():
        assert len(text.splitlines()) <= 400, name
        for other in re.findall(r'from "\./([\w.]+)"', text):
            assert other in modules, f"{name} imports {other}"
