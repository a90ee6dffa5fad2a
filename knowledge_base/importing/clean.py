"""Markdown from elsewhere, made safe to show: no code, no tags, no addresses but http, https and mailto.

What stands in code blocks and code spans stays, apart from spaces at the ends of lines and tags that run something.
Knows no format; cleaning what is clean changes nothing.
"""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from knowledge_base.importing.incoming import storable

SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>]+", re.IGNORECASE)
PASSES = 6  # what is taken out can bring together what then has to go; text that is still not clean is disarmed

_RUNNING = "script|style|iframe|object|embed|applet|template|noscript|svg"
_TAGS = (
    "a|abbr|acronym|address|area|article|aside|audio|b|base|bdi|bdo|big|blockquote|body|br|button|canvas|caption|center|"
    "cite|code|col|colgroup|data|dd|del|details|dfn|dir|div|dl|dt|em|fieldset|figcaption|figure|font|footer|form|frame|"
    "frameset|h[1-6]|head|header|hr|html|i|img|input|ins|kbd|label|legend|li|link|main|map|mark|marquee|math|menu|meta|"
    "nav|nobr|ol|optgroup|option|output|p|param|picture|pre|progress|q|s|samp|section|select|small|source|span|strike|"
    "strong|sub|summary|sup|table|tbody|td|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|var|video|wbr"
)
_ITEM = r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*"
# Ordered: what is found first keeps what stands in it from everything below. Possessive, so that no text is read twice.
_PIECE = re.compile(
    rf"""
      (?P<fenced>{_ITEM}(?P<fence>`{{3,}}(?=[^`\n]*$)|~{{3,}})[^\n]*(?:\n.*?)?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z))
    | (?P<span>(?P<ticks>`{{1,8}})(?!`)[^\n]{{1,1000}}?(?<!`)(?P=ticks)(?!`))
    | (?P<comment><!--.*?(?:-->|\Z))
    | (?P<running><(?P<name>{_RUNNING})\b(?:[^<>"']++|"[^"<>]*+"|'[^'<>]*+'){{0,200}}+>)
    | (?P<tag></?(?P<tag_name>{_TAGS}|{_RUNNING})(?=[\s/>])(?:[^<>"']++|"[^"<>]*+"|'[^'<>]*+'){{0,200}}+>)
    | <(?P<auto>(?:https?://|mailto:)[^\s<>]+|[^\s<>@]{{1,100}}@[^\s<>@]{{1,200}})>
    | (?P<opening>\\?<(?=[A-Za-z/!?@\#]))
    | (?P<picture>!?)\[(?P<text>[^\[\]]{{0,1000}})\]\([ \t]*<?(?P<address>(?:[^()\s<>]|\([^()\s<>]{{0,500}}\))*+)>?
        (?:\s+(?:"[^"\n]*"|'[^'\n]*'))?[ \t]*\)
    | (?P<astray>\]\((?!(?:https?://|mailto:)[^\s<>]))
    | (?P<definition>{_ITEM}\[[^\[\]\n]{{1,200}}\]:[ \t]*\n?[ \t]*<?(?P<target>\S+)[^\n]*$)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_BREAKS = frozenset(("br", "p", "div", "tr", "li", "table", "ul", "ol", "hr"))
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "kbd": "`"}
# Also in code, because not everybody who shows Markdown agrees on where code begins and ends.
_RUNS_ANYWHERE = re.compile(rf"<(?=/?(?:{_RUNNING})\b)|\]\((?=\s*<?(?:javascript|vbscript|data|&))", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_SPACE_AT_END = re.compile(r"(?<![ \t])[ \t]++$", re.MULTILINE)  # looks at each row of spaces once
_SPACE = re.compile("&nbsp;|\u00a0|\u200b", re.IGNORECASE)


def clean(text: str, base: str = "") -> str:
    """The Markdown without anything that acts. Links that lead nowhere become their text; with `base`, the address
    of the page, relative ones become whole."""
    text = _SPACE.sub(" ", storable(text))
    for _ in range(PASSES):
        cleaned = "".join(_cleaned(text, base))
        if cleaned == text:
            break
        text = cleaned
    else:
        text = text.replace("<", "&lt;")
    text = _RUNS_ANYWHERE.sub(lambda found: "] (" if found[0] == "](" else "< ", text)
    return re.sub(r"\n{3,}", "\n\n", _SPACE_AT_END.sub("", text)).strip()


def _cleaned(text: str, base: str) -> Iterator[str]:
    """One pass, in pieces."""
    unclosed: set[str] = set()
    at = 0
    while piece := _PIECE.search(text, at):
        yield text[at : piece.start()]
        yield _safe(piece, base)
        at = _end_of(text, piece["name"].lower(), piece.end(), unclosed) if piece["running"] else piece.end()
    yield text[at:]


def _end_of(text: str, name: str, at: int, unclosed: set[str]) -> int:
    """Where what runs ends; for an end that never comes is looked once."""
    end = None if name in unclosed else re.compile(rf"</{name}\s*+>", re.IGNORECASE).search(text, at)
    if end is None:
        unclosed.add(name)
    return end.end() if end else at


def safe_address(address: str, base: str = "") -> str:
    """The address if people may be led there, made whole by the page's own; else nothing."""
    address = re.sub(r"[\x00-\x20\x7f]+", "", address)  # "java\nscript:" is one word to a browser
    if base and not re.match(r"[a-z][a-z0-9+.-]*:", address, re.IGNORECASE) and not address.startswith("#"):
        try:
            address = urljoin(base, address)
        except ValueError:  # such as a half-written IPv6 host
            return ""
    if not SAFE_ADDRESS.fullmatch(address):
        return ""
    return address.replace("(", "%28").replace(")", "%29").replace('"', "%22").replace("`", "%60")


def _safe(piece: re.Match[str], base: str) -> str:
    if piece["fenced"] or piece["span"]:
        return piece[0]
    if piece["comment"] or piece["running"]:
        return ""
    if piece["tag"]:
        return _without_tag(piece[0], piece["tag_name"].lower())
    if piece["auto"]:
        return piece["auto"]
    if piece["opening"]:
        return "&lt;"
    if piece["astray"]:  # of a link with brackets in its text, or one that is not closed
        return "] ("
    if piece["definition"]:
        return piece[0] if SAFE_ADDRESS.fullmatch(piece["target"].rstrip(">")) else ""
    return _link(piece, base)


def _without_tag(tag: str, name: str) -> str:
    if name == "img":
        alt = _ALT.search(tag)
        return (alt[1] or alt[2] or "").replace("<", "") if alt else ""
    return "\n" if name in _BREAKS else _MARKS.get(name, "")


def _link(piece: re.Match[str], base: str) -> str:
    text = piece["text"]
    if piece["picture"]:
        return text
    address = safe_address(piece["address"], base)
    if not address:
        return text
    return f"[{text}]({address})" if text.strip() else address
