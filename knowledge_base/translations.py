"""Whether a translation still says what its article says.

A translation carries the fingerprint of the text that it was made from (`translates`). When the article changes, the
fingerprints differ until somebody has read both and accepts the translation again.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from knowledge_base.articles import Article

_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\r?\n(?P<fields>.*?)(?=^---[ \t]*\r?$)", re.MULTILINE | re.DOTALL)
_TRANSLATES = re.compile(r"^translates:.*\n", re.MULTILINE)


def fingerprint(article: Article) -> str:
    """Twelve hexadecimal digits of what a reader sees; changed spaces and line ends do not count."""
    seen = (article.title, article.applies_when, article.escalate_when, article.body)
    return hashlib.sha256("\n".join(" ".join(text.split()) for text in seen).encode()).hexdigest()[:12]


def stale(articles: Iterable[Article], original: str = "en") -> list[Article]:
    """The translations whose article has changed since, or that do not say which text they were made from."""
    known = list(articles)
    current = {article.id: fingerprint(article) for article in known if article.language == original}
    return [
        article
        for article in known
        if article.language != original and article.id in current and article.translates != current[article.id]
    ]


def accept(translation: Path, article: Article) -> None:
    """Write into the file of a readable translation that it says what `article` says now. Raises OSError."""
    text = translation.read_bytes().decode("utf-8-sig")
    fields = _FRONT_MATTER.match(text)
    if fields is None:
        raise ValueError(f"{translation} has no front matter")
    line_end = "\r\n" if "\r\n" in fields[0] else "\n"
    kept = _TRANSLATES.sub("", fields["fields"])
    accepted = f"---{line_end}{kept}translates: {fingerprint(article)}{line_end}{text[fields.end() :]}"
    _replace(translation, accepted.encode())


def _replace(path: Path, content: bytes) -> None:
    """Whoever reads, and whoever comes after a power cut, finds the old file or the new one."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as staged:
        staged.write(content)
        staged.flush()
        os.fsync(staged.fileno())
    shutil.copymode(path, staged.name)
    os.replace(staged.name, path)
