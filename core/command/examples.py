"""What `--help` shows below the options: a command line for each thing that people come for."""

from __future__ import annotations

__all__ = ["EXAMPLES"]

EXAMPLES: dict[str, tuple[str, ...]] = {
    "locant": (
        'locant search "where is the retry delay computed"',
        "locant localize issue.md",
        "locant view src/retry.py:40-60",
    ),
    "index": (
        "locant index                      # this repository",
        "locant index --dry-run            # what would be indexed, what not and why",
        "locant index ../other --rebuild --jobs 1",
    ),
    "status": ("locant status", "locant status -C ../other --json"),
    "search": (
        'locant search "where is the retry delay computed"',
        "locant search RetryPolicy.delay --kind method",
        "locant search --mode regex 'retry_\\w+\\(' --area code --path 'src/**'",
        'locant search "parse config" ../service ../client --limit 5',
    ),
    "localize": (
        "locant localize issue.md",
        "gh issue view 42 --json title,body -q '.title,.body' | locant localize -",
        'locant localize --text "KeyError in load_config when the file is empty" --json',
        "locant localize issue.md --model openai/gpt-4o-mini --max-cost 0.01 --dry-run",
    ),
    "brief": (
        "locant brief issue.md --max-tokens 4000",
        "gh issue view 42 --json title,body -q '.title,.body' | locant brief - | my-agent",
        'locant brief --text "KeyError in load_config when the file is empty" --pin src/config.py',
    ),
    "map": (
        "locant map",
        'locant map --focus "where is the retry delay computed" --max-tokens 1000',
        "locant map --file src/retry.py --svg map.svg",
    ),
    "pack": (
        "locant pack --max-tokens 200000 --output repository.xml",
        "locant pack issue.md --max-tokens 50000 --style markdown --line-numbers",
        "locant pack --path 'src/**' --path '!**/*_test.go' --order best-last | my-model",
    ),
    "summarize": (
        "locant summarize                  # the repository, its folders and files",
        "locant summarize src/retry.py",
        "locant summarize src --model openai/gpt-4o-mini --max-cost 0.05 --dry-run",
    ),
    "view": (
        "locant view src/retry.py:40-60",
        "locant view src/retry.py:52",
        "locant view src/retry.py:RetryPolicy.delay",
    ),
    "outline": ("locant outline src/retry.py",),
    "find": ("locant find retry", "locant find '*.toml'"),
    "grep": (
        "locant grep 'raise \\w+Error'",
        "locant grep -F 'delay *= 2' --area code",
        "locant grep -i todo --language python",
    ),
    "definitions": ("locant definitions delay", "locant definitions RetryPolicy.delay"),
    "references": ("locant references delay", "locant references delay --json"),
    "related": ("locant related src/retry.py", "locant related src/retry.py:RetryPolicy"),
    "mcp": (
        "locant mcp                        # what an agent's configuration starts",
        "locant mcp ../service ../client --profile all",
        "locant mcp --http --port 8321",
    ),
    "tools": (
        "locant tools",
        "locant tools --profile all --format openai",
        "locant tools --format swe-agent --output tools/locant",
    ),
    "tool": (
        'locant tool search query="where is the retry delay computed"',
        "locant tool open path=src/retry.py line=120",
        """locant tool grep --args '{"pattern": "raise", "paths": ["src/**"]}'""",
    ),
    "keys": (
        "locant keys create --name admins --scope admin",
        "locant keys create --name ci --scope read --repository service",
        "locant keys list --json",
        "locant keys revoke 9f2c1a7be043",
    ),
    "serve": (
        "locant serve --root ~/src         # repositories below ~/src may be added",
        "locant serve --config server.toml --processes 2",
        "locant serve --port 8400 --set query_seconds=10 --set job_workers=2",
    ),
    "watch": ("locant watch", "locant watch -C ../other --json"),
    "install": (
        "locant install                    # show what would change, ask, write",
        "locant install --agent claude-code --agent cursor --yes",
        "locant install --scope project --dry-run",
    ),
    "uninstall": ("locant uninstall", "locant uninstall --agent cursor --yes"),
    "doctor": ("locant doctor", "locant doctor -C ../other --json"),
    "clear": ("locant clear", "locant clear --all --yes"),
    "eval": (
        "locant eval here                  # does it beat grep on this repository?",
        "locant eval report run.jsonl",
    ),
}
