"""People's words inside Slack messages: whatever they hold, nobody is called and nothing can be clicked by accident."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text import escape, mentions, quote, readable, shortened, spoken, without_mention


@pytest.mark.parametrize(
    ("delivered", "shown"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<!channel> look", "@channel look"),
        ("<!here|here>", "here"),
        ("<@U123> and <@U456|ana>", "@U123 and @ana"),
        ("<#C1|it-help>", "#it-help"),
        ("<https://example.com>", "https://example.com"),
        ("<https://evil.example.com|https://bank.example.com>", "https://bank.example.com (https://evil.example.com)"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com (mailto:a@example.com)"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("2 < 3 stays", "2 < 3 stays"),
    ],
)
def test_delivered_text_is_shown_as_the_person_saw_it_and_links_show_where_they_lead(
    delivered: str, shown: str
) -> None:
    assert readable(delivered) == shown


@given(st.text())
def test_a_quotation_holds_letters_only(text: str) -> None:
    block = quote(text).to_dict()

    assert {each["type"] for each in block["elements"][0]["elements"]} == {"text"}


@given(st.text())
def test_escaped_text_has_no_marks(text: str) -> None:
    assert not set("<>") & set(escape(text))


def test_an_agents_addresses_can_be_clicked() -> None:
    parts = spoken("see https://aka.ms/mfasetup please").to_dict()["elements"][0]["elements"]

    assert [(each["type"], each.get("url") or each["text"]) for each in parts] == [
        ("text", "see "),
        ("link", "https://aka.ms/mfasetup"),
        ("text", " please"),
    ]


def test_the_mention_that_called_the_desk_is_no_part_of_the_problem() -> None:
    assert without_mention("<@U0BOT> outlook is slow", "U0BOT") == "outlook is slow"
    assert mentions("hey <@U0BOT|triage>", "U0BOT")
    assert not mentions("hey <@U0BOTS>", "U0BOT")


def test_long_text_is_cut_with_a_mark() -> None:
    assert shortened("abcdef", 4) == "abc…"
    assert len(json.dumps(quote("x" * 100_000).to_dict())) < 4_000
