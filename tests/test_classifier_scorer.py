"""The direct scorer against the pipeline it was made from, and what it gives besides scores: pulls and neighbours."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import bundled_examples
from classifier.examples import read_examples
from classifier.export import scorer_of
from classifier.grams import Lexicon, bundled_lexicon, letters_of, read_lexicon, words_and_pairs
from classifier.keys import key_of, letter_keys, rest_keys
from classifier.neighbours import neighbours_of
from classifier.pairs import Partners, pairs_among
from classifier.prediction import Neighbour
from classifier.scorer import Scorer
from classifier.text import fold, normalise, words
from classifier.training import fit_weights
from classifier.typos import mistyped
from classifier.weights import Weights

EXAMPLES = bundled_examples()
CLOSE = 1e-6
# Some of every category: enough that pairs and letters must be shared by two rows, quick enough for a test.
ROWS = [row for file in ("outlook", "network", "other") for row in read_examples(EXAMPLES / f"{file}.jsonl")[:250]]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return fit_weights(ROWS, seed=0)


@pytest.fixture(scope="module")
def scorer(weights: Weights) -> Scorer:
    return scorer_of(weights)


def assert_same(weights: Weights, scorer: Scorer, texts: list[str]) -> None:
    """Scores of every head, and the share of known words."""
    expected = weights.read(texts, ("other",))
    seen = [scorer.read(text) for text in texts]
    for name in ("category", "tier", "urgency"):
        found = np.array([scores.heads[name] for scores in seen])
        assert np.abs(found - getattr(expected, name)).max() <= CLOSE, name
    assert np.abs(np.array([scores.known_share for scores in seen]) - expected.signals[:, 2]).max() <= CLOSE


def test_the_scores_are_those_of_the_pipeline(weights, scorer):
    chance = random.Random(5)
    texts = [normalise(row.text) for row in ROWS]
    shuffled = [" ".join(chance.sample(text.split(), len(text.split()))) for text in texts]

    assert_same(weights, scorer, [*texts, *shuffled, *(mistyped(text, chance, 0.1) for text in texts)])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_the_scores_are_those_of_the_pipeline_for_any_text(weights, scorer, text):
    assert_same(weights, scorer, [normalise(text), fold(text)])


@pytest.mark.parametrize("text", ["", "   ", "?", "a", "mail " * 400, "x" * 5_000, "\U0001f600", "print " * 300 + "é"])
def test_the_scores_are_those_of_the_pipeline_for_odd_texts(weights, scorer, text):
    assert_same(weights, scorer, [normalise(text)])


def test_groups_of_letters_have_keys_of_their_own(weights):
    groups = sorted(weights.features.blocks["letters"].columns)

    assert len({key_of(group) for group in groups}) == len(groups)


@given(st.text(st.characters(exclude_characters=" "), min_size=1, max_size=12))
def test_a_words_keys_are_those_of_its_groups_in_order(word):
    assert letter_keys(word).tolist() == [key_of(group) for group in letters_of(word)]


@given(st.text(min_size=1, max_size=12))
def test_what_is_left_of_a_word_without_each_of_its_letters_has_the_key_of_that(word):
    rests = [word[:at] + word[at + 1 :] for at in range(len(word))]

    assert rest_keys(word).tolist() == [key_of(each) for each in (word, *rests)]


def test_pairs_of_one_text_are_those_found_in_many():
    place = {word: at for at, word in enumerate(("mail", "my", "no", "sound"))}
    pairs = pairs_among(place | {"no sound": 0, "my~no": 1, "my sound": 2, "mail~sound": 3})
    texts = [[2, 3], [1, 2, 3], [1, -1, 2, 3], [3, -1, -1, 0], [0, 0, 0, 0], []]

    alone = [Partners(pairs, len(place)).columns(words) for words in texts]

    whose, columns = pairs.of_many(
        np.concatenate(texts).astype(np.int64), np.repeat(np.arange(6), list(map(len, texts)))
    )
    together = [sorted(columns[whose == text].tolist()) for text in range(6)]
    assert [sorted(found) for found in alone] == together == [[0], [0], [0, 1], [3], [], []]


def test_the_words_that_raised_a_score_are_named_with_what_they_added(scorer):
    text = "shared mailbox is missing in outlook"
    label = scorer.heads["category"].index("outlook")

    found = scorer.phrase_pulls(scorer.read(text), label)

    added = {" ".join(text.split()[start:end]): pull for start, end, pull in found}
    assert max(added, key=lambda phrase: added[phrase]) in ("mailbox", "outlook", "in outlook", "shared mailbox")
    assert added["outlook"] > added["is"]
    assert scorer.phrase_pulls(scorer.read("qqqzz"), label) == []


def test_what_words_and_neighbours_added_is_the_whole_score(scorer):
    """All of it, in a text whose words are known and stand side by side."""
    scores = scorer.read("shared mailbox")

    for label, score in enumerate(scores.heads["category"].tolist()):
        added = sum(pull for _, _, pull in scorer.phrase_pulls(scores, label))
        assert added + float(scorer.arrays.bias[label]) == pytest.approx(score, abs=CLOSE)


def test_a_word_left_out_lowers_the_score_by_about_what_it_added(scorer):
    label = scorer.heads["category"].index("outlook")

    with_it = scorer.read("calendar is empty in outlook").heads["category"][label]
    without = scorer.read("calendar is empty in").heads["category"][label]

    assert without < with_it


def test_the_nearest_examples_are_the_most_alike_and_one_of_each_issue(scorer):
    shown = [Neighbour(row.text, row.category, row.issue) for row in ROWS]
    near = neighbours_of(scorer, [normalise(row.text) for row in ROWS], shown.__getitem__)
    asked = ROWS[3]

    found = near.nearest(scorer.read(normalise(asked.text)), 3)

    assert (found[0].text, found[0].likeness) == (asked.text, pytest.approx(1.0, abs=1e-3))
    assert [each.likeness for each in found] == sorted((each.likeness for each in found), reverse=True)
    assert len({each.issue for each in found}) == 3
    assert near.nearest(scorer.read("qqq zzz"), 3) == ()


def test_words_stand_for_concepts_in_every_language():
    lexicon = bundled_lexicon()

    of = {word: set(lexicon.of(word)) for word in ("printer", "drucker", "netzwerkdrucker", "imprimante", "impresora")}

    assert all("printer" in concepts for concepts in of.values()), of


def test_a_pattern_matches_whole_words_beginnings_endings_and_middles():
    lexicon = read_lexicon('[a]\nen = ["pin", "pins"]\n[b]\nen = ["mail*"]\n[c]\nde = ["*box"]\n[d]\nde = ["*ailb*"]\n')

    assert lexicon.of("pin") == ("a",)
    assert lexicon.of("pink") == ()
    assert lexicon.of("mailbox") == ("b", "c", "d")
    assert lexicon("pin mailing") == ["a", "b"]
    assert Lexicon({}).of("pin") == ()


def test_every_pattern_of_the_word_list_is_one_folded_word_that_can_match():
    patterns = bundled_lexicon().patterns

    for kind, parts in patterns.items():
        for part in parts:
            assert (fold(part), words(part)) == (part, [part]), (kind, part)


def test_pairs_are_of_neighbours_in_order_and_of_others_near_in_any_order():
    pairs = words_and_pairs("no sound today")

    assert pairs == ["no", "sound", "today", "no sound", "sound today", "no~today"]
    assert set(words_and_pairs("today my sound")) & set(words_and_pairs("sound of today")) == {
        *("today", "sound", "sound~today"),
    }
    assert "a~f" not in words_and_pairs("a b c d e f")
