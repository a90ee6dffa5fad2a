"""What Slack makes of the words that people type."""

from __future__ import annotations

from typing import Any

import pytest

from bot.workspace.text import as_stored, calls, mrkdwn_in, rich_text

PEOPLE = {"ana": "<@U0ANA000000>", "queue-network": "<!subteam^S0NET>"}
CHANNELS = {"it-help": "<#C0ITHELP000|it-help>"}
RICH = {"type": "usergroup", "usergroup_id": "S1"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("already &amp; escaped", "already &amp;amp; escaped"),
        ("ask @ana", "ask <@U0ANA000000>"),
        ("Is it you, @ana?", "Is it you, <@U0ANA000000>?"),
        ("It was @ana.", "It was <@U0ANA000000>."),
        ("@ANA", "<@U0ANA000000>"),
        ("@queue-network please", "<!subteam^S0NET> please"),
        ("@nobody", "@nobody"),
        ("@here", "<!here>"),
        ("see #it-help.", "see <#C0ITHELP000|it-help>."),
        ("PC #4711", "PC #4711"),
        ("<@U0ANA000000> typed by hand", "&lt;@U0ANA000000&gt; typed by hand"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("(https://example.com/a?b=1&c=2).", "(<https://example.com/a?b=1&amp;c=2>)."),
        ("ana@example.com", "<mailto:ana@example.com|ana@example.com>"),
        ("outlook.example.com is slow", "<http://outlook.example.com|outlook.example.com> is slow"),
        ("version 10.0.22631 of setup.exe", "version 10.0.22631 of setup.exe"),
        ("`ping example.com @ana`", "`ping example.com @ana`"),
    ],
)
def test_what_people_type_is_stored_as_slack_stores_it(typed: str, stored: str) -> None:
    assert as_stored(typed, PEOPLE.get, CHANNELS.get) == stored


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("<@U1> look", True),
        ("<@U1|ana> look", True),
        ("<@U2> look", False),
        ("<!subteam^S1> look", True),
        ("<!subteam^S2> look", False),
        ("<!here> look", True),
        ("U1 look", False),
    ],
)
def test_a_person_is_called_by_name_by_group_or_with_everyone(text: str, called: bool) -> None:
    assert calls(text, "U1", frozenset({"S1"})) is called


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ({"type": "section", "text": {"type": "mrkdwn", "text": "<@U1>"}}, ["<@U1>"]),
        ({"type": "section", "fields": [{"type": "mrkdwn", "text": "<!subteam^S1>"}]}, ["<!subteam^S1>"]),
        ({"type": "context", "elements": [{"type": "mrkdwn", "text": "<!here>"}]}, ["<!here>"]),
        ({"type": "header", "text": {"type": "plain_text", "text": "<@U1>"}}, []),
        ({"type": "markdown", "text": "<@U1>"}, ["<@U1>"]),
        (
            {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [RICH]}]},
            ["<!subteam^S1>"],
        ),
    ],
)
def test_mentions_in_blocks_are_read_where_slack_reads_them(block: dict[str, Any], found: list[str]) -> None:
    assert list(mrkdwn_in([block])) == found


def test_the_editor_attaches_the_same_words_as_rich_text() -> None:
    block = rich_text("a &lt; b <@U1> in <#C1|it-help> <https://example.com|here>", "r1")

    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "a < b "},
        {"type": "user", "user_id": "U1"},
        {"type": "text", "text": " in "},
        {"type": "channel", "channel_id": "C1"},
        {"type": "text", "text": " "},
        {"type": "link", "url": "https://example.com", "text": "here"},
    ]
