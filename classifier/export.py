"""Lays a trained pipeline flat for the scorer. Runs once, when training ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from classifier.grams import Lexicon, is_pair, letters_of
from classifier.keys import key_of
from classifier.scorer import Arrays, Columns, Floats, Scorer
from classifier.spelling import Slips, slips_among
from classifier.weights import Weights

# Nothing but words, letters and concepts is laid out; a pipeline with other blocks is for measuring only.
NOTHING: Mapping[str, int] = {}


def scorer_of(weights: Weights) -> Scorer:
    """The scorer that gives the same scores as the pipeline. Raises ValueError for two groups of letters that share a
    key, which no vocabulary seen so far has."""
    blocks = weights.features.blocks
    vocabulary = {name: block.vocabulary_ for name, block in blocks.items()}
    told = vocabulary.get("words", NOTHING)
    alone = sorted(gram for gram in told if not is_pair(gram))
    pairs, apart = _pairs(told, alone, " "), _pairs(told, alone, "~")
    groups = _by_key(vocabulary.get("letters", NOTHING))
    concepts = tuple(sorted(vocabulary.get("concepts", NOTHING)))
    lexicon = blocks["concepts"].analyzer if concepts else Lexicon({})
    order = _columns_in_order(
        weights, alone, [*pairs.values(), *apart.values()], [column for _, column in groups], concepts
    )
    starts, pieces = _pieces(alone, vocabulary, groups, concepts, lexicon, len(alone) + len(pairs) + len(apart))
    heads = weights.heads()
    arrays = Arrays(
        words=tuple(alone),
        pairs=np.array(list(pairs), np.int64),
        pairs_apart=np.array(list(apart), np.int64),
        letter_keys=np.array([key for key, _ in groups], np.uint64),
        concepts=concepts,
        piece_starts=starts,
        pieces=pieces,
        slips=_slips(weights, alone),
        rarity=_rarity(weights)[order],
        weights=np.ascontiguousarray(np.hstack([head.weights for head in heads.values()])[order]),
        bias=np.concatenate([head.bias for head in heads.values()]),
    )
    return Scorer(arrays, {name: head.labels for name, head in heads.items()}, lexicon)


def _slips(weights: Weights, alone: Sequence[str]) -> Slips:
    """The speller's look-up. Its words are the columns' words, in the same order; none where words are no features."""
    speller = weights.features.speller
    return speller.slips if list(speller.words) == list(alone) else slips_among((), ())


def _pairs(vocabulary: Mapping[str, int], alone: Sequence[str], between: str) -> dict[int, int]:
    """The pipeline columns of the pairs with this sign between, by ascending key."""
    place = {word: column for column, word in enumerate(alone)}
    parted = ((gram.partition(between), column) for gram, column in vocabulary.items())
    return dict(sorted((place[a] << 32 | place[b], column) for (a, sign, b), column in parted if sign))


def _by_key(vocabulary: Mapping[str, int]) -> list[tuple[int, int]]:
    """Key and pipeline column of each group of letters, by ascending key."""
    keyed = sorted((key_of(group), column) for group, column in vocabulary.items())
    if len({key for key, _ in keyed}) < len(keyed):
        raise ValueError("two groups of letters have the same key; choose another BASE in classifier/keys.py")
    return keyed


def _columns_in_order(
    weights: Weights, alone: Sequence[str], pairs: Sequence[int], groups: Sequence[int], concepts: Sequence[str]
) -> Columns:
    """Pipeline columns in the order of the arrays."""
    start: dict[str, int] = {}
    end = 0
    for name, block in weights.features.blocks.items():
        start[name] = end
        end += len(block.vocabulary_)
    vocabulary = {name: block.vocabulary_ for name, block in weights.features.blocks.items()}
    order = [start["words"] + vocabulary["words"][word] for word in alone] if alone else []
    order += [start["words"] + column for column in pairs]
    order += [start["letters"] + column for column in groups]
    order += [start["concepts"] + vocabulary["concepts"][name] for name in concepts]
    return np.array(order, np.int32)


def _pieces(
    alone: Sequence[str],
    vocabulary: Mapping[str, Mapping[str, int]],
    groups: Sequence[tuple[int, int]],
    concepts: Sequence[str],
    lexicon: Lexicon,
    letters_start: int,
) -> tuple[Columns, Columns]:
    """For each word the columns of its letters and concepts, and where each word's begin."""
    place = {column: at for at, (_, column) in enumerate(groups)}
    known = vocabulary.get("letters", NOTHING)
    group_column = {group: letters_start + place[column] for group, column in known.items()}
    concept_column = {name: letters_start + len(groups) + at for at, name in enumerate(concepts)}
    pieces: list[int] = []
    starts = [0]
    for word in alone:
        pieces += [group_column[group] for group in letters_of(word) if group in group_column]
        pieces += [concept_column[name] for name in lexicon.of(word) if name in concept_column]
        starts.append(len(pieces))
    return np.array(starts, np.int32), np.array(pieces, np.int32)


def _rarity(weights: Weights) -> Floats:
    return np.concatenate([block.idf_ for block in weights.features.blocks.values()]).astype(np.float32)
