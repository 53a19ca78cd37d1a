"""Calls of language models: through the real litellm to a real socket, under a budget, kept, and never an exception."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from locant.errors import LanguageModelError, QueryError
from locant.retriever.models.budget import Budget
from locant.retriever.models.choose import make_model
from locant.retriever.models.fake import ScriptedModel, scripted_from
from locant.retriever.models.litellm_model import LitellmModel, Service
from locant.retriever.models.protocol import LanguageModel, Price, Reply
from locant.retriever.models.retrying import ATTEMPTS, Limited, Retrying
from locant.retriever.models.session import ModelOptions, ModelSession, open_session
from locant.types import ModelMessage, ModelRequest

SCHEMA = '{"type":"object","properties":{"files":{"type":"array","items":{"type":"string"}}}}'
SECRET = "AKIAIOSFODNN7EXAMPLQ"


def request(text: str = "where?", **settings: Any) -> ModelRequest:
    return ModelRequest((ModelMessage("user", text),), settings.pop("max_tokens", 100), "test", **settings)


def fixed(request: ModelRequest) -> Callable[[int], ModelRequest]:
    return lambda tokens: request


def service(server: Any, name: str = "tiny", price: Price | None = None) -> LitellmModel:
    return LitellmModel(Service(name, server.url), price)


def session(model: LanguageModel, tmp_path: Path, **settings: Any) -> ModelSession:
    return open_session(model, ModelOptions(**settings), tmp_path, "test")


def test_an_answer_of_a_server_comes_with_its_own_count_of_tokens(
    model_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-another-service")
    model_server.script = [{"text": "in src/retry.py", "usage": [11, 7]}]
    asked = session(service(model_server, price=Price(1.0, 2.0)), tmp_path)
    reply = asked.ask(request(stop=("END",)))
    assert reply is not None
    assert (reply.text, reply.tokens_in, reply.tokens_out, reply.is_cut) == ("in src/retry.py", 11, 7, False)
    assert asked.use().cost == pytest.approx((11 + 14) / 1_000_000)
    sent = model_server.requests[0]
    assert sent["body"]["messages"] == [{"role": "user", "content": "where?"}]
    assert (sent["body"]["model"], sent["body"]["max_tokens"], sent["body"]["stop"]) == ("tiny", 100, ["END"])
    assert sent["headers"]["authorization"] == "Bearer none"


def test_a_name_with_an_unknown_first_part_is_the_name_of_a_model(model_server: Any, tmp_path: Path) -> None:
    assert session(service(model_server, "Qwen/Qwen2.5-Coder-7B"), tmp_path).ask(request()) is not None
    assert model_server.requests[0]["body"]["model"] == "Qwen/Qwen2.5-Coder-7B"


def test_tokens_are_estimated_where_the_server_does_not_count_them(model_server: Any, tmp_path: Path) -> None:
    asked = session(service(model_server), tmp_path)
    reply = asked.ask(request("a question of several words"))
    assert reply is not None
    assert reply.tokens_in > 5
    assert reply.tokens_out >= 1
    assert asked.use().cost is None  # nobody said what it costs


def test_a_busy_server_is_asked_again_after_the_time_that_it_names(model_server: Any, tmp_path: Path) -> None:
    model_server.script = [{"status": 429, "headers": {"Retry-After": "7"}}, {"status": 503}, {"text": "found"}]
    waits: list[float] = []
    reply = session(Retrying(service(model_server), waits.append), tmp_path).ask(request())
    assert reply is not None
    assert reply.text == "found"
    assert waits[0] == 7.0
    assert len(waits) == 2


def test_a_server_that_stays_busy_is_given_up(model_server: Any, tmp_path: Path) -> None:
    model_server.script = [{"status": 500}]
    asked = session(Retrying(service(model_server), lambda seconds: None), tmp_path)
    assert asked.ask(request()) is None
    assert len(model_server.requests) == ATTEMPTS
    assert asked.use().failed == 1
    assert "tiny failed" in asked.use().notes[0]


def test_no_attempt_begins_after_the_time_of_the_call(model_server: Any, tmp_path: Path) -> None:
    model_server.script = [{"status": 429, "headers": {"Retry-After": "3600"}}]
    waits: list[float] = []
    asked = session(Retrying(service(model_server), waits.append), tmp_path, budget=Budget(seconds=60))
    assert asked.ask(request()) is None
    assert (len(model_server.requests), waits) == (1, [])


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"status": 401, "says": "bad key"}, "refuses the key"),
        ({"status": 404, "says": "no such model"}, "is not known there"),
        ({"status": 400, "says": "This model's maximum context length is 10"}, "cannot read so long a question"),
        ({"raw": b"data: {not json\n\n"}, "tiny"),
        ({"raw": b"data: [1, 2]\n\n"}, "tiny"),
        ({"raw": b"\x00\xff\xfe" * 1000}, "tiny"),
    ],
)
def test_a_failure_is_a_note_and_no_exception(model_server: Any, tmp_path: Path, step: Any, said: str) -> None:
    model_server.script = [step]
    asked = session(service(model_server), tmp_path)
    reply = asked.ask(request())
    if reply is None:
        assert said in asked.use().notes[0]
    else:  # a stream of garbage may count as one without text
        assert (reply.text, reply.is_cut) == ("", True)
    assert len(model_server.requests) == 1


def test_a_server_that_does_not_answer_costs_the_time_of_the_budget(model_server: Any, tmp_path: Path) -> None:
    model_server.script = [{"hang": True}]
    model = service(model_server)
    assert model.identity
    asked = session(model, tmp_path, budget=Budget(seconds=0.3))
    assert asked.ask(request()) is None
    assert asked.ask(request()) is None
    assert "the budget of 0.3 s is spent" in asked.use().notes[-1]


def test_a_schema_goes_to_a_server_that_holds_the_model_to_it(model_server: Any, tmp_path: Path) -> None:
    asked = session(service(model_server), tmp_path)
    assert asked.ask(request(schema=SCHEMA)) is not None
    form = model_server.requests[0]["body"]["response_format"]
    assert (form["type"], form["json_schema"]["schema"]) == ("json_schema", json.loads(SCHEMA))
    assert asked.ask(request("without")) is not None
    assert "response_format" not in model_server.requests[1]["body"]


def test_a_server_that_refuses_a_schema_is_asked_without_one_now_and_later(model_server: Any, tmp_path: Path) -> None:
    model_server.script = [{"status": 400, "says": "response_format: json_schema is not supported"}, {"text": "found"}]
    model = service(model_server)
    for text in ("first", "second"):
        reply = session(model, tmp_path).ask(request(text, schema=SCHEMA))
        assert reply is not None
        assert reply.text == "found"
    assert ["response_format" in sent["body"] for sent in model_server.requests] == [True, False, False]


def test_a_question_that_is_too_long_for_the_model_is_made_shorter(model_server: Any, tmp_path: Path) -> None:
    def small_window(body: Any) -> Any:
        words = len(body["messages"][0]["content"].split())
        too_long = {"status": 400, "says": f"This model's maximum context length is 2000 tokens, not {words}"}
        return too_long if words > 2_000 else {"text": f"read {words}", "usage": [words, 2]}

    model_server.script = [small_window]
    asked = session(service(model_server), tmp_path)
    reply = asked.ask_fitting(lambda tokens: request("word " * tokens))
    assert reply is not None
    assert 500 < int(reply.text.split()[1]) <= 2_000
    use = asked.use()
    assert (use.calls, use.failed) == (1, 0)
    assert "reads fewer tokens at once" in use.notes[0]
    sent = len(model_server.requests)
    assert asked.ask_fitting(lambda tokens: request("text " * tokens)) is not None
    assert len(model_server.requests) == sent + 1  # the window is known by now


def test_a_model_that_can_read_nothing_is_given_up(model_server: Any, tmp_path: Path) -> None:
    model_server.script = [{"status": 400, "says": "This model's maximum context length is 10"}]
    asked = session(service(model_server), tmp_path)
    assert asked.ask_fitting(lambda tokens: request("word " * tokens)) is None
    assert len(model_server.requests) < 10
    assert asked.use().failed == 1


def test_what_a_model_says_behind_its_object_is_not_waited_for(model_server: Any, tmp_path: Path) -> None:
    model_server.script = [{"endless": '{"files": ["F1"]} And so on. '}]
    asked = session(service(model_server), tmp_path)
    reply = asked.ask(request(max_tokens=100_000, schema=SCHEMA))
    assert reply is not None
    assert not reply.is_cut
    assert len(reply.text) < 2_000
    assert model_server.hung_up.wait(30)


def test_a_model_that_says_the_same_again_and_again_is_stopped(model_server: Any, tmp_path: Path) -> None:
    sentence = "The function may have to be changed since it returns a value that nobody has asked for. " * 3
    model_server.script = [{"endless": sentence}]
    reply = session(service(model_server), tmp_path).ask(request(max_tokens=100_000))
    assert reply is not None
    assert reply.is_cut
    assert len(reply.text) < 20 * len(sentence)
    assert model_server.hung_up.wait(30)


def test_what_had_come_when_the_time_was_over_counts(model_server: Any, tmp_path: Path) -> None:
    model_server.script = [{"text": "warm"}, {"stall": '{"files": ["F2", "F1"'}]
    model = service(model_server)
    assert session(model, tmp_path).ask(request("first")) is not None  # the library is imported now
    asked = session(model, tmp_path, budget=Budget(seconds=3))
    reply = asked.ask(request())
    assert reply is not None
    assert (reply.text, reply.is_cut) == ('{"files": ["F2", "F1"', True)


def test_a_server_that_is_not_there_is_a_note(tmp_path: Path) -> None:
    asked = session(LitellmModel(Service("tiny", "http://127.0.0.1:9/v1")), tmp_path)
    assert asked.ask(request()) is None
    assert "LOCANT_MODEL_BASE_URL" in asked.use().notes[0]


def test_an_answer_without_end_is_cut_and_the_connection_closed(model_server: Any, tmp_path: Path) -> None:
    model_server.script = [{"endless": "more and more " * 50}]
    reply = session(service(model_server), tmp_path).ask(request(max_tokens=20))
    assert reply is not None
    assert reply.is_cut
    assert len(reply.text) < 5_000
    assert model_server.hung_up.wait(30)


def test_an_answer_that_breaks_off_is_no_whole_answer(model_server: Any, tmp_path: Path) -> None:
    model_server.script = [{"cut": "in src/re"}, {"text": "in src/retry.py"}]
    asked = session(service(model_server), tmp_path)
    first = asked.ask(request())
    assert first is None or first.is_cut
    second = asked.ask(request())  # what was cut is not kept
    assert second is not None
    assert second.text == "in src/retry.py"


def test_a_name_without_provider_and_address_says_what_to_do(tmp_path: Path) -> None:
    asked = session(LitellmModel(Service("no-such-model")), tmp_path)
    assert asked.ask(request()) is None
    assert "write provider/model" in asked.use().notes[0]


def test_secrets_never_reach_the_server(model_server: Any, tmp_path: Path) -> None:
    asked = session(service(model_server), tmp_path)
    assert asked.ask(request(f"my key {SECRET} fails")) is not None
    assert SECRET not in str(model_server.requests)
    assert "*" * len(SECRET) in str(model_server.requests)
    assert "masked" in asked.use().notes[0]


def test_a_question_asked_twice_is_sent_once(model_server: Any, tmp_path: Path) -> None:
    first, second = (session(service(model_server, price=Price(1, 1)), tmp_path) for _ in range(2))
    assert first.ask(request()) is not None
    again = second.ask(request())
    assert again is not None
    assert again.is_cached
    assert second.ask(request(sample=1)) is not None
    assert len(model_server.requests) == 2
    use = second.use()
    assert (use.calls, use.cached) == (1, 1)
    assert use.cached_cost == first.use().cost


def test_answers_are_not_kept_when_they_are_not_to_be(model_server: Any, tmp_path: Path) -> None:
    asked = session(service(model_server), tmp_path, keep_answers=False)
    assert asked.ask(request())
    assert asked.ask(request())
    assert len(model_server.requests) == 2
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_of_answers_costs_nothing_but_the_answers(tmp_path: Path) -> None:
    (tmp_path / "model-answers.sqlite").write_bytes(b"no database" * 100)
    reply = session(ScriptedModel(["yes"]), tmp_path).ask(request())
    assert reply is not None
    assert reply.text == "yes"


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(model_server: Any, tmp_path: Path) -> None:
    asked = session(service(model_server), tmp_path, is_dry_run=True)
    reply = asked.ask(request(f"where is {SECRET}"))
    assert reply is not None
    assert reply.text == ""
    assert model_server.requests == []
    (shown,) = asked.use().would_send
    assert shown.messages[0].content == f"where is {'*' * len(SECRET)}"
    assert asked.use().calls == 0


def test_a_call_that_could_overrun_the_tokens_is_not_sent(tmp_path: Path) -> None:
    model = ScriptedModel(["one", "two"])
    asked = session(model, tmp_path, budget=Budget(tokens=200))
    assert asked.ask(request("word " * 150)) is None
    assert asked.ask(request("a word")) is not None
    assert [sent.messages[0].content for sent in model.requests] == ["a word"]
    assert "does not fit the budget of 200 tokens" in asked.use().notes[0]


def test_an_answer_is_shortened_to_what_the_tokens_allow(tmp_path: Path) -> None:
    model = ScriptedModel(["one"])
    assert session(model, tmp_path, budget=Budget(tokens=150)).ask(request("a word", max_tokens=5_000)) is not None
    assert 64 <= model.requests[0].max_tokens < 150


def test_money_is_kept_to_and_needs_a_price(tmp_path: Path) -> None:
    budget = Budget(cost=0.001)
    dear, free = ScriptedModel(["a", "b"], price=Price(1_000, 1_000)), ScriptedModel(["a"])
    for model, said in ((dear, "does not fit the budget of $0.001"), (free, "LOCANT_MODEL_PRICE")):
        asked = session(model, tmp_path, budget=budget)
        assert asked.ask(request()) is None
        assert said in asked.use().notes[0]
        assert model.requests == []


def test_calls_side_by_side_stay_within_the_budget_together(tmp_path: Path) -> None:
    reply = Reply("x", tokens_in=20, tokens_out=100)
    model = ScriptedModel([reply] * 20)
    asked = session(model, tmp_path, budget=Budget(tokens=500))
    found = asked.ask_all([fixed(request(f"number {number}")) for number in range(20)])
    use = asked.use()
    assert 0 < use.calls < 20
    assert use.tokens_in + use.tokens_out <= 500
    assert sum(reply is not None for reply in found) == use.calls


def test_no_more_calls_are_sent_at_once_than_are_allowed(tmp_path: Path) -> None:
    inside, most = 0, 0
    lock, both = threading.Lock(), threading.Barrier(2)

    def answer(_: ModelRequest) -> str:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        both.wait(30)  # two are let in together, and no third
        with lock:
            inside -= 1
        return "ok"

    asked = session(Limited(ScriptedModel([answer] * 6), 2), tmp_path)
    assert all(asked.ask_all([fixed(request(f"number {number}")) for number in range(6)]))
    assert most == 2


def test_budgets_below_zero_and_names_that_are_none_are_refused() -> None:
    with pytest.raises(QueryError, match="give 0 or more"):
        Budget(tokens=-1)
    with pytest.raises(QueryError, match="is no name of a model"):
        make_model("two words")
    with pytest.raises(QueryError, match="http://"):
        make_model("tiny", {"LOCANT_MODEL_BASE_URL": "127.0.0.1:8000"})
    with pytest.raises(QueryError, match="dollars per million"):
        make_model("tiny", {"LOCANT_MODEL_PRICE": "cheap"})


def test_a_script_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text('["first", null]')
    model = scripted_from(path)
    assert model.complete(request()).text == "first"
    with pytest.raises(LanguageModelError):
        model.complete(request())
    assert model.complete(request()).text == ""
    path.write_text('{"no": "list"}')
    with pytest.raises(QueryError, match="not a JSON list"):
        scripted_from(path)


def test_who_uses_no_model_imports_none(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.py").write_text("def retry():\n    return 1\n")
    script = (
        "import sys, locant\n"
        f"with locant.open({str(tmp_path / 'tree')!r}, cache_dir={str(tmp_path / 'cache')!r}, workers=1) as index:\n"
        "    index.localize('retry fails')\n"
        "print([name for name in ('litellm', 'tenacity', 'sqlite3', 'locant.retriever.models') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_without_the_extra_a_note_says_how_to_install_it(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nsys.modules['litellm'] = None\n"
        "from locant.retriever.models.litellm_model import LitellmModel, Service\n"
        "from locant.retriever.models.session import ModelOptions, open_session\n"
        "from locant.types import ModelMessage, ModelRequest\n"
        f"asked = open_session(LitellmModel(Service('openai/x')), ModelOptions(), Path({str(tmp_path)!r}))\n"
        "assert asked.ask(ModelRequest((ModelMessage('user', 'hi'),), 10, 'test')) is None\n"
        "print(asked.use().notes[0])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install 'locant[llm]'" in run.stdout
