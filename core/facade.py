"""The Python API: `locant.open(path)` and what an index can be asked. Every answer is checked against the disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from locant.contexts import (
    BRIEF_TOKENS,
    MAP_TOKENS,
    PACK_TOKENS,
    Asked,
    Grounds,
    answer_brief,
    answer_map,
    answer_pack,
    answer_picture,
)
from locant.errors import QueryError
from locant.indexer.store.folder import TreeStore, cache_folder
from locant.indexer.walk.layout import resolve_root
from locant.indexer.walk.records import WalkOptions
from locant.indexer.walk.repository import repository_identity
from locant.kept_index import Given
from locant.localizing import Issue, Limits, Stages, answer_issue, assistance, shipped_reranker
from locant.readable_index import ReadableIndex, check_limit
from locant.refresh import CURRENT, Policy, ProgressSink
from locant.retriever.context import read_query
from locant.retriever.filters import Filters, make_filters
from locant.retriever.localize import Rankers
from locant.retriever.pack.records import PackRequest, check_request
from locant.retriever.reading.snippets import SNIPPET_LINES
from locant.retriever.tokens import TokenCounter, check_budget, estimate_tokens
from locant.retriever.wording import Wording
from locant.searching import LINE_SHAPES, Asking, Question, answer_question
from locant.summarizing import answer_summaries, sentences, told_of_files
from locant.types import (
    Brief,
    Localization,
    Pack,
    PackDetail,
    PackOrder,
    PackStyle,
    RankerName,
    RepoMap,
    RerankName,
    SearchMode,
    SearchResult,
    StrategyName,
    SummaryTree,
    Vocabulary,
)

if TYPE_CHECKING:
    from locant.retriever.llm.stages import Stage
    from locant.retriever.models.protocol import LanguageModel
    from locant.retriever.models.session import ModelOptions

__all__ = ["LINE_SHAPES", "Index", "open"]


def open(  # noqa: A001 - `locant.open` is the public name
    path: str | Path,
    *,
    cache_dir: str | Path | None = None,
    options: WalkOptions | None = None,
    workers: int | None = None,
    behind: Callable[[], None] | None = None,
    encoder: str | None = None,
    policy: Policy = CURRENT,
    name: str | None = None,
) -> Index:
    """Open the index of a folder; it is made or brought up to date when it is first asked.

    Args:
        path: a repository, a folder in one, or any folder.
        cache_dir: where indexes are kept, instead of the user's cache folder or `LOCANT_CACHE_DIR`.
        options: which files are indexed.
        workers: processes that parse; as many as there are cores when not given.
        behind: called instead of an update of an existing index that would take long, to have it made elsewhere;
            answers then name what changed.
        encoder: what compares meaning beside words (`static`, `st:MODEL`, `litellm:MODEL`, `none`), instead of
            `LOCANT_ENCODER`; see docs/encoders.md.
        policy: what an answer may do about an index that is not as its tree; a server answers from what is stored.
        name: what maps, packs and summaries call it, instead of the name of its folder.

    Raises:
        RepositoryError: the path is no folder, or a bare repository.
        QueryError: there is no such encoder.

    """
    root = resolve_root(Path(path))
    cache = Path(cache_dir).expanduser().absolute() if cache_dir is not None else cache_folder()
    return Index(TreeStore(root, cache, repository_identity), options, workers, behind, encoder, policy, name)


class Index(ReadableIndex):
    """A repository that can be asked. Make one with `locant.open`; it may be used from several threads."""

    # -- ranked answers ------------------------------------------------------------------------------------------

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        mode: SearchMode = "auto",
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        kinds: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        snippet_lines: int = SNIPPET_LINES,
        summaries: bool = False,
        model: str | LanguageModel | None = None,
        model_options: ModelOptions | None = None,
        progress: ProgressSink | None = None,
    ) -> SearchResult:
        """Places that answer a question, name a symbol, or hold a literal or a regular expression; one hit per file.

        Args:
            text: what to look for.
            limit: hits at most.
            mode: how to read the text; `auto` decides from its shape.
            languages: only files in these.
            paths: only paths that match one of these globs (as in .gitignore); `!glob` leaves out.
            kinds: only definitions of these kinds (function, class, ...).
            areas: only files of these: code, tests, docs, config.
            snippet_lines: lines of each snippet at most.
            summaries: look into the kept summaries of files and folders, too; docs/summaries.md has what that changes.
            model: a language model that says a question in the words of the code, too: what that finds is added. The
                question and a map of the repository are sent to it.
            model_options: its budget and the rest.
            progress: told how far indexing is, if the index has to be made or updated.

        Raises:
            QueryError: the text or a filter makes no sense.

        """
        check_limit(limit)
        check_limit(snippet_lines)
        filters = make_filters(tuple(languages), tuple(paths), tuple(kinds), tuple(areas))
        helped_by = None if model is None else assistance(model, "rewrite", model_options)
        question = Question(text, limit, mode, filters, snippet_lines, helped_by, is_told=summaries)
        return self._answer(lambda given: answer_question(_asking(given), question), progress)

    def localize(
        self,
        text: str,
        *,
        files: int = 20,
        functions: int = 50,
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        without: tuple[str, ...] = (),
        ranker: RankerName = "learned",
        rerank: RerankName = "none",
        model: str | LanguageModel | None = None,
        strategy: StrategyName | Stage = "rerank",
        model_options: ModelOptions | None = None,
        progress: ProgressSink | None = None,
    ) -> Localization:
        """Files, functions and lines that an issue is about, each best first, with evidence.

        Args:
            text: the issue: title on the first line, then the body with its tracebacks and code.
            files: files at most.
            functions: functions, methods and classes at most.
            languages: only files in these, as in `search`.
            paths: only paths that match, as in `search`.
            areas: only files of these, as in `search`.
            without: signals to switch off, by name, for ablation.
            ranker: `learned` for the models that ship with locant, `fusion` for fixed weights alone.
            rerank: `neural` to rank functions, and files by them, once more by a model that reads code; or `none`.
            model: a language model, by name or as an object: texts of the repository are sent to it. What it did is
                `model` of the answer; where it fails, the answer is the one without it.
            strategy: how the model is used: `rerank`, `pointwise`, `hierarchical`, `rewrite`, or a stage of
                `locant.agent_tools.agent`; see docs/models-llm.md.
            model_options: its budget and the rest.
            progress: told how far indexing is.

        Raises:
            QueryError: a limit, a filter or the ranker makes no sense.
            ModelError: the models are damaged.

        """
        if ranker not in get_args(RankerName):
            raise QueryError(f"there is no ranker {ranker!r}; use {' or '.join(get_args(RankerName))}")
        if rerank not in get_args(RerankName):
            raise QueryError(f"there is no last stage {rerank!r}; use {' or '.join(get_args(RerankName))}")
        check_limit(files)
        check_limit(functions)
        filters = make_filters(tuple(languages), tuple(paths), (), tuple(areas))
        stages = Stages(
            Rankers.named(ranker),
            frozenset(without),
            shipped_reranker() if rerank == "neural" else None,
            None if model is None else assistance(model, strategy, model_options),
        )
        limits = Limits(files, functions)
        return self._answer(lambda given: _localize(given, text, limits, filters, stages), progress)

    def vocabulary(self, text: str) -> Vocabulary:
        """How many files have each word of a question, to compare what several repositories answer."""
        return self._answer(lambda given: _vocabulary(given, text))

    # -- context -------------------------------------------------------------------------------------------------

    def brief(
        self,
        text: str,
        *,
        max_tokens: int = BRIEF_TOKENS,
        pin: tuple[str, ...] = (),
        count_tokens: TokenCounter = estimate_tokens,
        ranker: RankerName = "learned",
        progress: ProgressSink | None = None,
    ) -> Brief:
        """The opening context for whoever works on an issue: candidates, code, neighbours, tests and a map.

        Args:
            text: the issue, as for `localize`.
            max_tokens: tokens of the text at most; never more.
            pin: files that are known to matter: they come first.
            count_tokens: tokens of a text, by the tokenizer of who reads it.
            ranker: as in `localize`.
            progress: told how far indexing is.

        Raises:
            NotFoundError: a pinned file does not exist.
            QueryError: the budget is below zero.

        """
        check_budget(max_tokens)
        asked = Asked(text, tuple(pin), max_tokens, count_tokens)
        return self._answer(lambda given: answer_brief(_grounds(given, ranker), asked), progress)

    def repo_map(
        self,
        *,
        focus: str = "",
        files: tuple[str, ...] = (),
        max_tokens: int = MAP_TOKENS,
        count_tokens: TokenCounter = estimate_tokens,
        ranker: RankerName = "learned",
        summaries: bool = False,
        progress: ProgressSink | None = None,
    ) -> RepoMap:
        """Most important files, definitions and signatures of the repository, under a budget of tokens.

        Args:
            focus: an issue or a question; the map then shows first what it is about.
            files: files whose text the reader has already: the map shows what hangs together with them, not them.
            max_tokens: tokens of the text at most; never more.
            count_tokens: tokens of a text, by the tokenizer of who reads it.
            ranker: of what the focus is about, as in `localize`.
            summaries: say what the folders, files and definitions are, too: by what is kept of them (a model's
                sentences first), or by what they say themselves. Fewer of them are shown then.
            progress: told how far indexing is.

        Raises:
            NotFoundError: no such file.
            QueryError: the budget is below zero.

        """
        check_budget(max_tokens)
        asked = Asked(focus, tuple(files), max_tokens, count_tokens)
        return self._answer(lambda given: _map(given, asked, ranker, is_told=summaries), progress)

    def pack(
        self,
        text: str = "",
        *,
        max_tokens: int = PACK_TOKENS,
        style: PackStyle = "xml",
        order: PackOrder = "relevance",
        detail: PackDetail = "auto",
        line_numbers: bool = False,
        tree: bool = True,
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        count_tokens: TokenCounter = estimate_tokens,
        ranker: RankerName = "learned",
        progress: ProgressSink | None = None,
    ) -> Pack:
        """The repository in one text for a model with a large window: whole files, then skeletons, then names.

        Args:
            text: an issue or a question: what it is about comes first; without one, what is most important.
            max_tokens: tokens of the text at most; never more.
            style: how files are marked.
            order: in which order they stand.
            detail: what may be shown of a file.
            line_numbers: whether lines have their numbers.
            tree: whether the tree of the repository stands above the files.
            languages: only files in these, as in `search`.
            paths: only paths that match, as in `search`.
            areas: only files of these, as in `search`.
            count_tokens: tokens of a text, by the tokenizer of who reads it.
            ranker: of what the text is about, as in `localize`.
            progress: told how far indexing is.

        Raises:
            QueryError: the budget is below zero, or an option or a filter makes no sense.

        """
        filters = make_filters(tuple(languages), tuple(paths), (), tuple(areas))
        asked = PackRequest(max_tokens, count_tokens, style, order, detail, filters, line_numbers, tree)
        request = check_request(asked)
        return self._answer(lambda given: answer_pack(_grounds(given, ranker), text, request), progress)

    def summaries(
        self,
        path: str = "",
        *,
        kept: bool = False,
        model: str | LanguageModel | None = None,
        model_options: ModelOptions | None = None,
        progress: ProgressSink | None = None,
    ) -> SummaryTree:
        """What the repository, a folder or a file is, in a sentence or two for it and for each of its parts.

        Args:
            path: of a folder or a file; empty for the repository.
            kept: take what is kept, whoever said it (a model first); only the rest is taken out of the files.
            model: a language model that writes the sentences instead of taking them out of the files, which are sent
                to it. What it wrote is kept by content.
            model_options: its budget and the rest.
            progress: told how far indexing is.

        Raises:
            NotFoundError: there is no such file or folder.
            QueryError: there is no such model.

        """
        helped_by = None if model is None else assistance(model, "rewrite", model_options)
        wanted = path.strip("/")
        return self._answer(
            lambda given: answer_summaries(given.sources(), wanted, helped_by, is_kept=kept and model is None), progress
        )

    def map_picture(self, *, focus: str = "", files: tuple[str, ...] = (), progress: ProgressSink | None = None) -> str:
        """The repository as a picture (SVG): folders as areas, files sized by centrality, what was found highlighted.

        Args:
            focus: an issue or a question; the files that it is most likely about are highlighted.
            files: files to highlight.
            progress: told how far indexing is.

        Raises:
            NotFoundError: no such file.

        """
        return self._answer(lambda given: answer_picture(_grounds(given), focus, tuple(files)), progress)


def _asking(given: Given) -> Asking:
    return Asking(given.read, given.reader, given.cache, given.freshness, partial(told_of_files, given.sources()))


def _map(given: Given, asked: Asked, ranker: RankerName, *, is_told: bool) -> RepoMap:
    return answer_map(_grounds(given, ranker), asked, sentences(given.sources()) if is_told else None)


def _localize(given: Given, text: str, limits: Limits, filters: Filters, stages: Stages) -> Localization:
    context = given.read(text)
    return answer_issue(Issue(context, given.read, given.reader, limits, filters, given.cache, given.freshness), stages)


def _vocabulary(given: Given, text: str) -> Vocabulary:
    context = given.context(read_query(given.snapshot, text, "auto"))
    wording = Wording(given.snapshot, given.look.lexicon, context.text_terms)
    return Vocabulary(len(given.snapshot.paths), wording.holders())


def _grounds(given: Given, ranker: RankerName = "learned") -> Grounds:
    everything, stages = make_filters((), (), (), ()), Stages(Rankers.named(ranker))
    return Grounds(
        given.look,
        given.reader,
        lambda text, files, functions: _localize(given, text, Limits(files, functions), everything, stages),
    )
