"""Lays a trained pipeline flat for the scorer. Runs once, when training ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

from classifier.features import Block, Features, Floats
from classifier.grams import Lexicon, is_pair
from classifier.keys import key_of
from classifier.pairs import pairs_among
from classifier.scorer import Arrays, Scorer
from classifier.spelling import Slips, slips_among
from classifier.weights import Weights


def scorer_of(weights: Weights) -> Scorer:
    """The scorer that gives the same scores as the pipeline. Raises ValueError for two groups of letters that share a
    key, which no vocabulary seen so far has."""
    heads = weights.heads()
    # Nothing but these is laid out; a pipeline with other blocks is for measuring only.
    told, letters, concepts = (_block(weights.features, kind) for kind in ("words", "letters", "concepts"))
    rows = _rows(weights.features, np.hstack([head.weights for head in heads.values()]))
    alone = sorted(gram for gram in told.columns if not is_pair(gram))
    pairs = sorted(gram for gram in told.columns if is_pair(gram))
    groups, names = _by_key(letters.columns), tuple(sorted(concepts.columns))
    place = {gram: at for grams in (alone, pairs) for at, gram in enumerate(grams)}
    arrays = Arrays(
        words=tuple(alone),
        pairs=pairs_among(place),
        letter_keys=np.array([*groups], np.uint64),
        concepts=names,
        rarity=np.concatenate([_picked(told, alone), _picked(told, pairs), _picked(concepts, names)]),
        weights=np.vstack(
            [
                _word_rows(alone, [(block, rows[block.kind]) for block in (told, letters, concepts)]),
                rows["words"][[told.columns[gram] for gram in pairs]],
                rows["letters"][[letters.columns[group] for group in groups.values()]],
                rows["concepts"][[concepts.columns[name] for name in names]],
            ]
        ),
        bias=np.concatenate([head.bias for head in heads.values()]),
        slips=_slips(weights, alone),
    )
    return Scorer(arrays, {name: head.labels for name, head in heads.items()}, concepts.lexicon)


def _block(features: Features, kind: str) -> Block:
    return features.blocks.get(kind) or Block(kind, {}, np.empty(0, np.float32), Lexicon({}))


def _rows(features: Features, weights: Floats) -> dict[str, Floats]:
    """For each block what it was learned to say times what each column counts for, and the square of the latter."""
    empty, start = np.empty((0, weights.shape[1] + 1), np.float32), 0
    rows = dict.fromkeys(("words", "letters", "concepts"), empty)
    for kind, block in features.blocks.items():
        weight = block.weight[:, None]
        here = weights[start : start + len(weight)]
        rows[kind] = np.hstack([here * weight, weight**2])
        start += len(weight)
    return rows


def _picked(block: Block, grams: Iterable[str]) -> Floats:
    """The rarity of these."""
    return block.rarity[[block.columns[gram] for gram in grams]]


def _word_rows(alone: Sequence[str], blocks: Iterable[tuple[Block, Floats]]) -> Floats:
    """All that each word adds by itself."""
    from scipy.sparse import csr_matrix

    sums: list[Floats] = []
    for block, rows in blocks:
        held = [block.of_word(word) for word in alone]
        starts = np.cumsum([0, *map(len, held)])
        columns = np.fromiter(chain.from_iterable(held), np.int64, starts[-1])
        sums.append(csr_matrix((np.ones(len(columns)), columns, starts), (len(held), len(rows))) @ rows)
    return np.asarray(sum(sums), np.float32)


def _slips(weights: Weights, alone: Sequence[str]) -> Slips:
    """The speller's look-up. Its words are the words laid out, in the same order; none where words are no features."""
    speller = weights.features.speller
    return speller.slips if list(speller.words) == list(alone) else slips_among((), ())


def _by_key(groups: Iterable[str]) -> dict[int, str]:
    """Groups of letters by their keys, in ascending order."""
    keyed = sorted((key_of(group), group) for group in groups)
    if len({key for key, _ in keyed}) < len(keyed):
        raise ValueError("two groups of letters have the same key; choose another BASE in classifier/keys.py")
    return dict(keyed)
