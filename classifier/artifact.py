"""A model on disk: a readable card, the plain arrays that serve it, and the pipeline it was trained as.

`arrays/` holds numpy files and text, memory-mapped when the model is loaded; nothing in it can run. `weights.joblib`
is a pickle, which runs whatever it says: it is never opened to serve the desk, and `load_pipeline` unpickles exactly
the bytes whose SHA-256 the card names, after versions and hash are checked. A card that somebody may have forged
vouches for nothing: take pipelines only from folders that you wrote.
"""

from __future__ import annotations

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

from classifier import flat
from classifier.model import Model, TrainingRecord

if TYPE_CHECKING:
    from classifier.measuring import Evaluation
    from classifier.weights import Weights

FORMAT = 5
CARD, PAGE, WEIGHTS, ARRAYS = "card.json", "card.md", "weights.joblib", "arrays"
IN_PLOTS = ("confusion", "reliability", "risk_coverage")
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
GIVEN = "on rows that were given for the purpose"  # how figures were measured that came with the call


class UnusableModel(Exception):
    """The model in a folder or file cannot be vouched for; the text says where it is, why, and what to do."""

    def __init__(self, where: Path, why: str, remedy: str = "run `triage train`") -> None:
        super().__init__(f"{where} {why}; {remedy}")
        self.where, self.why = where, why


@dataclass(frozen=True)
class Card:
    """What `card.json` says: where the model comes from, what it needs, and how to know it again.

    `files` are the SHA-256 sums of all other files that are read again, by their path in the folder.
    """

    record: TrainingRecord
    labels: tuple[str, ...]
    made_with: Mapping[str, str]
    files: Mapping[str, str]
    probes: tuple[Mapping[str, object], ...]


def save(model: Model, folder: Path, *, evaluation: Evaluation | None = None) -> None:
    """Write the model to `folder`, replacing a model that stands there; a half-written one is never seen
    under that name.

    The card tells the figures of `evaluation`, else those of the issues that were held back in training. Raises
    FileExistsError when the folder holds anything else, and OSError with the remedy when the disk does not take it.
    """
    _check_free(folder)
    measured = GIVEN if evaluation else _measured_in_training(model)
    evaluation = evaluation or model.held_back
    record = replace(model.record, evaluation=_figures(evaluation)) if evaluation else model.record
    files = {f"{ARRAYS}/{name}": content for name, content in flat.files_of(model).items()}
    if model.pipeline is not None:
        files[WEIGHTS] = _pickled(model.pipeline)
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    card = Card(record, model.labels, _versions_here(), sums, _probed(model))
    files |= _pages(card, evaluation, measured)
    try:
        _save_files(files, folder)
    except OSError as error:
        raise cannot_take(folder, error) from error


def _measured_in_training(model: Model) -> str:
    from classifier.card import HELD_OUT, in_other_words

    return f"{HELD_OUT}\n\n{in_other_words(model.reworded)}" if model.reworded else HELD_OUT


def cannot_take(folder: Path, error: OSError) -> OSError:
    """What to say when a disk does not take a model."""
    why = error.strerror or error
    return OSError(f"{folder} cannot take the model ({why}); make room there, or give another folder")


def _save_files(files: Mapping[str, bytes], folder: Path) -> None:
    staging = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    try:
        (staging / ARRAYS).mkdir(parents=True)
        for name, content in files.items():
            _write(staging / name, content)
        _put_in_place(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _figures(evaluation: Evaluation) -> dict[str, object]:
    """Without the curves and tables, which the plots show and no program asks for."""
    return {name: value for name, value in evaluation.as_json().items() if name not in IN_PLOTS}


def load(folder: Path | str) -> Model:
    """The model in a folder that `save` wrote, served from its plain arrays. Raises UnusableModel for one that cannot
    be vouched for; nothing is ever unpickled."""
    folder = Path(folder)
    card = read_card(folder)
    for name in _named_or_there(folder, card):
        _check_sum(folder, name, card)
    try:
        model = flat.read(folder / ARRAYS, card.record)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UnusableModel(folder, f"was written by another version of this program ({error})") from error
    if not _knows_its_probes(model, card):
        raise UnusableModel(folder, "no longer answers its own probe texts as it did when it was trained")
    return model


def load_pipeline(folder: Path | str) -> Weights:
    """The scikit-learn pipeline that a model was trained as. Raises UnusableModel, before unpickling anything that
    cannot be vouched for."""
    folder = Path(folder)
    card = read_card(folder)
    for name, here in _versions_here().items():
        there = card.made_with.get(name, "an unknown version")
        if there != here:
            raise UnusableModel(folder, f"was trained with {name} {there}, and this is {here}")
    pickled = _read(folder, WEIGHTS)
    _vouch(folder, WEIGHTS, hashlib.sha256(pickled).hexdigest(), card)
    return _unpickled(folder, pickled)


def read_card(folder: Path) -> Card:
    """The card alone, without touching the weights. Raises UnusableModel."""
    try:
        return _from_json(json.loads(_read(folder, CARD)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableModel(folder, f"has a {CARD} that cannot be read ({type(error).__name__}: {error})") from None


def _named_or_there(folder: Path, card: Card) -> list[str]:
    """The arrays that the card names, and those that lie there: a file that no card vouches for is read as little as
    one that was changed."""
    there = {f"{ARRAYS}/{path.name}" for path in (folder / ARRAYS).glob("*")}
    return sorted(there | {name for name in card.files if name.startswith(f"{ARRAYS}/")})


def _check_sum(folder: Path, name: str, card: Card) -> None:
    try:
        with (folder / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise UnusableModel(folder, f"has no {name}") from None
    except OSError as error:
        raise UnusableModel(folder, f"holds a file {name} that cannot be opened ({error.strerror})") from None
    _vouch(folder, name, found, card)


def _vouch(folder: Path, name: str, found: str, card: Card) -> None:
    if found != card.files.get(name):
        raise UnusableModel(folder, f"holds a file {name} that is not the one its card describes")


def _pages(card: Card, evaluation: Evaluation | None, measured: str) -> dict[str, bytes]:
    """The card for programs, and for people with its plots."""
    from classifier.card import card_markdown, card_plots  # who only loads a model draws nothing

    plots = card_plots(evaluation) if evaluation else {}
    pages = {CARD: json.dumps(_as_json(card), indent=2, ensure_ascii=False) + "\n"}
    pages[PAGE] = card_markdown(card.record, evaluation, card.made_with, measured=measured)
    return {name: text.encode() for name, text in (pages | dict(plots)).items()}


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        raise UnusableModel(folder, f"has no {name}") from None
    except OSError as error:
        raise UnusableModel(folder, f"holds a file {name} that cannot be opened ({error.strerror})") from None


def _versions_here() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: installed(name) for name in LIBRARIES}}


def _pickled(pipeline: Weights) -> bytes:
    import joblib

    out = io.BytesIO()
    joblib.dump(pipeline, out)
    return out.getvalue()


def _unpickled(folder: Path, pickled: bytes) -> Weights:
    import joblib

    from classifier.weights import Weights

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
        raise UnusableModel(folder, f"was written by another version of this program ({error})") from error
    if not isinstance(content, Weights):
        raise UnusableModel(folder, f"has a {WEIGHTS} that holds no model")
    return content


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
    record = {field.name: card[field.name] for field in fields(TrainingRecord) if field.name != "partial"}
    record["out_of_scope"] = tuple(record["out_of_scope"])
    return Card(
        record=TrainingRecord(**record, partial=card.get("partial") is True),  # older cards do not say
        labels=tuple(card["labels"]),
        made_with=dict(card["made_with"]),
        files={str(name): str(found) for name, found in card["files"].items()},
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
