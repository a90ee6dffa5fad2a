"""What people have written about the problems that the articles solve: the best source of their words.

Which known issues an article solves is data (`asked.toml`). Knows how labelled messages lie on disk (JSON lines with
`text`, `category`, `issue` and `language`), not who else learns from them.
"""

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Asked = Mapping[str, Mapping[str, Sequence[str]]]  # article, language, messages


def read_asked(folder: Path) -> Asked:
    """The messages under `folder` for each article, by language. A line that cannot be read is passed over: checking
    examples is the task of training, and without its messages an article is still found by its own words."""
    articles_by_issue = _articles_by_issue()
    asked: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in _rows(folder):
        for article in articles_by_issue.get(f"{row.get('category')}/{row.get('issue')}", ()):
            asked[article][row.get("language") or "en"].append(str(row.get("text", "")))
    return asked


def issues_by_article() -> Mapping[str, Sequence[str]]:
    """The known issues (`category/issue`) that each article solves."""
    table: Mapping[str, Sequence[str]] = tomllib.loads(Path(__file__).with_name("asked.toml").read_text("utf-8"))
    return table


def _articles_by_issue() -> Mapping[str, Sequence[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for article, issues in issues_by_article().items():
        for issue in issues:
            found[issue].append(article)
    return found


def _rows(folder: Path) -> Iterator[Mapping[str, Any]]:
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row
