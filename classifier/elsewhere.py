"""A model in one file, for another desk: written and read with skops, which is an optional extra.

The file holds a model's card and plain arrays, as names, numbers and arrays: no object of ours, nothing of
scikit-learn, and none of the examples. A file from elsewhere is refused, with the names of what it holds besides,
before anything in it is made; what then fails its own card, or does not fit together, is refused too. Knows nothing
of which model is in use.
"""

from __future__ import annotations

import contextlib
import io
import json
import lzma
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import flat
from classifier.artifact import ARRAYS, CARD, PAGE, Card, UnusableModel, cannot_take, load, read_card, save
from classifier.card import card_markdown
from classifier.model import Calibration, Model
from classifier.scope import SIGNALS
from classifier.scorer import Scorer
from classifier.weights import HEADS

FORMAT = 1
MOST_BYTES = 1 << 30  # a small file can unpack to more than any machine holds
WEIGHTS = ("rarity", "weights", "bias")  # every other array of a scorer says where something stands
EXPORT_AGAIN = "nothing of it was taken in, have it exported again"
LARGE = 1e6  # beyond any weight, rarity or temperature that training gives

# How skops reads a value, and the types it may have. Its own list of trusted types is far longer.
ALLOWED = frozenset(
    (
        ("DictNode", "builtins.dict"),
        ("ListNode", "builtins.list"),
        ("TypeNode", "builtins.str"),
        ("JsonNode", "builtins.str"),
        ("NdArrayNode", "numpy.ndarray"),
    )
)
_FILE = re.compile(r"[a-z_]{1,40}\.(npy|json|txt)")
# What a file that skops did not write, or that somebody changed, runs into.
_BROKEN = (
    *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, MemoryError),
    *(RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)


class _Unfit(Exception):
    """What is wrong with a file from elsewhere, which the text does not name."""


class NoSkops(Exception):
    """skops is not installed; the text says how to install it."""


def export(folder: Path, file: Path) -> None:
    """Write the model in `folder` to one file. Raises UnusableModel, NoSkops."""
    skops = _skops()
    model = load(folder)
    with tempfile.TemporaryDirectory() as staging:
        alone = Path(staging) / "model"
        save(replace(model, neighbours=None, pipeline=None), alone)
        content = {
            "format": FORMAT,
            "card": (alone / CARD).read_text("utf-8"),
            "arrays": {each.name: _value(each) for each in sorted((alone / ARRAYS).iterdir())},
        }
    file.write_bytes(skops.dumps(content, compression=zipfile.ZIP_DEFLATED))


def unpack(file: Path, folder: Path) -> Card:
    """Write the model in `file` to a new folder, checked, as `save` would have. Raises UnusableModel, NoSkops, and
    OSError where our own disk does not give or take it."""
    skops = _skops()
    data = file.read_bytes()
    with _blaming(file, OSError):  # all in memory, so no disk of ours has a part in it
        files = _files_in(skops, data)
    _write(files, folder)
    with _blaming(file, FileNotFoundError):  # what is not there now was not in the file
        card = _checked(folder)
        page = card_markdown(card.record, None, card.made_with).encode()
    _write({PAGE: page}, folder)
    return card


@contextlib.contextmanager
def _blaming(file: Path, *besides: type[Exception]) -> Iterator[None]:
    """Whatever goes wrong in here is wrong with the file."""
    broken: tuple[type[Exception], ...] = (*_BROKEN, *besides)
    try:
        yield
    except UnusableModel as fault:
        raise UnusableModel(file, fault.why, EXPORT_AGAIN) from fault
    except _Unfit as fault:
        raise UnusableModel(file, str(fault), EXPORT_AGAIN) from fault
    except broken as fault:
        raise UnusableModel(file, f"is no model that `triage models export` wrote ({fault})", EXPORT_AGAIN) from fault


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    try:
        (folder / ARRAYS).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise cannot_take(folder, error) from error


def _skops() -> Any:
    try:
        import skops.io
    except ImportError as fault:
        raise NoSkops("skops, which reads and writes such files, is not installed; run `pip install skops`") from fault
    return skops.io


# -- before anything is loaded ---------------------------------------------------------------------------------------


def _check_types(skops: Any, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(each.file_size for each in archive.infolist()) > MOST_BYTES:
            raise _Unfit(f"unpacks to more than {MOST_BYTES >> 30} GB")
        schema = json.loads(archive.read("schema.json"))
    strange = {name for loader, name in _types(schema) if (loader, name) not in ALLOWED}
    if strange:
        with contextlib.suppress(OSError, *_BROKEN):  # it knows more names, and not every plan
            strange.update(skops.get_untrusted_types(data=data))
        raise _Unfit(f"holds types that no model needs: {', '.join(sorted(strange))}")


def _types(schema: object) -> Iterator[tuple[str, str]]:
    """How each value would be read, and its type. skops makes nothing of a value that does not say."""
    waiting = [schema]
    while waiting:
        match waiting.pop():
            case dict() as value:
                if "__loader__" in value:
                    yield str(value["__loader__"]), f"{value.get('__module__')}.{value.get('__class__')}"
                waiting += value.values()
            case list() as values:
                waiting += values


# -- what was loaded ---------------------------------------------------------------------------------------


def _files_in(skops: Any, data: bytes) -> dict[str, bytes]:
    """The card and the arrays, by their names in a model's folder."""
    _check_types(skops, data)
    content: Mapping[str, Any] = skops.loads(data, trusted=[])
    if content["format"] != FORMAT:
        raise _Unfit(f"has format {content['format']} instead of {FORMAT}")
    strange = [name for name in content["arrays"] if not _FILE.fullmatch(name)]
    if strange:
        raise _Unfit(f"holds a file with the name {strange[0]!r}")
    arrays = {f"{ARRAYS}/{name}": _bytes(value) for name, value in content["arrays"].items()}
    return {CARD: content["card"].encode(), **arrays}


def _checked(folder: Path) -> Card:
    card = read_card(folder)
    if set(card.files) != {f"{ARRAYS}/{file.name}" for file in (folder / ARRAYS).iterdir()}:
        raise _Unfit("has other files than its card describes")
    _check_fit(flat.read(folder / ARRAYS, card.record))
    load(folder)
    return card


def _check_fit(model: Model) -> None:
    """Whether everything leads to something that is there, so that no text can fail later. Raises ValueError."""
    heads, record = model.scorer.heads, model.record
    named = [label for labels in heads.values() for label in labels]
    fits = (
        _arrays_fit(model.scorer, len(named))
        and set(heads) <= set(HEADS)
        and all(isinstance(label, str) for label in named)
        and all(label.isdecimal() for label in heads.get("tier", ()))
        and not set(model.labels) <= set(record.out_of_scope)
        and isinstance(record.evaluation, dict | None)
        and _is_lexicon(model.scorer.lexicon.patterns)
        and _usable(model.calibration)
    )
    if not fits:
        raise ValueError("its parts do not fit together")


def _arrays_fit(scorer: Scorer, labels: int) -> bool:
    arrays, slips, pairs = scorer.arrays, scorer.arrays.slips, scorer.arrays.pairs
    count = len(arrays.words)
    return (
        all(_is_plain(name, getattr(arrays, name)) for name in flat.SCORER)
        and all(_is_plain(name, getattr(slips, name)) for name in flat.SLIPS)
        and all(_is_plain(name, getattr(pairs, name)) for name in flat.PAIRS)
        and (len(slips.counts), len(slips.places)) == (count, len(slips.keys))
        and len(pairs.keys) == len(pairs.columns)
        and bool((np.diff(pairs.keys) > 0).all())
        and _within(slips.places, count)
        and _within(pairs.columns, arrays.pairs_count)
        and arrays.weights.shape == (scorer.width, labels + 1)
        and (arrays.rarity.ndim, arrays.bias.shape) == (1, (labels,))
        and bool((arrays.rarity > 0).all())
    )


def _within(places: NDArray[Any], end: int) -> bool:
    return bool((np.asarray(places) >= 0).all() and (np.asarray(places) < end).all())


def _is_plain(name: str, array: NDArray[Any]) -> bool:
    """Moderate numbers where it holds weights, else one row of whole numbers."""
    if name in WEIGHTS:
        return array.dtype == np.float32 and _moderate(array)
    return array.dtype.kind in "iu" and array.ndim == 1


def _is_lexicon(patterns: Mapping[str, Mapping[str, Sequence[str]]]) -> bool:
    return all(
        isinstance(part, str) and isinstance(concepts, list) and all(isinstance(each, str) for each in concepts)
        for parts in patterns.values()
        for part, concepts in parts.items()
    )


def _usable(calibration: Calibration) -> bool:
    gate = calibration.gate
    signals = (gate.mean, gate.scale, gate.weights)
    return (
        all(0 < getattr(calibration, head) < LARGE for head in HEADS)
        and all(numbers.shape == (len(SIGNALS),) and _moderate(numbers) for numbers in signals)
        and bool((gate.scale != 0).all() and abs(gate.bias) < LARGE)
    )


def _moderate(numbers: NDArray[Any]) -> bool:
    """No infinity, nothing that is no number, and nothing that sums up to one."""
    return bool((np.abs(numbers) < LARGE).all())


# -- files and values ---------------------------------------------------------------------------------------


def _value(file: Path) -> NDArray[Any] | str:
    if file.suffix == ".npy":
        array: NDArray[Any] = np.load(file, allow_pickle=False)
        return array
    return file.read_bytes().decode("utf-8", "surrogatepass")


def _bytes(value: NDArray[Any] | str) -> bytes:
    """What `_value` read, byte for byte: the card knows its SHA-256."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return flat.packed(value)
