"""Examples as a reviewer reads them: which say nearly the same, and which were poured into one form.

A model learns a form that many rows share instead of what people mean, and a test on such rows flatters it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from classifier.examples import Example
from classifier.text import fold, normalise, words

NEAR = 0.7  # shared words of all words in two texts
FEWEST_WORDS = 3  # "vpn broken" and "vpn is broken" are both what people write
# A form is a text with its telling words blanked. These many words of a language are common, all others are blanked.
COMMON_WORDS = 150
LONG_ENOUGH, COMMON_ENOUGH = 6, 3  # words in all, common ones among them


def near_duplicates(examples: Sequence[Example], near: float = NEAR) -> list[tuple[Example, Example, float]]:
    """Pairs that share more than `near` of their words, whatever the order, the most alike first."""
    kept = [(row, frozenset(words(fold(normalise(row.text))))) for row in examples]
    found = [(kept[a][0], kept[b][0], likeness) for a, b, likeness in _alike([told for _, told in kept], near)]
    return sorted(found, key=lambda pair: -pair[2])


def _alike(texts: Sequence[frozenset[str]], near: float) -> Iterator[tuple[int, int, float]]:
    """Two texts can only be alike when they share one of their rarest words: only these are looked up."""
    rows = Counter(word for text in texts for word in text)
    holders: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        if len(text) < FEWEST_WORDS:
            continue
        telling = sorted(text, key=lambda word: (rows[word], word))[: int((1 - near) * len(text)) + 1]
        for other in {other for word in telling for other in holders[word]}:
            likeness = len(text & texts[other]) / len(text | texts[other])
            if likeness > near:
                yield other, place, likeness
        for word in telling:
            holders[word].append(place)


def shared_forms(examples: Sequence[Example], most: int = 2) -> dict[str, list[Example]]:
    """Forms that more than `most` rows of one language were poured into, the most used first.

    The form of "my printer is not printing since monday" is "my _ is not _ since _".
    """
    forms: dict[str, list[Example]] = defaultdict(list)
    by_language: dict[str, list[Example]] = defaultdict(list)
    for row in examples:
        by_language[row.language or "en"].append(row)
    for language, rows in by_language.items():
        told = [words(fold(normalise(row.text))) for row in rows]
        common = {word for word, _ in Counter(word for text in told for word in set(text)).most_common(COMMON_WORDS)}
        for row, text in zip(rows, told, strict=True):
            if len(text) >= LONG_ENOUGH and sum(word in common for word in text) >= COMMON_ENOUGH:
                forms[f"{language}: " + " ".join(word if word in common else "_" for word in text)].append(row)
    shared = {form: rows for form, rows in forms.items() if len(rows) > most}
    return dict(sorted(shared.items(), key=lambda item: -len(item[1])))
