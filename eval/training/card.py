"""The card of the shipped rankers: figures of a fit, as a page that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["model_card"]

MIXED = "several"
"""Language of a row that changed files of more than one."""

MOST_USED = 15
"""Features named for each model."""

INTRODUCTION = """# Model card: the rankers of `localize`

Two forests of decision trees, one for files and one for functions, that reorder the best candidates of the plain
fusion ([ranking.md](../ranking.md)). They ship inside the package and are evaluated with numpy; nothing is downloaded.
This page is written by `locant eval train fit`.
"""

LIMITS = """## Where they fail

- They reorder candidates: what the plain fusion does not bring among its best {files} files or {functions} functions
  is not found by them. Gold outside the candidates is counted as missed in every figure here.
- Commit messages seldom have stack traces, quoted identifiers or long descriptions; what the rankers know of those
  comes from the issues, which are few, and Python only. They correct the plain fusion's score for that reason.
- Only code was ever right in training. Tests, documents and configuration are set back by a fixed amount.
- Changes of more than three files were left out of training.
- A repository without history gives them no recency and no change counts, which they use.
"""


def model_card(figures: Mapping[str, Any], command: str, candidates: tuple[int, int]) -> str:
    """Markdown of what `fit` returned.

    Args:
        figures: of the fit.
        command: that gives this fit again.
        candidates: files and functions that are reordered at most.

    """
    parts = [
        INTRODUCTION,
        "\n".join(_data(figures, command)),
        "\n".join(_accuracy(figures)),
        "\n".join(_languages(figures)),
        "\n".join(_ablation(figures)),
        LIMITS.format(files=candidates[0], functions=candidates[1]),
    ]
    return "\n".join(part for part in parts if part)


def _data(figures: Mapping[str, Any], command: str) -> Iterator[str]:
    data, plan = figures["data"], figures["plan"]
    languages = [(name or MIXED, count) for name, count in data["languages"].items()]
    languages.sort(key=lambda item: -item[1])
    yield "## Data and training\n"
    yield f"- **Rows**: {data['rows']:,}, of which {data['issues']:,} are issues of {data['repositories_of_issues']:,}"
    most = data["rows_of_a_repository_at_most"]
    yield f"  repositories; {data['repositories']:,} repositories in all, at most {most} rows of each, issues apart;"
    yield "  no held-out repository. [training.md](../training.md) tells how they are mined."
    yield f"- **Languages** (rows): {', '.join(f'{name} {count:,}' for name, count in languages)}."
    yield f"- **Candidates**: {data['file_candidates']:,} files and {data['function_candidates']:,} functions."
    yield f"- **Command**: `{command}`"
    yield f"- **Training**: LambdaMART by LightGBM {figures['lightgbm']}, seed {plan['files']['seed']};"
    yield f"  {figures['processor_seconds']:,} seconds of processor time with all cross-validation."
    for level in ("files", "functions"):
        settings = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in plan[level].items())
        yield f"- **Settings of {level}**: {settings}."
    yield f"- **Weights**: an issue {plan['issue_weight']:g}, a commit 1; the best {plan['depth']} candidates of a row."
    for model in figures["models"]:
        yield f"- **{model['file']}**: {model['trees']} trees, {model['features']} features, {model['bytes']:,} bytes;"
        yield f"  most asked: {', '.join(list(model['nodes_by_feature'])[:MOST_USED])}."
    yield "- **Licence**: Apache-2.0, as locant; trained from nothing on commit messages and diffs of public"
    yield "  repositories. No code of theirs is in the models, only thresholds on scores.\n"


def _accuracy(figures: Mapping[str, Any]) -> Iterator[str]:
    yield "## Accuracy out of fold\n"
    yield "Folds by repository. All gold has to be among the first k; 95 % intervals; after the comma the paired"
    yield "difference to the plain fusion.\n"
    for rows, title in (("issues", "Issues"), ("commits", "Commits")):
        for level, systems in figures[rows].items():
            yield from _table(f"{title}, {level}s", systems)


def _table(title: str, systems: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Systems down, cut-offs across."""
    first = next(iter(systems.values()))
    if not first or not first[0]["rows"]:
        return
    yield f"| {title} ({first[0]['rows']:,}) | {' | '.join('@' + str(one['k']) for one in first)} |"
    yield "|---" * (len(first) + 1) + "|"
    for name, found in systems.items():
        yield f"| {name} | {' | '.join(_cell(one) for one in found)} |"
    yield ""


def _cell(figure: Mapping[str, Any]) -> str:
    value, low, high = figure["accuracy"]
    gain = f", {_signed(figure['gain'])}" if "gain" in figure else ""
    return f"{value:.1f} [{low:.1f}, {high:.1f}]{gain}"


def _signed(gain: Sequence[float]) -> str:
    return f"{gain[0]:+.1f} [{gain[1]:+.1f}, {gain[2]:+.1f}]"


def _languages(figures: Mapping[str, Any]) -> Iterator[str]:
    """Acc@5 of each language: plain, out of fold by repository, out of fold by language."""
    if not figures["unseen_language"]:
        return
    yield "## Languages\n"
    yield "Acc@5 on commits: plain fusion, the rankers, and the rankers trained without any row of the language.\n"
    yield "| language | rows | file: plain | rankers | never seen | function: plain | rankers | never seen |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, levels in figures["languages"].items():
        cells = [name or MIXED, str(_at_five(levels["file"]["plain fusion"])["rows"])]
        for level in ("file", "function"):
            known, unseen = levels[level], figures["unseen_language"][name][level]
            columns = (known["plain fusion"], known["trained on commits and issues"], unseen["language never seen"])
            cells += [f"{_at_five(found)['accuracy'][0]:.1f}" for found in columns]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _at_five(figures: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next(one for one in figures if one["k"] == 5)


def _ablation(figures: Mapping[str, Any]) -> Iterator[str]:
    """What is lost when a group of features is left out and everything is trained again."""
    if not figures["ablation"]:
        return
    yield "## Without a group of features\n"
    yield "Everything trained again without it; difference in points, with 95 % intervals.\n"
    yield "| without | issues: file @1 | @5 | function @5 | commits: file @1 | @5 | function @5 |"
    yield "|---|---|---|---|---|---|---|"
    for group, found in figures["ablation"].items():
        cells = []
        for rows in ("issues", "commits"):
            by_level = {level: systems[group] for level, systems in found[rows].items()}
            for level, cutoff in (("file", 1), ("file", 5), ("function", 5)):
                gain = next(one for one in by_level[level] if one["k"] == cutoff).get("gain")
                cells.append(_signed(gain) if gain else "")
        yield f"| {group} | {' | '.join(cells)} |"
    yield ""
