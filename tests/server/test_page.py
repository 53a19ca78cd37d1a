"""The page in a real browser, over a real server with really indexed repositories.

Skipped where there is no Chromium. Whatever a test does, the browser must report no error, break no rule of the content
policy, and ask no other host: the `page` fixture checks that at the end of each test.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

import locant

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
if sys.platform == "linux":
    CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
else:
    CHROMIUM = None
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium; Debian's package `chromium` has it")

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect  # noqa: E402

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""A browser that asks nobody but the server of the test."""

PATIENCE = 150_000
"""Milliseconds that the browser may take to show something on a busy machine."""

WIDE, PHONE = (1_440, 900), (390, 844)

RETRY = '''\
"""How often a request is sent again."""

MAX_DELAY = 30.0


class RetryPolicy:
    """Waits longer after each failure."""

    def delay(self, attempt):
        """Seconds before the next attempt."""
        return min(MAX_DELAY, 2**attempt)
'''

CLIENT = """\
from src.retry import RetryPolicy


def fetch(url):
    policy = RetryPolicy()
    return policy.delay(3)
"""

HOSTILE = '''\
def steal(payload="</code><script>window.pwned=1</script>"):
    """<img src=x onerror="window.pwned=2"> the hostile banner is drawn here."""
    return "<svg onload=window.pwned=3>" + payload
'''

HOSTILE_NAME = "<img src=x onerror=window.pwned=4>.py"

LONG_NAME = "a_folder_with_a_rather_long_name/and_another_one_below_it/this_file_has_a_long_name_too.py"


def write(root: Path, files: dict[str, str]) -> Path:
    """A repository in git."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    return root


@dataclass(frozen=True)
class Serving:
    """A server in a process of its own, its address, and the folder in which repositories may be added."""

    url: str
    roots: Path


@contextmanager
def serving(roots: Path, state: Path) -> Iterator[Serving]:
    command = [sys.executable, "-m", "locant", "serve", "--port", "0", "--root", str(roots), "--state-dir", str(state)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            url = re.search(r"http://\S+", line)
            assert url, line + process.stderr.read()
            yield Serving(url[0], roots)
        finally:
            process.terminate()
            process.wait()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server without keys that serves `service`, and `odd` with its hostile names."""
    roots = tmp_path_factory.mktemp("roots")
    write(roots / "service", {"src/retry.py": RETRY, "src/client.py": CLIENT, "README.md": "# Service\n"})
    write(roots / "odd", {HOSTILE_NAME: HOSTILE, LONG_NAME: f"{'x' * 40} = 1  # banner {'long ' * 80}\n"})
    with serving(roots, tmp_path_factory.mktemp("state")) as found, locant.connect(found.url) as server:
        for name in ("service", "odd"):
            job = server.add(path=str(roots / name)).job
            assert job is not None
            assert server.wait(job).state == "done"
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, served: Serving) -> Iterator[Opener]:
    """Opens an address of the page, in a window of a size; what goes wrong in any of them fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(address: str = "#/", size: tuple[int, int] = WIDE, theme: str = "light", url: str = "") -> Page:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
        host = urlsplit(url or served.url).netloc
        page.on("request", lambda asked: wrong.append(asked.url) if urlsplit(asked.url).netloc != host else None)
        page.goto(f"{url or served.url}/{address}")
        return page

    yield open_page
    pwned = [page.evaluate("window.pwned") for context in contexts for page in context.pages]
    for context in contexts:
        context.close()
    assert [one for one in wrong if "status of 4" not in one] == []  # a refused request is told by the page itself
    assert [one for one in pwned if one is not None] == []


expect.set_options(timeout=PATIENCE)


def cards(page: Page) -> Locator:
    return page.locator("li.card")


# -- searching ---------------------------------------------------------------------------------------------------------


def test_a_question_gives_places_with_their_code_and_the_reasons_for_them(opened: Opener) -> None:
    page = opened()
    page.keyboard.press("/")
    page.keyboard.type("where is the retry delay computed")
    page.keyboard.press("Enter")
    first = cards(page).first
    expect(first).to_contain_text("src/retry.py")
    expect(first.locator(".symbol")).to_contain_text("RetryPolicy")
    expect(first.locator(".code mark").first).to_be_visible()
    first.locator("summary").click()
    bars = first.locator(".bars li")
    widths = bars.locator(".gauge > span").evaluate_all("found => found.map(one => parseFloat(one.style.width))")
    percents = [float(text.split()[0]) for text in bars.locator(".percent").all_inner_texts()]
    assert widths == pytest.approx([abs(share) for share in percents], abs=0.6), "bars are as long as the weights"
    assert sum(widths) == pytest.approx(100, abs=0.5)


def test_what_is_typed_while_the_page_still_loads_is_a_question_and_no_shortcut(opened: Opener) -> None:
    page = opened()
    held: list[Route] = []
    page.route("**/v1/**", lambda route: held.append(route))  # a slow server
    page.reload()
    page.keyboard.press("/")
    page.keyboard.type("where is the retry delayx")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    for route in held:
        route.continue_()
    page.unroute("**/v1/**")
    expect(page.locator("#q")).to_have_value("where is the retry delay")
    expect(cards(page).first).to_contain_text("src/retry.py")
    assert "q=where+is+the+retry+delay" in page.url


def test_the_chosen_place_is_shown_in_its_file_with_its_lines_highlighted(opened: Opener) -> None:
    page = opened("#/search?q=retry+delay+attempt&in=service")
    expect(cards(page).first).to_contain_text("src/retry.py")
    panel = page.locator(".panel")
    expect(panel.locator("h2")).to_contain_text("service/src/retry.py")
    expect(panel.locator(".line")).to_have_count(len(RETRY.splitlines()))
    title = cards(page).first.locator("a.path").inner_text()
    start, _, end = title.rpartition(":")[2].partition("-")
    hot = panel.locator(".line.hot").evaluate_all("found => found.map(one => Number(one.dataset.line))")
    assert hot == list(range(int(start), int(end or start) + 1))
    code = panel.locator(".line code").all_inner_texts()
    assert [line.rstrip("\n") for line in code] == RETRY.splitlines()


def test_what_is_shown_stands_in_the_address_and_back_leads_to_what_was(opened: Opener) -> None:
    page = opened("#/search?q=retry+delay&in=service")
    expect(cards(page).first).to_contain_text("retry.py")
    page.locator("#q").fill("fetch")
    page.keyboard.press("Enter")
    expect(cards(page).first).to_contain_text("client.py")
    assert "q=fetch" in page.url
    page.go_back()
    expect(cards(page).first).to_contain_text("retry.py")
    expect(page.locator("#q")).to_have_value("retry delay")
    page.reload()
    expect(cards(page).first).to_contain_text("retry.py")


def test_a_search_over_all_repositories_names_the_repository_of_each_place(opened: Opener) -> None:
    page = opened("#/search?q=banner+retry")
    expect(page.locator(".card .repo", has_text="service").first).to_be_visible()
    expect(page.locator(".card .repo", has_text="odd").first).to_be_visible()
    page.locator("summary", has_text="All repositories").click()
    page.get_by_label("service", exact=True).check()
    expect(page.locator(".card", has_text="odd")).to_have_count(0)
    assert "in=service" in page.url


def test_nothing_found_and_a_question_that_cannot_be_read_are_told_in_words(opened: Opener) -> None:
    page = opened("#/search?q=zzqqxy&mode=literal&in=service")
    expect(page.locator(".state")).to_contain_text("Nothing found for zzqqxy")
    page.goto(page.url.split("#")[0] + "#/search?q=%28&mode=regex&in=service")
    expect(page.get_by_role("alert")).to_contain_text("regular expression")


# -- keys --------------------------------------------------------------------------------------------------------------


def test_everything_can_be_done_from_the_keyboard(opened: Opener) -> None:
    page = opened("#/search?q=retry+policy")
    expect(cards(page).nth(1)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(cards(page).nth(1)).to_have_class(re.compile("current"))
    page.keyboard.press("k")
    expect(cards(page).nth(0)).to_have_class(re.compile("current"))
    page.keyboard.press("e")
    expect(cards(page).nth(0).locator("details")).to_have_attribute("open", "")
    page.keyboard.press("Enter")
    expect(page.locator(".panel.full")).to_be_visible()
    page.keyboard.press("Escape")
    expect(cards(page).nth(0)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("to the search box")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Repositories")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()


def test_a_file_is_found_by_a_part_of_its_name(opened: Opener) -> None:
    page = opened("#/repositories")
    expect(page.get_by_role("heading", name="service")).to_be_visible()
    page.keyboard.press("t")
    page.get_by_role("combobox").fill("clie")
    expect(page.get_by_role("option")).to_contain_text(["client.py"])
    page.keyboard.press("Enter")
    expect(page.locator(".panel.full h1")).to_contain_text("src/client.py")


# -- a file ------------------------------------------------------------------------------------------------------------


def test_a_name_in_the_code_leads_to_its_definition_and_its_uses(opened: Opener) -> None:
    page = opened("#/file/service/src/client.py?lines=4-6")
    page.locator(".line.hot .name-of", has_text="delay").click()
    side = page.locator(".side")
    expect(side).to_contain_text("RetryPolicy.delay")
    expect(side.locator(".uses")).to_contain_text("return policy.delay(3)")
    side.locator(".places a").first.click()
    expect(page.locator(".panel h1")).to_contain_text("src/retry.py")
    page.get_by_role("tab", name="Related").click()
    expect(page.locator(".related")).to_contain_text("src/client.py")


def test_the_outline_jumps_and_line_numbers_link(opened: Opener) -> None:
    page = opened("#/file/service/src/retry.py")
    page.locator(".outline a", has=page.get_by_text("delay", exact=True)).click()
    expect(page.locator(".line.hot").first).to_have_attribute("data-line", "9")
    page.locator('a.num[data-line="3"]').click()
    expect(page.locator(".line.hot")).to_have_count(1)
    page.locator('a.num[data-line="6"]').click(modifiers=["Shift"])
    expect(page.locator(".line.hot")).to_have_count(4)
    assert page.url.endswith("?lines=3-6")
    page.reload()
    expect(page.locator(".line.hot")).to_have_count(4)


def test_the_outline_says_what_things_are_and_marks_where_the_place_is(opened: Opener) -> None:
    page = opened("#/file/service/src/retry.py?lines=11")
    expect(page.locator(".side .about")).to_contain_text("How often a request is sent again.")
    expect(page.locator(".outline .here .name")).to_have_text(["delay"])
    expect(page.locator(".outline .here .said")).to_have_text("Seconds before the next attempt.")


def test_what_is_found_nowhere_can_be_looked_for_as_a_part_of_a_word(opened: Opener) -> None:
    page = opened("#/search?q=ttempt&in=service")
    page.get_by_role("link", name="Look for it as a part of a word").click()
    expect(page.locator(".card").first).to_contain_text("retry.py")


def test_a_file_that_is_not_there_is_told_in_words(opened: Opener) -> None:
    page = opened("#/file/service/src/none.py")
    expect(page.locator(".state.error")).to_contain_text("no indexed file")


# -- issue and map -----------------------------------------------------------------------------------------------------


def test_an_issue_gives_functions_and_files_with_reasons_and_a_brief(opened: Opener) -> None:
    page = opened("#/localize?in=service")
    page.locator("#issue").fill("Retries wait for hours\n`RetryPolicy.delay` grows without a limit")
    page.keyboard.press("Control+Enter")
    expect(cards(page).first).to_contain_text("RetryPolicy.delay")
    expect(cards(page).first.locator(".reasons")).not_to_be_empty()
    page.get_by_role("radio", name=re.compile("Files")).click()
    expect(cards(page).first).to_contain_text("src/retry.py")
    page.get_by_role("button", name="Brief").click()
    expect(page.get_by_role("dialog").locator("pre")).to_contain_text("Where to look")
    page.get_by_role("button", name="Copy the brief").click()
    assert "src/retry.py" in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Pack").click()
    expect(page.get_by_role("dialog").locator("pre")).to_contain_text("packed for a language model")
    page.get_by_role("combobox", name="Tokens at most").select_option("20000")
    expect(page.get_by_role("combobox", name="Tokens at most")).to_have_value("20000")
    expect(page.get_by_role("dialog").locator("pre")).to_contain_text("def delay(self, attempt):")


def test_the_map_highlights_what_a_text_is_about_and_opens_files(opened: Opener) -> None:
    page = opened("#/map/service?focus=retry+delay")
    hit = page.locator(".frame rect.hit", has=page.locator("title", has_text="src/retry.py"))
    expect(hit).to_be_visible()
    seen = page.locator(".frame svg").get_attribute("viewBox")
    page.get_by_role("button", name="Enlarge").click()
    assert page.locator(".frame svg").get_attribute("viewBox") != seen
    page.get_by_role("button", name="Show all of it").click()
    hit.click()
    expect(page.locator(".panel.full h1")).to_contain_text("src/retry.py")


def test_the_map_is_also_text(opened: Opener) -> None:
    page = opened("#/map/service")
    page.get_by_role("link", name="As text").click()
    expect(page.locator("pre.map-text")).to_contain_text("class RetryPolicy")


# -- repositories ------------------------------------------------------------------------------------------------------


def test_a_repository_is_added_watched_refreshed_and_removed(opened: Opener, served: Serving) -> None:
    name = f"fresh{os.getpid()}"
    write(served.roots / name, {"a.py": "def newcomer():\n    return 1\n"})
    page = opened("#/repositories")
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Git address or folder on the server").fill(str(served.roots / name))
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    row = page.locator(".repo-row", has_text=name)
    expect(row.locator(".pill")).to_have_text("ready")
    expect(row.locator(".facts")).to_contain_text("chunks")
    write(served.roots / name, {"b.py": "def second():\n    return 2\n"})
    row.get_by_role("button", name="Refresh").click()
    expect(page.locator(".jobs tbody tr", has_text=name).first).to_contain_text("refresh")
    expect(row.locator("dd").first).to_have_text("2")
    row.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_what_the_server_refuses_is_told_where_it_was_asked(opened: Opener) -> None:
    page = opened("#/repositories?add=1")
    page.get_by_label("Git address or folder on the server").fill("/etc")
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("none of the folders")


# -- keys --------------------------------------------------------------------------------------------------------------


def make_key(page: Page, name: str, scope: str) -> str:
    """Make a key on the page, and read it there."""
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Scope").select_option(scope)
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#secret")
    expect(secret).to_contain_text("lct_")
    text = secret.inner_text()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.locator("tbody tr", has_text=name)).to_contain_text(scope)
    return text


def sign_in(page: Page, key: str) -> None:
    page.get_by_role("dialog").get_by_label("Key").fill(key)
    page.get_by_role("dialog").get_by_role("button", name="Sign in").click()


def test_keys_are_made_shown_once_asked_for_and_revoked(opened: Opener, tmp_path: Path) -> None:
    roots = tmp_path / "roots"
    roots.mkdir()
    with serving(roots, tmp_path / "state") as own:
        admin = opened("#/keys", url=own.url)
        make_key(admin, "first", "admin")
        read = make_key(admin, "reader", "read")
        expect(admin.locator("#account")).to_contain_text("admin")

        reader = opened("#/repositories", url=own.url)
        sign_in(reader, "lct_000000000000_wrong")
        expect(reader.get_by_role("dialog").get_by_role("alert")).to_be_visible()
        sign_in(reader, read)
        expect(reader.get_by_role("heading", name="Repositories")).to_be_visible()
        expect(reader.locator("#account")).to_contain_text("read")
        expect(reader.get_by_role("link", name="Keys")).to_be_hidden()
        expect(reader.get_by_role("button", name="Add")).to_have_count(0)
        assert reader.evaluate("localStorage.length + document.cookie.length") == 0, "a key is kept in its tab only"

        row = admin.locator("tbody tr", has_text="reader")
        row.get_by_role("button", name="Revoke").click()
        admin.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        expect(row).to_contain_text("revoked")
        reader.reload()
        expect(reader.get_by_role("dialog")).to_contain_text("asks for a key")
        for page in (admin, reader):
            page.close()


# -- hostile and odd content -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["#/search?q=hostile+banner", "#/localize?text=hostile+banner+in+steal", "#/map/odd"])
def test_names_and_code_that_look_like_markup_stay_text(opened: Opener, view: str) -> None:
    page = opened(view)
    expect(page.locator("main")).to_contain_text("<img src=x")
    assert page.locator("main img, main script, main iframe").count() == 0


def test_code_that_looks_like_markup_is_shown_as_it_is(opened: Opener) -> None:
    page = opened(f"#/file/odd/{quote(HOSTILE_NAME)}")
    expect(page.locator(".line code").nth(2)).to_have_text('    return "<svg onload=window.pwned=3>" + payload')


def test_the_colours_lose_no_character_of_any_language(opened: Opener) -> None:
    page = opened()
    texts = ["a = 'x' # c\n// d\n/* e\n f */ g(1, H) \"i\" j: 1\n", 'b\n"""\nc = \'\n', "`x\n<b>&amp;</b> '''", ""]
    lost = page.evaluate(
        """async (texts) => {
          const base = document.querySelector('script[type=module]').src;
          const { tokenLines } = await import(new URL("highlight.js", base));
          const { LANGUAGES } = await import(new URL("languages.js", base));
          const plain = (lines) => lines.map((line) => line.map(([, piece]) => piece).join("")).join("\\n");
          return Object.keys(LANGUAGES).concat("none").filter((language) =>
            texts.some((text) => plain(tokenLines(text, language)) !== text));
        }""",
        texts,
    )
    assert lost == []


# -- sizes, themes, accessibility --------------------------------------------------------------------------------------

VIEWS = {
    "start": "#/",
    "search": "#/search?q=banner+retry",
    "issue": "#/localize?text=RetryPolicy.delay+grows&in=service",
    "file": "#/file/service/src/retry.py?lines=9-11",
    "long": f"#/file/odd/{quote(LONG_NAME)}",
    "map": "#/map/service?focus=retry",
    "repositories": "#/repositories",
    "keys": "#/keys",
    "nothing": "#/nowhere",
}
DRAWN = {
    "start": ".tile",
    "search": ".card",
    "issue": ".card",
    "file": ".line.hot",
    "long": ".line",
    "map": ".frame svg",
    "repositories": ".repo-row",
    "keys": "h1",
    "nothing": ".state",
}


def test_no_view_scrolls_sideways_on_a_phone(opened: Opener) -> None:
    page = opened("#/", PHONE)
    for view, address in VIEWS.items():
        page.goto(page.url.split("#")[0] + address)
        page.locator(DRAWN[view]).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, view


def test_on_a_phone_a_file_opens_over_the_list_and_closes_again(opened: Opener) -> None:
    page = opened("#/search?q=retry+delay&in=service", PHONE)
    expect(cards(page).first).to_be_visible()
    expect(page.locator(".panel")).to_be_hidden()
    cards(page).first.locator("a.path").click()
    expect(page.locator(".panel .line.hot").first).to_be_visible()
    page.get_by_role("button", name="Close the file").click()
    expect(page.locator(".panel")).to_be_hidden()


def test_the_theme_follows_the_system_until_one_is_chosen(opened: Opener) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light, dark = opened("#/").evaluate(background), opened("#/", theme="dark").evaluate(background)
    assert light != dark
    page = opened("#/", theme="dark")
    page.get_by_role("button", name="Theme").click()
    assert page.evaluate(background) == light
    page.reload()
    assert page.evaluate(background) == light


def axe() -> Path | None:
    """The checker of accessibility, where somebody has installed it (`npm install axe-core`); it is none of ours."""
    root = Path(os.environ.get("LOCANT_NODE_MODULES", Path(__file__).resolve().parents[2] / "node_modules"))
    path = root / "axe-core" / "axe.min.js"
    return path if path.is_file() else None


@pytest.mark.skipif(axe() is None, reason="axe-core is not installed (npm install axe-core)")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_view_breaks_a_rule_of_accessibility(opened: Opener, theme: str, size: tuple[int, int]) -> None:
    found = axe()
    assert found is not None
    source, broken = found.read_text(), []
    page = opened("#/", size, theme)
    for view, address in VIEWS.items():
        page.goto(page.url.split("#")[0] + address)
        page.locator(DRAWN[view]).first.wait_for()
        page.evaluate(source)
        rules = page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(one => "
            "[one.id, one.nodes.slice(0, 4).map(node => node.target.join(' ') + ': ' + node.failureSummary)]))"
        )
        broken += [(view, *rule) for rule in rules]
    assert broken == []
