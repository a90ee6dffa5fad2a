"""Whether what serves the desk says the same as what was trained, and how much faster it says it."""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.classifier.speed import WARM_UP, interleaved
from benchmarks.classifier.spoiling import mistyped
from benchmarks.classifier.systems import Ours
from classifier import Example, normalise

AT_ONCE = 5_000  # texts; the pipeline's matrices must fit into memory
# Latin, its accents, Cyrillic, Hebrew and Arabic, Devanagari, Thai, kana, Chinese, Hangul, wide forms, emoji.
ALPHABETS = (
    (0x20, 0x7F), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE5F),
    (0x2000, 0x206F), (0x3040, 0x30FF), (0x4E00, 0x5FFF), (0xAC00, 0xAFFF), (0xFF00, 0xFFEF), (0x1F300, 0x1FAFF),
)  # fmt: skip


@dataclass(frozen=True)
class Equality:
    """`largest` is the largest difference of any score of any head, and of the share of known words; `where` names it.
    `faster` is how many times the scorer is faster than the pipeline, one message at a time, by medians of CPU time."""

    texts: int
    largest: float
    where: str
    scorer_us: float
    pipeline_us: float
    faster: float


def compare(ours: Ours, rows: Sequence[Example], foreign: str, *, texts: int, timed: int, seed: int) -> Equality:
    chance = random.Random(seed)
    made = generated(rows, chance)
    largest, where = 0.0, "nowhere"
    for start in range(0, texts, AT_ONCE):
        batch = [normalise(next(made)) for _ in range(min(AT_ONCE, texts - start))]
        for name, apart in _apart(ours, batch, (foreign,)).items():
            if apart > largest:
                largest, where = apart, name
    scorer_us, pipeline_us = _times(ours, [normalise(row.text) for row in chance.choices(rows, k=timed)], (foreign,))
    return Equality(texts, largest, where, scorer_us, pipeline_us, pipeline_us / scorer_us)


def generated(rows: Sequence[Example], chance: random.Random) -> Iterator[str]:
    """Texts without end, in turn: shuffled words, mistyped, words of several languages, any characters."""
    texts = [row.text for row in rows]
    elsewhere = [row.text for row in rows if row.language != "en"] or texts
    slip = mistyped(0.15)
    while True:
        words = chance.choice(texts).split()
        yield " ".join(chance.sample(words, len(words)))
        yield slip(chance.choice(texts), chance)
        yield " ".join(chance.choice(chance.choice(elsewhere).split() or [""]) for _ in range(chance.randint(1, 15)))
        yield "".join(chr(chance.randint(*chance.choice(ALPHABETS))) for _ in range(chance.randint(0, 60)))


def _apart(ours: Ours, batch: Sequence[str], foreign: Collection[str]) -> dict[str, float]:
    """The largest difference by head; `known words` is the share that the gate is told."""
    pipeline = ours.trained.pipeline
    assert pipeline is not None, "a model just trained has its pipeline"
    expected = pipeline.read(batch, foreign)
    seen = [ours.served.scorer.read(text) for text in batch]
    apart = {
        name: float(np.abs(np.array([scores.heads[name] for scores in seen]) - getattr(expected, name)).max())
        for name in pipeline.heads()
    }
    known = np.array([scores.known_share for scores in seen])
    return {**apart, "known words": float(np.abs(known - pipeline.features.known_shares(batch)).max())}


def _times(ours: Ours, texts: Sequence[str], foreign: Collection[str]) -> tuple[float, float]:
    """Median microseconds of CPU for the scores of one normalised message: the scorer's, the pipeline's."""
    pipeline = ours.trained.pipeline
    assert pipeline is not None, "a model just trained has its pipeline"
    ask = {"scorer": ours.served.scorer.read, "pipeline": lambda text: pipeline.read([text], foreign)}
    with threadpool_limits(1):
        interleaved(ask, texts[:WARM_UP])
        taken = interleaved(ask, texts)
    return float(np.median(taken["scorer"])), float(np.median(taken["pipeline"]))
