"""The index: weights of fields, versions of a document, and the best of many scores."""

from collections.abc import Sequence
from itertools import pairwise
from math import log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.index import FLATNESS, PAIR_WORDS, SATURATION, Field, Index, Version, highest, indexed

TITLE, BODY = Field(3.0, 0.3), Field(1.0, 0.5)


def index(*documents: tuple[str, str]) -> Index:
    """Documents of a title and a body."""
    versions = [Version(number, [[title.split()], [body.split()]]) for number, (title, body) in enumerate(documents)]
    return indexed(versions, (TITLE, BODY))


def test_a_word_in_the_title_counts_more_than_in_the_body() -> None:
    scores = index(("sync", "mail"), ("mail", "sync")).scores({"sync": 1.0}, {})

    assert scores[0] > scores[1] > 0


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    scores = index(("mail sync", ""), ("mail print", ""), ("mail call", "")).scores({"mail": 1.0, "sync": 1.0}, {})

    assert scores[0] > 2 * scores[1] == 2 * scores[2]


def test_neighbours_count_only_where_they_stand_together() -> None:
    scores = index(("blue screen", ""), ("screen blue", "")).scores({}, {("blue", "screen"): 1.0})

    assert scores[0] > 0 == scores[1]


def test_a_word_counts_as_in_the_version_that_has_it_most_and_is_not_added_up() -> None:
    once = indexed([Version(0, [[["sync"]]]), Version(1, [[["mail"]]])], (TITLE,))
    twice = indexed([Version(0, [[["sync"]]]), Version(0, [[["sync"]]]), Version(1, [[["mail"]]])], (TITLE,))

    assert twice.size == once.size == 2
    assert twice.scores({"sync": 1.0}, {}).tolist() == once.scores({"sync": 1.0}, {}).tolist()
    assert twice.held_by("sync") == 1


def test_many_documents_are_added_up_as_few_are() -> None:
    """Long postings take another path than short ones."""
    few = index(*[("mail", "")] * 10)
    many = index(*[("mail", "")] * 5_000)

    scores = many.scores({"mail": 2.0}, {})

    assert len(set(scores.tolist())) == 1
    assert np.isclose(scores[0] / many.rarity("mail"), few.scores({"mail": 2.0}, {})[0] / few.rarity("mail"))


def test_neighbours_far_down_a_text_are_not_kept() -> None:
    far = index(("", "word " * PAIR_WORDS + "blue screen"))

    assert far.scores({"blue": 1.0, "screen": 1.0}, {})[0] > 0
    assert far.scores({}, {("blue", "screen"): 1.0})[0] == 0


def test_an_empty_index_knows_nothing() -> None:
    empty = indexed([], (TITLE, BODY))

    assert empty.scores({"sync": 1.0}, {("mail", "sync"): 1.0}).tolist() == []
    assert empty.held_by("sync") == 0


WORDS = "abcdef"
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=5), max_size=3)
collections = st.lists(st.lists(st.tuples(texts, texts), min_size=1, max_size=3), min_size=1, max_size=8)


@given(collections, st.integers(1, 30))
def test_scores_are_those_of_the_formula_however_the_texts_are_cut_into_chunks(
    documents: list[list[tuple[list[list[str]], ...]]], chunk: int
) -> None:
    versions = [Version(number, fields) for number, document in enumerate(documents) for fields in document]
    built = indexed(versions, (TITLE, BODY), chunk)

    for word in WORDS:
        assert built.scores({word: 2.0}, {}) == pytest.approx(slowly(versions, built.size, 2.0, word), rel=1e-5)
    for pair in pairwise(WORDS + WORDS[::-1]):
        assert built.scores({}, {pair: 0.5}) == pytest.approx(slowly(versions, built.size, 0.5, *pair), rel=1e-5)


def slowly(versions: Sequence[Version], size: int, weight: float, *neighbours: str) -> list[float]:
    """BM25F as the papers have it, word by word: a document counts as its version that has the neighbours most."""
    often = [0.0] * size
    for version in versions:
        count = sum(
            sum(_times(phrase, neighbours) for phrase in phrases) * field.weight * _shortness(versions, version, number)
            for number, (field, phrases) in enumerate(zip((TITLE, BODY), version.fields, strict=True))
        )
        often[version.document] = max(often[version.document], count)
    held_by = sum(count > 0 for count in often)
    rarity = log1p((FLATNESS * size - held_by + 0.5) / (held_by + 0.5))
    return [weight * rarity * count * (SATURATION + 1) / (count + SATURATION) for count in often]


def _times(phrase: Sequence[str], neighbours: Sequence[str]) -> int:
    length = len(neighbours)
    return sum(tuple(phrase[at : at + length]) == tuple(neighbours) for at in range(len(phrase) - length + 1))


def _shortness(versions: Sequence[Version], version: Version, number: int) -> float:
    lengths = [length for length in (_length(each, number) for each in versions) if length] or [1]
    discount = (TITLE, BODY)[number].length_discount
    return 1 / (1 - discount + discount * _length(version, number) / (sum(lengths) / len(lengths)))


def _length(version: Version, number: int) -> int:
    return sum(map(len, version.fields[number]))


@given(st.lists(st.floats(0, 100, width=32), max_size=400), st.integers(0, 5))
def test_the_highest_scores_are_always_among_those_kept(values: list[float], limit: int) -> None:
    scores = np.array(values, np.float32)

    kept = set(highest(scores, limit).tolist())

    best = sorted((score for score in scores.tolist() if score > 0), reverse=True)[:limit]
    assert sorted((scores[place] for place in kept), reverse=True)[:limit] == best
    assert all(scores[place] > 0 for place in kept)
