"""A model on disk: a readable `card.json` beside `weights.joblib`, written whole or not at all, loaded only
when vouched for.

The weights are a pickle, and unpickling runs whatever it says. So `load` reads the card first, refuses other
versions, reads the weights once into memory, and unpickles exactly the bytes whose SHA-256 the card names. A
card that somebody may have forged vouches for nothing: load only folders that you wrote.
"""

import hashlib
import io
import json
import os
import pickle
import platform
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.model import Calibration, Model, TrainingRecord
from classifier.weights import Weights

if TYPE_CHECKING:
    from classifier.evaluation import Evaluation

FORMAT = 1
CARD, WEIGHTS = "card.json", "weights.joblib"
LIBRARIES = ("scikit-learn", "numpy", "joblib")

# Read by every model when saved and again when loaded. Not rows of the examples: those may be anybody's
# words.
PROBES = (
    "outlook keeps asking for my password",
    "the printer on the second floor prints nothing",
    "update fails with 0x80070643",
    "WLAN bricht st\u00e4ndig ab",
    "hello",
)
PROBE_TOLERANCE = 1e-4


class UnusableModel(Exception):
    """The model in a folder cannot be vouched for; the text says why and what to do."""


@dataclass(frozen=True)
class Card:
    """What `card.json` says: where the model comes from, what it needs, and how to know it again."""

    record: TrainingRecord
    labels: tuple[str, ...]
    made_with: Mapping[str, str]
    weights_sha256: str
    probes: tuple[Mapping[str, object], ...]


def save(model: Model, folder: Path, *, evaluation: "Evaluation | None" = None) -> None:
    """Write the model to `folder`, replacing a model that stands there; a half-written one is never seen
    under that name.

    Raises FileExistsError when the folder holds anything else.
    """
    _check_free(folder)
    record = replace(model.record, evaluation=evaluation.as_json()) if evaluation else model.record
    pickled = _pickled(model)
    card = Card(record, model.labels, _versions_here(), hashlib.sha256(pickled).hexdigest(), _probed(model))
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    staging.mkdir()
    try:
        _write(staging / WEIGHTS, pickled)
        _write(staging / CARD, (json.dumps(_as_json(card), indent=2, ensure_ascii=False) + "\n").encode())
        _put_in_place(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def load(folder: Path | str) -> Model:
    """The model in a folder that `save` wrote. Raises UnusableModel, before unpickling anything it cannot
    vouch for.
    """
    folder = Path(folder)
    card = read_card(folder)
    for name, here in _versions_here().items():
        there = card.made_with.get(name, "an unknown version")
        if there != here:
            raise _unusable(folder, f"was trained with {name} {there}, and this is {here}")
    pickled = _read(folder, WEIGHTS)
    if hashlib.sha256(pickled).hexdigest() != card.weights_sha256:
        raise _unusable(folder, f"has a {WEIGHTS} that is not the one its card describes")
    weights, calibration = _unpickled(folder, pickled)
    model = Model(weights, calibration, card.record)
    if not _knows_its_probes(model, card):
        raise _unusable(folder, "no longer answers its own probe texts as it did when it was trained")
    return model


def read_card(folder: Path) -> Card:
    """The card alone, without touching the weights. Raises UnusableModel."""
    try:
        return _from_json(json.loads(_read(folder, CARD)))
    except (ValueError, KeyError, TypeError) as error:
        raise _unusable(folder, f"has a {CARD} that cannot be read ({type(error).__name__}: {error})") from None


def _unusable(folder: Path, why: str) -> UnusableModel:
    return UnusableModel(f"{folder} {why}; run `triage train`")


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        raise _unusable(folder, f"has no {name}") from None
    except OSError as error:
        raise _unusable(folder, f"has a {name} that cannot be opened ({error.strerror})") from None


def _versions_here() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: installed(name) for name in LIBRARIES}}


def _pickled(model: Model) -> bytes:
    import joblib

    out = io.BytesIO()
    joblib.dump((model.weights, model.calibration), out)
    return out.getvalue()


def _unpickled(folder: Path, pickled: bytes) -> tuple[Weights, Calibration]:
    import joblib

    unpickle: Callable[[io.BytesIO], object] = joblib.load
    try:
        content = unpickle(io.BytesIO(pickled))
    except (
        pickle.UnpicklingError,
        ImportError,
        AttributeError,
        TypeError,
        ValueError,
        LookupError,
        EOFError,
    ) as error:
        raise _unusable(folder, f"was written by another version of this program ({error})") from error
    match content:
        case (Weights() as weights, Calibration() as calibration):
            return weights, calibration
    raise _unusable(folder, f"has a {WEIGHTS} that holds no model")


def _probed(model: Model) -> tuple[Mapping[str, object], ...]:
    return tuple(
        {"text": text, "category": seen.category, "probability": seen.confidence, "in_scope": seen.in_scope}
        for text, seen in zip(PROBES, model.predict_many(PROBES), strict=True)
    )


def _knows_its_probes(model: Model, card: Card) -> bool:
    if model.labels != card.labels:
        return False
    seen = model.predict_many([str(probe["text"]) for probe in card.probes])
    return all(
        prediction.category == probe["category"]
        and _near(prediction.confidence, probe["probability"])
        and _near(prediction.in_scope, probe["in_scope"])
        for prediction, probe in zip(seen, card.probes, strict=True)
    )


def _near(seen: float, expected: object) -> bool:
    return isinstance(expected, (int, float)) and abs(seen - expected) <= PROBE_TOLERANCE


def _as_json(card: Card) -> dict[str, object]:
    rest = asdict(card)
    return {"format": FORMAT, **rest.pop("record"), **rest}


def _from_json(card: Mapping[str, Any]) -> Card:
    """Raises KeyError, TypeError or ValueError for a card that is not complete."""
    if card["format"] != FORMAT:
        raise ValueError(f"format {card['format']} instead of {FORMAT}")
    record = {field.name: card[field.name] for field in fields(TrainingRecord)}
    return Card(
        record=TrainingRecord(**{**record, "out_of_scope": tuple(record["out_of_scope"])}),
        labels=tuple(card["labels"]),
        made_with=dict(card["made_with"]),
        weights_sha256=str(card["weights_sha256"]),
        probes=tuple(
            {key: probe[key] for key in ("text", "category", "probability", "in_scope")} for probe in card["probes"]
        ),
    )


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _check_free(folder: Path) -> None:
    if folder.is_dir() and (not any(folder.iterdir()) or (folder / CARD).is_file()):
        return
    if folder.exists():
        raise FileExistsError(f"{folder} holds something other than a model; choose a new or empty folder")


def _put_in_place(staging: Path, folder: Path) -> None:
    """Rename; a model that stood there steps aside first, and comes back if the new one cannot take its
    place.
    """
    aside = folder.with_name(f"{staging.name}.old")
    if folder.exists():
        folder.rename(aside)
    try:
        staging.rename(folder)
    except OSError:
        if aside.exists():
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)
