"""Articles that a team imported: read from their folder, and put beside ours.

Such an article has what its source knew: a title, a text and a few keys. The rest gets honest defaults: no promise of
steps or sources, minutes from the length of the text, "other" for a category that the desk does not have. Knows the
files that an import writes, not the formats that it read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from knowledge_base.articles import Article, BadArticles, Survey, read_articles
from knowledge_base.codes import codes_in
from knowledge_base.importing.front_matter import LONGEST, BadFrontMatter, split
from knowledge_base.importing.incoming import one_line
from knowledge_base.translations import fingerprint

MARK = "imported"  # the key that tells an imported file from one of ours
RETIRED = "retired"
NO_CATEGORY = "other"
NEVER = date.min  # of an article that says nowhere when it was last changed
WORDS_A_MINUTE = 200
MOST_MINUTES = 60


def library_articles(
    ours: Sequence[Article], folders: Iterable[Path], categories: Collection[str] | None = None
) -> Survey:
    """Ours and the imported ones. An imported article with the id of one of ours takes its place."""
    surveys = [survey_imported(folder, categories) for folder in folders]
    theirs = [article for survey in surveys for article in survey.articles]
    replaced = {article.id for article in theirs}
    kept = [article for article in ours if article.id not in replaced]
    return Survey((*kept, *_once_each(theirs)), tuple(fault for survey in surveys for fault in survey.faults))


def survey_any(path: Path, categories: Collection[str] | None = None) -> Survey:
    """What is in a folder, ours or imported, or in a file that could be imported. Raises BadArticles for ours."""
    if path.is_file():
        return _not_yet_imported(path, categories)
    if path.is_dir() and is_imported(path):
        return survey_imported(path, categories)
    return Survey(tuple(read_articles(path, categories)), ())


def is_imported(folder: Path) -> bool:
    """Whether an import wrote any of the files in the folder."""
    return any(_says(path, f"{MARK}: ") for path in sorted(folder.rglob("*.md")))


def survey_imported(folder: Path, categories: Collection[str] | None = None) -> Survey:
    """The articles in a folder that are not retired, and one sentence for every file that cannot be read."""
    if not folder.is_dir():
        return Survey((), (f"{folder}: there is no such folder; import into it, or take it out of `articles`",))
    articles: dict[tuple[str, str], Article] = {}
    faults: list[str] = []
    for path in sorted(folder.rglob("*.md")):
        try:
            values, body = split(path.read_text("utf-8-sig"))
            if values.get(RETIRED):
                continue
            if not body.strip():
                raise BadFrontMatter("there is no text in it; write it, or delete the file and import again")
            article = article_from(values, body, path, categories)
        except (OSError, UnicodeDecodeError, BadFrontMatter) as fault:
            faults.append(f"{path}: {_in_words(fault)}")
            continue
        first = articles.setdefault((article.id, article.language), article)
        if first is not article:
            faults.append(f'{path}: id "{article.id}" is already used by {first.path.name}; delete one of them')
    return Survey(_as_translated(articles.values()), tuple(faults))


def article_from(
    values: Mapping[str, object], body: str, path: Path = Path(), categories: Collection[str] | None = None
) -> Article:
    """An article from whatever keys there are; its title is never empty."""
    title, category = _text(values, "title") or path.stem, _text(values, "category")
    keywords, url = _texts(values, "keywords"), _text(values, "url")
    return Article(
        id=_text(values, "id") or path.stem,
        title=title,
        category=category if category and (categories is None or category in categories) else NO_CATEGORY,
        # a phrase is how people put it, a single word only says what it is about
        products=(*_texts(values, "topics"), *[word for word in keywords if " " not in word]),
        also_known_as=tuple(word for word in keywords if " " in word),
        # a code in the title is what the article is for; "error 5" says too little
        error_codes=tuple(code for code in codes_in(title) if not code.startswith("error ")),
        applies_when=_text(values, "description"),
        tier=1,
        audience="everyone",
        minutes=min(MOST_MINUTES, max(1, round(len(body.split()) / WORDS_A_MINUTE))),
        risk="none",
        needs_admin=False,
        escalate_when="",
        reviewed=_day(values, "modified") or NEVER,
        sources=(url,) if url else (),
        body=body.strip(),
        language=_text(values, "language") or "en",
        path=path,
    )


def _not_yet_imported(file: Path, categories: Collection[str] | None) -> Survey:
    """The articles of an export, read for this once."""
    from knowledge_base.importing.files import values_of
    from knowledge_base.importing.incoming import CannotImport
    from knowledge_base.importing.run import guessed, source_of

    try:
        found = source_of(file, guessed(file))
        articles = [article_from(values_of(each), each.body, file, categories) for each in found.articles()]
    except CannotImport as fault:
        raise BadArticles([str(fault)]) from fault
    faults = tuple(map(str, found.faults))
    if not articles:
        raise BadArticles(faults or [f"{file}: there is no article in it"])
    return Survey(_as_translated(_once_each(articles)), faults)


def _as_translated(articles: Iterable[Article]) -> tuple[Article, ...]:
    """Whether a translation is up to date its source knows; here each one belongs to the text beside it."""
    known = list(articles)
    current = {article.id: fingerprint(article) for article in known if article.language == "en"}
    return tuple(
        article if article.language == "en" else replace(article, translates=current.get(article.id, ""))
        for article in known
    )


def _once_each(articles: Iterable[Article]) -> tuple[Article, ...]:
    """The first of several with the same id and language."""
    firsts: dict[tuple[str, str], Article] = {}
    for article in articles:
        firsts.setdefault((article.id, article.language), article)
    return tuple(firsts.values())


def _says(path: Path, words: str) -> bool:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return any(line.startswith(words) for line in file.read(LONGEST).split("\n---", 1)[0].splitlines())
    except OSError:
        return False


def _text(values: Mapping[str, object], key: str) -> str:
    """One line; a number without quotes is a text, too."""
    return one_line(values.get(key))


def _day(values: Mapping[str, object], key: str) -> date | None:
    value = values.get(key)
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def _texts(values: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = values.get(key)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _in_words(fault: Exception) -> str:
    match fault:
        case BadFrontMatter(line=line):
            return f"line {line}: {fault}"
        case UnicodeDecodeError(start=start):
            return f"this is not UTF-8 text (byte {start}); save it as UTF-8"
        case OSError(strerror=why):
            return f"the file cannot be read ({why}); check its permissions"
        case _:
            return str(fault)
