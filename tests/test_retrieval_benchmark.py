"""The benchmark of the search: its questions name articles that exist, and every spelling of a code is found."""

import pytest

from benchmarks.retrieval import data, spellings
from benchmarks.retrieval.data import Asking
from benchmarks.retrieval.measuring import found
from knowledge_base.codes import canonical
from knowledge_base.search import Library


def test_every_article_is_asked_about_and_every_question_is_about_one_that_exists() -> None:
    asked = {article for asking in data.own_questions() for article in asking.right}

    assert asked == {article.id for article in data.own_articles()}


def test_no_question_is_asked_twice_or_says_what_an_article_says_of_itself() -> None:
    queries = [asking.query.casefold() for asking in data.own_questions()]
    phrases = {text.casefold() for each in data.own_articles() for text in (each.title, *each.also_known_as)}

    assert len(set(queries)) == len(queries)
    assert len(phrases.intersection(queries)) <= 0.02 * len(queries)


def test_all_questions_about_an_article_are_in_the_same_half() -> None:
    questions = data.own_questions()
    halves = {asking.about: data.was_read(asking) for asking in questions}

    assert all(data.was_read(asking) == halves[asking.about] for asking in questions)
    assert 0.4 < sum(map(data.was_read, questions)) / len(questions) < 0.6


@pytest.mark.parametrize("code", ["0x80070643", "KB5034441", "AADSTS50126", "CRITICAL_PROCESS_DIED", "30015-11"])
def test_all_spellings_of_a_code_are_that_code(code: str) -> None:
    written = spellings.spellings(code)

    assert len(written) >= 2
    assert {canonical(spelling) for spelling in written} == {canonical(code)}


def test_codes_of_our_articles_are_found_in_all_spellings_and_sentences() -> None:
    """A sample; `python -m benchmarks.retrieval` asks all of them."""
    articles = [article for article in data.own_articles() if article.language == "en"]
    library = Library(articles)

    shares = found(
        lambda query: [hit.article.id for hit in library.search(query)], spellings.askings(articles, seed=0)[:800]
    )

    assert shares.first == 100


def test_shares_count_the_best_rank_of_any_right_article() -> None:
    answers = {"a": ["x", "right"], "b": ["right"], "c": []}

    shares = found(lambda query: answers[query], [Asking(query, frozenset(["right", "other"])) for query in answers])

    assert (shares.first, shares.in_three, shares.n) == (33.3, 66.7, 3)
