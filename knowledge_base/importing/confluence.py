"""Confluence: a space exported as HTML and unpacked, one page a file.

Such a page has its title in `#title-text` as "Space : Page", the pages above it in `#breadcrumbs`, its text in
`#main-content`, and who changed it when in `.page-metadata`; its id is the number at the end of the file's name. Macros
keep their class names. (Seen in several public exports of Server and Cloud, November 2026; see also "Export content to
Word, PDF, HTML and XML" at support.atlassian.com.)
"""

import re
from pathlib import Path

from knowledge_base.importing.hypertext import to_markdown
from knowledge_base.importing.incoming import (
    CannotImport,
    Fault,
    Found,
    Incoming,
    checked,
    day_of,
    files_in,
    id_of,
    one_line,
    title_of,
    too_long,
)
from knowledge_base.importing.tags import Tag, tags_and_text

_PAGE_ID = re.compile(r"(?:^|_)(\d+)$")
_MODIFIED = re.compile(
    r"(?:last modified|last updated|created)\b.{0,300}?\bon ([A-Z][a-z]{2} \d{1,2}, \d{4})", re.DOTALL
)
_TOC = re.compile(r"""<div[^<>]*class=["'][^"'<>]*toc-macro[^<>]*>(?:(?!<div).)*?</div>""", re.DOTALL | re.IGNORECASE)


def read(source: Path, language: str) -> Found:
    """Every page of the export; its list of pages, index.html, is none."""
    pages = files_in(source, ".html", deep=True)
    pages = [page for page in pages if source.is_file() or page.name.lower() != "index.html"]
    if not pages:
        raise CannotImport(f"{source}: no page in this folder; unpack the export and give the folder with index.html")
    for page in pages:
        yield _article(str(page.relative_to(source)) if source.is_dir() else page.name, page, language)


def _article(where: str, page: Path, language: str) -> Incoming | Fault:
    numbered = _PAGE_ID.search(page.stem)
    name = id_of(numbered[1] if numbered else page.stem)
    try:
        html = page.read_bytes().decode("utf-8-sig", "replace")
    except OSError as fault:
        return Fault(where, f"the file cannot be read ({fault.strerror}); check its permissions", name)
    if length := too_long(html):
        return Fault(where, length, name)
    begin = re.search(r"""\bid\s*=\s*["']?main-content\b""", html)
    if not begin:
        return Fault(where, "it has no #main-content, so it is no page of a Confluence export; take it out")
    head = html[: begin.start()]
    crumbs = _texts(head, "breadcrumbs")
    modified = _MODIFIED.search(re.sub(r"<[^<>]*>", "", head))
    return checked(
        Incoming(
            where=where,
            id=name,
            title=_title(head, crumbs[0] if crumbs else ""),
            body=to_markdown(_TOC.sub("", html), within="main-content"),
            language=language,
            topics=crumbs,
            modified=day_of(modified[1]) if modified else None,
        )
    )


def _title(head: str, space: str) -> str:
    """The page's title without the name of its space before it."""
    whole = title_of(" ".join(_texts(head, "title-text")))
    first, colon, rest = whole.partition(" : ")
    return rest if colon and (not space or first == space) else whole


def _texts(html: str, element: str) -> tuple[str, ...]:
    """The texts inside the element with that id."""
    found: list[str] = []
    inside = ""
    for token in tags_and_text(html):
        match token:
            case Tag(name, False, attributes) if attributes.get("id") == element:
                inside = name
            case Tag(name, True, _) if inside and name == inside:
                break
            case str() if inside and (text := one_line(token, 300)):
                found.append(text)
    return tuple(found)
