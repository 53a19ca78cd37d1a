"""Agents that localize by looking around: by tools, and by code in a jail that holds."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import locant
from locant.agent_tools.agent.sandbox import JAIL, Sandbox, SandboxError
from locant.agent_tools.agent.stages import AGENT_STAGES
from locant.agent_tools.agent.turns import TURNS
from locant.errors import LanguageModelError
from locant.retriever.models.fake import ScriptedModel
from locant.retriever.models.session import ModelOptions
from locant.types import Localization

ISSUE = "Retries wait for hours\n\nRetryPolicy.delay ignores MAX_DELAY and the client never gives up."


needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="the jail is made of what Linux offers")


@pytest.fixture(scope="module")
def index(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[locant.Index]:
    with locant.open(root, cache_dir=tmp_path_factory.mktemp("agent_cache"), workers=1) as index:
        index.update()
        yield index


def asked(index: locant.Index, strategy: str, script: Any, **options: Any) -> tuple[Localization, ScriptedModel]:
    model = ScriptedModel(script)
    settings = ModelOptions(keep_answers=False, **options)
    return index.localize(ISSUE, model=model, strategy=AGENT_STAGES[strategy], model_options=settings), model


def calls(*calls: tuple[str, dict[str, Any]]) -> str:
    return json.dumps({"calls": [{"tool": name, "arguments": arguments} for name, arguments in calls]})


def said(model: ScriptedModel, turn: int) -> str:
    """The last thing that the model was told in a turn, from 1."""
    return model.requests[turn - 1].messages[-1].content


ANSWER = json.dumps(
    {
        "answer": {
            "files": ["src/steps.py", "src/nowhere.py"],
            "functions": [{"path": "src/client.py", "name": "fetch"}, {"path": "src/client.py", "name": "made_up"}],
            "lines": [{"path": "src/client.py", "start": 6, "end": 7, "why": "it never gives up"}],
        }
    }
)


def test_an_agent_makes_several_calls_a_turn_and_answers_with_reasons(index: locant.Index) -> None:
    look = [("grep", {"pattern": "MAX_DELAY"}), ("open", {"path": "src/client.py"}), ("outline", {"path": "no.py"})]
    answer, model = asked(index, "agent", [calls(*look), ANSWER])
    assert [hit.path for hit in answer.files][:2] == ["src/steps.py", "src/client.py"]
    assert answer.functions[0].qualified_name == "fetch"
    assert (answer.spans[0].start_line, answer.spans[0].reason) == (6, "it never gives up")
    results = said(model, 2)
    assert "MAX_DELAY = 30.0" in results
    assert "for attempt in range(5)" in results
    assert "Error: there is no indexed file 'no.py'" in results
    assert results.count('is="result of') == 3
    assert answer.model is not None
    assert (answer.model.strategy, answer.model.calls, answer.model.dropped) == ("agent", 2, 2)


def test_a_turn_has_the_form_of_the_tools_and_the_last_one_names_files_that_were_seen(
    index: locant.Index,
) -> None:
    _, model = asked(index, "agent", [calls(("find_file", {"pattern": "*"}))] * 6)
    first, last = json.loads(model.requests[0].schema), json.loads(model.requests[-1].schema)
    tools = first["anyOf"][0]["properties"]["calls"]["items"]["anyOf"]
    assert {tool["properties"]["tool"]["const"] for tool in tools} >= {"search", "grep", "open"}
    assert all("max_tokens" not in tool["properties"]["arguments"]["properties"] for tool in tools)
    seen = last["properties"]["answer"]["properties"]["files"]["items"]["enum"]
    assert seen
    told = "\n".join(message.content for message in model.requests[-1].messages)
    assert all(path in told for path in seen)


def test_an_agent_starts_from_what_was_found(index: locant.Index) -> None:
    _, model = asked(index, "agent", [ANSWER])
    assert "src/retry.py" in said(model, 1)
    assert "RetryPolicy.delay" in said(model, 1)
    assert "- grep(pattern" in model.requests[0].messages[0].content


def test_an_agent_that_never_answers_is_told_its_last_turn_and_then_left(index: locant.Index) -> None:
    answer, model = asked(index, "agent", [calls(("grep", {"pattern": "delay"}))] * 50)
    assert len(model.requests) == TURNS
    assert said(model, TURNS).startswith("This is your last turn")
    plain = index.localize(ISSUE)
    assert (answer.files, answer.functions) == (plain.files, plain.functions)
    assert answer.model is not None
    assert "gave no answer" in answer.model.notes[0]


def test_a_conversation_ends_before_it_outgrows_its_tokens(index: locant.Index) -> None:
    _, model = asked(index, "agent", [calls(("open", {"path": "src/steps.py"}))] * 50, prompt_tokens=3_500)
    assert 2 <= len(model.requests) < TURNS
    assert said(model, len(model.requests)).startswith("This is your last turn")


@pytest.mark.parametrize(
    "turn",
    [
        "I would rather talk.",
        calls(("rm", {"path": "/"})),
        calls(("open", {"path": "/etc/passwd"})),
        calls(("grep", {"pattern": "delay", "repository": "/etc"})),
        '{"calls": "grep"}',
        '{"calls": [17, {"tool": null}]}',
        '{"calls": [{"tool": "grep", "arguments": "delay"}]}',
    ],
)
def test_a_turn_that_makes_no_sense_is_answered_and_reads_nothing_else(index: locant.Index, turn: str) -> None:
    answer, model = asked(index, "agent", [turn, ANSWER])
    assert len(model.requests) == 2
    assert "root:" not in said(model, 2)
    assert answer.functions[0].qualified_name == "fetch"


@pytest.mark.parametrize("strategy", ["agent", pytest.param("codeact", marks=needs_linux)])
def test_a_model_that_fails_in_the_middle_leaves_the_plain_answer(index: locant.Index, strategy: str) -> None:
    script = [calls(("grep", {"pattern": "delay"})), LanguageModelError("it went away")]
    answer, _ = asked(index, strategy, script)
    assert answer.files == index.localize(ISSUE).files
    assert answer.model is not None
    assert "it went away" in answer.model.notes[0]


@pytest.mark.parametrize("strategy", ["agent", pytest.param("codeact", marks=needs_linux)])
def test_a_dry_run_shows_the_first_turn(index: locant.Index, strategy: str) -> None:
    answer, model = asked(index, strategy, [], is_dry_run=True)
    assert model.requests == []
    assert answer.model is not None
    assert len(answer.model.would_send) == 1


@needs_linux
def test_an_agent_looks_around_by_code(index: locant.Index) -> None:
    first = """\
    Let me look.
    ```python
    found = grep("MAX_DELAY")
    for file in found.data["files"]:
        print(file["path"], file["total"])
    names = [hit["path"] for hit in search("delay", limit=3).data["hits"]]
    ```"""
    second = "```python\nprint(sorted(names), len(find_all('attempt', open_file('src/client.py'))))\n```"
    answer, model = asked(index, "codeact", [textwrap.dedent(first), second, ANSWER])
    assert "src/retry.py 2" in said(model, 2)
    assert "'src/retry.py'" in said(model, 3)
    assert answer.functions[0].qualified_name == "fetch"
    assert answer.model is not None
    assert answer.model.strategy == "codeact"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    if sys.platform != "linux":
        pytest.skip("the jail is made of what Linux offers")
    with Sandbox({"echo": lambda args, kwargs: (f"{args} {kwargs}", {"n": len(args)})}) as sandbox:
        yield sandbox


def test_code_computes_prints_and_calls_its_tools(sandbox: Sandbox) -> None:
    assert sandbox.run("def double(n):\n    return 2 * n\nprint(double(21))").output == "42\n"
    assert sandbox.run("print(double(4), echo('a', b=1), echo(1, 2).data['n'])").output == "8 ['a'] {'b': 1} 2\n"


@pytest.mark.parametrize(
    "code",
    [
        "import os",
        "from os import system",
        "__import__('os')",
        "().__class__",
        "(lambda: 0).__globals__",
        "'{0.__class__}'.format(1)",
        "'{0}'.format_map({})",
        "open('/etc/passwd')",
        "eval('1')",
        "exec('1')",
        "getattr(1, 'real')",
        "type(1)",
        "class A: pass",
        "async def f(): pass",
        "f = (x for x in [1]); f.gi_frame",
        "try:\n    1/0\nexcept Exception as e:\n    e.with_traceback",
        "def f(_x): pass",
        "print(_names)",
        "with echo() as x: pass",
        "global x",
        "@print\ndef f(): pass",
        "lambda: (yield)",
        "match 1:\n    case _: pass",
        "print(find_all.__self__)",
        "print('" + "(" * 5_000,
    ],
)
def test_code_that_reaches_for_more_is_refused(sandbox: Sandbox, code: str) -> None:
    ran = sandbox.run(code)
    assert ran.output == ""
    assert ran.error


def test_an_error_names_its_line(sandbox: Sandbox) -> None:
    assert sandbox.run("x = 1\nprint(x)\ny = {}['k']").error == "line 3: KeyError: 'k'"


def test_output_and_calls_without_end_are_cut(sandbox: Sandbox) -> None:
    assert len(sandbox.run("while True:\n    print('x' * 1000)\n    echo()").output) <= 20_000
    assert "more than 30 calls" in sandbox.run("for n in range(100):\n    echo()").error


@needs_linux
@pytest.mark.parametrize("code", ["while True:\n    pass", "x = 9 ** 9 ** 9", "find_all('(a+)+$', 'a' * 60 + 'b')"])
def test_code_that_takes_too_long_is_ended(code: str) -> None:
    with Sandbox({}, seconds=0.5) as sandbox:
        with pytest.raises(SandboxError, match=r"longer than 0\.5 s"):
            sandbox.run(code)
        with pytest.raises(SandboxError):
            sandbox.run("print(1)")


def test_code_that_eats_memory_is_stopped(sandbox: Sandbox) -> None:
    assert "MemoryError" in sandbox.run("x = [0] * (10 ** 9)").error


@needs_linux
def test_code_that_has_to_be_ended_costs_the_agent_its_code_and_not_its_answer(index: locant.Index) -> None:
    bomb = "```python\nx = 'y' * 100_000_000\nprint(echo, x, x)\n```"
    answer, model = asked(index, "codeact", [bomb, "```python\nprint(1)\n```", ANSWER])
    assert len(model.requests) == 3
    assert answer.functions[0].qualified_name == "fetch"


ESCAPE = """
import importlib.util, os, resource, signal, socket, sys
spec = importlib.util.spec_from_file_location("jail", sys.argv[1])
jail = importlib.util.module_from_spec(spec)
spec.loader.exec_module(jail)
port, file, parent = int(sys.argv[2]), sys.argv[3], os.getppid()
jail.lock_up()

def attempt(name, act):
    try:
        act()
    except BaseException as error:
        return
    os.write(1, (name + " ").encode())

def connect():
    os.close(2)  # room for one descriptor
    socket.socket().connect(("127.0.0.1", port))

def many():
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))

attempt("read", lambda: os.open(file, os.O_RDONLY))
attempt("write", lambda: os.open("/tmp/made", os.O_CREAT | os.O_WRONLY))
attempt("mkdir", lambda: os.mkdir("made"))
attempt("fork", os.fork)
attempt("exec", lambda: os.execv("/bin/sh", ["sh", "-c", "echo executed"]))
attempt("kill", lambda: os.kill(parent, 0))
attempt("limit", many)
attempt("root", lambda: os.chroot("/.."))
attempt("connect", connect)
attempt("read", lambda: os.open(file, os.O_RDONLY))
attempt("read", lambda: os.open("/../../../../" + file, os.O_RDONLY))
attempt("list", lambda: os.listdir("/proc"))
os.write(1, b"done")
"""


@needs_linux
def test_what_breaks_out_of_python_finds_nothing_outside(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    with socket.create_server(("127.0.0.1", 0)) as server:
        arguments = [str(JAIL), str(server.getsockname()[1]), str(secret)]
        run = subprocess.run([sys.executable, "-c", ESCAPE, *arguments], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("done", "")


NO_NAMESPACES = """
import sys
sys.platform = "darwin"
from locant.agent_tools.agent.sandbox import Sandbox, SandboxError
try:
    Sandbox({})
except SandboxError as error:
    print(error)
"""


def test_where_a_process_cannot_be_locked_up_no_code_runs() -> None:
    run = subprocess.run([sys.executable, "-c", NO_NAMESPACES], capture_output=True, text=True, check=True)
    assert "use another strategy than codeact" in run.stdout
