"""The index: weights of fields, versions of a document, and the best of many scores."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.index import Field, Index, Version, highest

TITLE, BODY = Field(3.0, 0.3), Field(1.0, 0.5)


def index(*documents: tuple[str, str]) -> Index:
    """Documents of a title and a body."""
    versions = [Version(number, [[title.split()], [body.split()]]) for number, (title, body) in enumerate(documents)]
    return Index(versions, (TITLE, BODY))


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
    once = Index([Version(0, [[["sync"]]]), Version(1, [[["mail"]]])], (TITLE,))
    twice = Index([Version(0, [[["sync"]]]), Version(0, [[["sync"]]]), Version(1, [[["mail"]]])], (TITLE,))

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


@given(st.lists(st.floats(0, 100, width=32), max_size=400), st.integers(0, 5))
def test_the_highest_scores_are_always_among_those_kept(values: list[float], limit: int) -> None:
    scores = np.array(values, np.float32)

    kept = set(highest(scores, limit).tolist())

    best = sorted((score for score in scores.tolist() if score > 0), reverse=True)[:limit]
    assert sorted((scores[place] for place in kept), reverse=True)[:limit] == best
    assert all(scores[place] > 0 for place in kept)
