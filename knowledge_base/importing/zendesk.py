"""Zendesk Guide: the JSON that the Help Center API gives, one page a file, or all of it in one.

Fields as in developer.zendesk.com/api-reference/help_center/help-center-api/articles, …/sections and …/categories
(read November 2026). A page is `{"articles": […], "next_page": …}`, with `meta.has_more` where the pages have a cursor;
sections and categories may stand beside the articles or in files of their own. Drafts and outdated translations stay
out.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from knowledge_base.importing.hypertext import to_markdown
from knowledge_base.importing.incoming import (
    CannotImport,
    Fault,
    Found,
    Incoming,
    Remark,
    address_of,
    checked,
    day_of,
    files_in,
    id_of,
    language_of,
    one_line,
    title_of,
    too_long,
    words_in,
)

# Who may read an article; on Enterprise plans a list (…/help-center-api/user_segments).
_SEGMENTS = ("user_segment_id", "user_segment_ids")
_Page = Mapping[str, Any]


def read(source: Path, language: str) -> Found:
    """Two readings, one page in memory at a time: first the names of sections, then the articles."""
    files = files_in(source, ".json", deep=True)
    if not files:
        raise CannotImport(f"{source}: no *.json file in this folder; save the pages of the API there")
    topics = _Topics(page for file in files if isinstance(page := _page(file), dict))
    restricted, ends = 0, []
    for file in files:
        page = _page(file)
        if isinstance(page, Fault):
            yield page
            continue
        articles = _articles(page)
        for number, article in enumerate(articles, start=1):
            restricted += any(_object(article).get(key) for key in _SEGMENTS)
            yield _read(f"{file.name}, article {number}", article, language, topics)
        if articles:
            ends.append(not page.get("next_page") and not _object(page.get("meta")).get("has_more"))
    yield from _remarks(restricted, whole=not ends or any(ends))


def _remarks(restricted: int, *, whole: bool) -> Iterator[Remark]:
    if not whole:
        yield Remark("The last page is missing (each one names a next page); fetch the rest and import again", True)
    if restricted:
        yield Remark(
            f"{restricted:,} of these articles are for some readers only in Zendesk (user_segment_id); "
            "the desk shows them to everybody who writes to it, so take out what not everybody may read"
        )


def _page(file: Path) -> _Page | Fault:
    try:
        page = json.loads(file.read_bytes())
    except UnicodeDecodeError as fault:
        return Fault(file.name, f"it is not UTF-8 (byte {fault.start + 1}); save it as UTF-8", unread=True)
    except json.JSONDecodeError as fault:
        return Fault(
            f"{file.name}, line {fault.lineno}", f"it is not JSON ({fault.msg}); fetch this page again", unread=True
        )
    except (ValueError, RecursionError):
        return Fault(file.name, "it is not JSON that can be read; fetch this page again", unread=True)
    if isinstance(page, list):
        return {"articles": page}
    known = ("articles", "article", "sections", "categories")
    if not isinstance(page, dict) or not any(key in page for key in known):
        return Fault(file.name, 'there is no "articles" in it; save what the address …/help_center/articles.json gives')
    return page


def _articles(page: _Page) -> list[Any]:
    found = page.get("articles", [page["article"]] if "article" in page else [])
    return found if isinstance(found, list) else []


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


class _Topics:
    """The names of the section and the category of an article."""

    def __init__(self, pages: Iterator[_Page]) -> None:
        self._sections: dict[str, Mapping[str, Any]] = {}
        self._categories: dict[str, Mapping[str, Any]] = {}
        for page in pages:
            for kind, known in (("sections", self._sections), ("categories", self._categories)):
                rows = page.get(kind)
                known.update({id_of(row.get("id")): row for row in rows or () if isinstance(row, dict)})

    def of(self, article: Mapping[str, Any]) -> tuple[str, ...]:
        section = self._sections.get(id_of(article.get("section_id")), {})
        category = self._categories.get(id_of(section.get("category_id")), {})
        return tuple(name for row in (category, section) if (name := one_line(row.get("name"), 100)))


def _read(where: str, article: object, default: str, topics: _Topics) -> Incoming | Fault:
    if not isinstance(article, dict):
        return Fault(where, "it is not an object; fetch this page again", unread=True)
    name, language = id_of(article.get("id")), language_of(article.get("locale"), default)
    where = f"{where} (id {name})" if name else where
    if article.get("draft"):
        return Fault(where, "it is a draft; publish it in Zendesk to have it here")
    if article.get("outdated"):
        return Fault(where, "this translation is marked as outdated; bring it up to date in Zendesk")
    body = article.get("body")
    if not isinstance(body, str):
        return Fault(where, '"body" is missing; write the article, or fetch the page again', name)
    if length := too_long(body):
        return Fault(where, length, name)
    url = address_of(article.get("html_url"))
    return checked(
        Incoming(
            where=where,
            id=name,
            title=title_of(article.get("title") or article.get("name")),
            body=to_markdown(body, url),
            language=language,
            keywords=words_in(article.get("label_names")),
            topics=topics.of(article),
            url=url,
            modified=day_of(article.get("edited_at") or article.get("updated_at")),
        )
    )
