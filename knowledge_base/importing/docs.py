"""Folders of Markdown as Microsoft's documentation is kept: front matter, alerts, includes, tabs, zones.

The extensions are those of learn.microsoft.com/contribute/content/markdown-reference (read November 2026). An article's
id is its path in the folder. Includes are resolved inside the folder only; nothing outside is ever opened, whichever
way a path or a link points there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from knowledge_base.body import heading_text
from knowledge_base.importing.clean import clean
from knowledge_base.importing.front_matter import BadFrontMatter, split
from knowledge_base.importing.incoming import (
    CannotImport,
    Fault,
    Found,
    Incoming,
    address_of,
    checked,
    day_of,
    id_of,
    language_of,
    one_line,
    storable,
    title_of,
    too_long,
    words_in,
)

DEEPEST_INCLUDE = 5
MOST_INCLUDES = 200
_NO_ARTICLES = frozenset(
    ("toc", "readme", "license", "contributing", "code_of_conduct", "security", "thirdpartynotices", "changelog")
)
_PARTS = frozenset(("includes", "include", "media", "node_modules"))
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})")
# Bounded, so that a line of a million beginnings is read a few hundred times at most.
_INCLUDE = re.compile(r"\[!INCLUDE\s{0,20}\[[^\]\n]{0,300}\]\(([^)\n]{1,500})\)\s{0,20}\]", re.IGNORECASE)
_ALERT = re.compile(r"^([ \t>]*)\[!(NOTE|TIP|IMPORTANT|CAUTION|WARNING)\][ \t]*(.*)$", re.IGNORECASE)
_VIDEO = re.compile(r"\[!VIDEO[ \t]{1,20}(\S{1,2000}?)\s{0,20}\]", re.IGNORECASE)
_BUTTON = re.compile(r"^[ \t>]*\[!div\b[^\]\n]*\][ \t]*$", re.IGNORECASE)
_NAMED = re.compile(r"\[!(?:UICONTROL|DNL)[ \t]{1,20}([^\]\n]{1,300})\]", re.IGNORECASE)
_CODE_FILE = re.compile(r"\[!code-?[^\[\n]{0,100}\[[^\]\n]{0,300}\]\([^)\n]{0,500}\)\s{0,20}\]", re.IGNORECASE)
_TAB = re.compile(r"^#{1,6}[ \t]+\[([^\]\n]+)\]\(#tab/[^)\n]*\)[ \t]*$")
_IMAGE = re.compile(r":::image\b((?:(?!:::)[^\n]){0,4000}):::", re.IGNORECASE)
_ALT = re.compile(r'alt-text="([^"\n]*)"', re.IGNORECASE)
_DIRECTIVE = re.compile(r"^[ \t>]*:::+[ \t]*[a-z][\w-]*[^\n]*$|^[ \t>]*:::+[ \t]*$", re.IGNORECASE)


@dataclass(frozen=True)
class _Folder:
    """The folder that is imported; no file outside of it is opened."""

    root: Path

    def file(self, path: Path) -> Path | None:
        """The file, if it is one inside the folder after every link is followed."""
        try:
            real = path.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):  # gone, not a path, or links in a circle
            return None
        return real if real.is_relative_to(self.root) and real.is_file() else None


def read(source: Path, language: str) -> Found:
    """Every article in the folder and its folders; one file alone is an article, too."""
    folder = _Folder((source if source.is_dir() else source.parent).resolve())
    paths = sorted(source.rglob("*.md")) if source.is_dir() else [source]
    if not paths:
        raise CannotImport(f"{source}: no *.md file in this folder; give the folder that holds the articles")
    for path in paths:
        inside = path.relative_to(source) if source.is_dir() else Path(path.name)
        if not _PARTS.isdisjoint(part.lower() for part in inside.parts[:-1]) or path.stem.lower() == "toc":
            continue
        found = _article(folder, path, inside, language)
        if found:
            yield found


def _article(folder: _Folder, path: Path, inside: Path, default: str) -> Incoming | Fault | None:
    where, name = inside.as_posix(), id_of(inside.with_suffix("").as_posix())
    file = folder.file(path)
    if file is None:
        return Fault(where, "it is a link to somewhere outside the folder; put the file itself there")
    try:
        front, body = split(storable(file.read_bytes().decode("utf-8-sig")))
    except UnicodeDecodeError as fault:
        return Fault(where, f"it is not UTF-8 (byte {fault.start + 1}); save it as UTF-8", name)
    except OSError as fault:
        return Fault(where, f"it cannot be read ({fault.strerror}); check its permissions", name)
    except BadFrontMatter as fault:
        return Fault(f"{where}, line {fault.line}", str(fault), name)
    if not front and path.stem.lower() in _NO_ARTICLES:
        return None
    language = language_of(front.get("language") or front.get("lang") or front.get("ms.locale"), default)
    if length := too_long(body):
        return Fault(where, length, name)
    url = _address(front)
    text = "\n".join(_plain(_Includes(folder).resolved(body, file.parent)))
    return checked(
        Incoming(
            where=where,
            id=name,
            title=title_of(front.get("title")) or _first_heading(text),
            body=clean(text, url),
            language=language,
            category=one_line(front.get("category"), 100),
            description=one_line(front.get("description")),
            keywords=words_in(front.get("keywords") or front.get("also_known_as")),
            url=url,
            modified=day_of(front.get("ms.date") or front.get("date")),
        )
    )


def _address(front: Mapping[str, object]) -> str:
    """The page's own address, if the front matter gives one: relative links are relative to it."""
    keys = ("canonicalUrl", "canonical_url", "canonical", "url", "permalink", "base_url")
    return next((address for key in keys if (address := address_of(front.get(key)))), "")


def _first_heading(text: str) -> str:
    found = re.search(r"^#{1,2}[ \t]++(\S[^\n]*)$", text, re.MULTILINE)
    return title_of(heading_text(found[0])) if found else ""


# -- the extensions ----------------------------------------------------------------------------------------------------


class _Includes:
    """Resolves the includes of one article."""

    def __init__(self, folder: _Folder) -> None:
        self._folder = folder
        self._left = MOST_INCLUDES

    def resolved(self, text: str, beside: Path, within: tuple[Path, ...] = ()) -> str:
        return _INCLUDE.sub(lambda found: self._text(found[1], beside, within), text)

    def _text(self, target: str, beside: Path, within: tuple[Path, ...]) -> str:
        """The text of an included file; nothing for one outside, in a circle, too deep or one too many."""
        target = unquote(target.strip().partition(" ")[0].partition("?")[0])
        start = self._folder.root if target.startswith(("~/", "/")) else beside
        file = self._folder.file(start / target.removeprefix("~").lstrip("/"))
        self._left -= 1
        if file is None or file in within or len(within) >= DEEPEST_INCLUDE or self._left < 0:
            return ""
        try:
            _, text = split(storable(file.read_bytes().decode("utf-8-sig")))
        except (OSError, ValueError):
            return ""
        return "" if too_long(text) else self.resolved(text, file.parent, (*within, file)).strip()


def _plain(text: str) -> Iterator[str]:
    """The lines in Markdown that everybody reads."""
    fence, tabs = "", False
    for line in storable(text).split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
            yield line
        elif fence:
            yield line
        elif tab := _TAB.match(line):
            tabs = True
            yield f"### {tab[1]}"
        elif tabs and re.fullmatch(r"[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*", line):
            tabs = False  # the rule that ends a group of tabs
        elif not _BUTTON.match(line):
            yield from _line_without(line)


def _line_without(line: str) -> Iterator[str]:
    """One line without its extensions; a line that was nothing else is left out."""
    if alert := _ALERT.match(line):
        yield f"{alert[1]}**{alert[2].capitalize()}:** {alert[3]}".rstrip()
        return
    plain = _IMAGE.sub(lambda image: alt[1] if (alt := _ALT.search(image[1])) else "", line)
    if _DIRECTIVE.match(plain):
        return
    plain = _CODE_FILE.sub("", _NAMED.sub(r"\1", _VIDEO.sub(r"[Video](\1)", plain)))
    if plain.strip() or not line.strip():
        yield plain
