"""The models on disk: which one is in use, which were before it, and how a running desk follows a change.

`current` names the model in use, and below it those that were in use before, latest first: one small file, replaced
as a whole, so that a reader sees the old choice or the new one. Knows neither what a model is made of nor Slack.
"""

from __future__ import annotations

import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import as_file, files
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.settings import writable

if TYPE_CHECKING:
    from classifier import Model, Prediction
    from classifier.artifact import Card
    from classifier.prediction import Explanation

log = structlog.get_logger()

CURRENT = "current"
REMEMBERED = 20  # models that were in use, to go back to
LOOK_EVERY = 1.0  # seconds between two looks at whether another model was promoted
_VERSION = re.compile(r"\w[\w.-]{0,99}")

Predict = Callable[[str], "Prediction"]
Note = Callable[[str], None]
Progress = Callable[[str, int, int], None]
Pointer = tuple[int, int, int]


class NoModel(Exception):
    """There is no such model, or none that can be used. The text says what to do."""


@dataclass(frozen=True)
class Listed:
    """One model among those that there are. `card` is None where it cannot be read, `why` None where the model can be
    used."""

    version: str
    folder: Path
    card: Card | None
    is_current: bool
    was_before: bool
    why: str | None


@dataclass(frozen=True)
class Beginning:
    """What the desk begins with. `troubles` say why it is not what was promoted; no model at all is possible."""

    model: Model | None
    troubles: tuple[str, ...]


# -- what there is -----------------------------------------------------------------------------------------------------


def history(models: Path) -> tuple[str, ...]:
    """The version in use, then those that were in use before it, latest first; none when none was ever chosen."""
    pointer = models / CURRENT
    if not pointer.is_file():
        return ()
    return tuple(pointer.read_text(encoding="utf-8", errors="replace").split())


def folder_of(models: Path, version: str) -> Path:
    """Raises NoModel for a version that is not there."""
    folder = models / version
    if not _VERSION.fullmatch(version) or not folder.is_dir():
        raise NoModel(f"There is no model {version!r} in {models}; `triage models list` shows what there is")
    return folder


def load_model(folder: Path) -> Model:
    """Raises classifier.UnusableModel, whose text names the remedy."""
    from classifier import load

    return load(folder)


def listed(models: Path) -> list[Listed]:
    """Every model that there is, or that was chosen and is gone; the one trained last first."""
    found = {folder.name for folder in models.glob("*") if folder.is_dir() and not folder.name.startswith(".")}
    chosen = history(models)
    everything = [_looked_at(models, version, chosen) for version in sorted(found | set(chosen[:2]), reverse=True)]
    return sorted(everything, key=lambda each: (each.card and each.card.record.trained_at) or "", reverse=True)


def look_at(models: Path, version: str) -> Listed:
    """Raises NoModel for a version that is not there."""
    folder_of(models, version)
    return _looked_at(models, version, history(models))


def _looked_at(models: Path, version: str, chosen: tuple[str, ...]) -> Listed:
    from classifier import UnusableModel
    from classifier.artifact import read_card

    card: Card | None = None
    why: str | None = None
    folder = models / version
    try:
        card = read_card(folder_of(models, version))
        load_model(folder)
    except UnusableModel as fault:
        why = fault.why
    except NoModel:
        why = "is not there any more"
    return Listed(version, folder, card, chosen[:1] == (version,), chosen[1:2] == (version,), why)


# -- choosing ----------------------------------------------------------------------------------------------------------


def promote(models: Path, version: str) -> None:
    """Make a model the one in use, once it was loaded and checked. Raises NoModel, and then nothing has changed."""
    chosen = history(models)
    _check(models, version, chosen)
    before = chosen[1:] if chosen[:1] == (version,) else chosen
    _choose(models, (version, *before))


def rollback(models: Path) -> str:
    """Back to the model that was in use before; gives its version. Raises NoModel, and then nothing has changed."""
    chosen = history(models)
    if len(chosen) < 2:
        raise NoModel("There is no model to go back to; `triage models list` shows what there is to promote")
    _check(models, chosen[1], chosen)
    _choose(models, chosen[1:])
    return chosen[1]


def _check(models: Path, version: str, chosen: tuple[str, ...]) -> None:
    from classifier import UnusableModel

    folder = folder_of(models, version)
    try:
        load_model(folder)
    except UnusableModel as fault:
        stays = f"; {chosen[0]} stays the model in use" if chosen else ""
        raise NoModel(f"{fault.where} {fault.why}, so it cannot be used{stays}") from fault


def _choose(models: Path, versions: tuple[str, ...]) -> None:
    """Also for the same version again: a running desk sees that the file is another one, and looks again."""
    staged = models / f".{CURRENT}.{os.getpid()}"
    with staged.open("w", encoding="utf-8") as file:
        file.write("\n".join(versions[:REMEMBERED]) + "\n")
        file.flush()
        os.fsync(file.fileno())
    staged.replace(models / CURRENT)


# -- new models --------------------------------------------------------------------------------------------------------


def bundled_examples() -> Path:
    """The labelled examples that come with the desk."""
    with as_file(files("classifier").joinpath("data/examples")) as folder:
        return folder


def keep(models: Path, model: Model) -> Path:
    """Save a model beside the others, replacing none of them; it becomes the one in use only where there is none that
    can be used."""
    version = _free_version(models, model.version)
    folder = models / version
    replace(model, record=replace(model.record, version=version)).save(folder)
    if last_good(models).model is None:
        promote(models, version)
    return folder


def _free_version(models: Path, wanted: str) -> str:
    """The same examples on the same day give the same version: a second model of them gets a number."""
    numbered = (wanted if number == 1 else f"{wanted}-{number}" for number in count(1))
    return next(version for version in numbered if not (models / version).exists())


def export_model(models: Path, version: str, file: Path) -> None:
    """Write a model to a file for another desk. Raises NoModel, classifier.UnusableModel, NoSkops."""
    from classifier.elsewhere import export

    export(folder_of(models, version), file)


def import_model(models: Path, file: Path) -> Path:
    """Take in a model from elsewhere, as one more to promote. Raises NoModel, classifier.UnusableModel, NoSkops."""
    from classifier.elsewhere import unpack

    with tempfile.TemporaryDirectory(prefix=".import-", dir=writable(models), ignore_cleanup_errors=True) as staging:
        folder = Path(staging) / "model"
        version = unpack(file, folder).record.version
        if not _VERSION.fullmatch(version) or version == CURRENT:
            raise NoModel(f"{file} holds a model named {version!r}, which is no name for a folder; export it again")
        if (models / version).exists():
            raise NoModel(f"{models / version} is there already; move it away, or promote it as it is")
        return folder.rename(models / version)


def _train_first(models: Path, examples: Path, progress: Progress | None) -> None:
    from classifier import read_examples, train

    writable(models)  # before a minute of learning, not after it
    keep(models, train(read_examples(examples), progress=progress, now=datetime.now(UTC)))


# -- what the desk works with ------------------------------------------------------------------------------------------


def begin(models: Path, *, note: Note, progress: Progress | None = None, examples: Path | None = None) -> Beginning:
    """The model in use, else the last one before it that is good. Where none was ever chosen, the first is learned
    from `examples`, by default the bundled ones. Raises BadConfiguration where it could not be kept."""
    if not history(models):
        from classifier import BadExamples, TooFewExamples  # these bring all of training with them

        note("Learning the first model from the examples that come with the desk (once) …")
        try:
            _train_first(models, examples or bundled_examples(), progress)
        except (BadExamples, TooFewExamples, ImportError, MemoryError, OSError, RuntimeError) as fault:
            return Beginning(None, (f"The first model cannot be learned ({fault}). {_ON_WITHOUT}",))
    return last_good(models)


_REMEDIES = "Promote another model, or run `triage train`"
_ON_WITHOUT = f"The desk goes on without a model, by rules, search and people. {_REMEDIES}"


def last_good(models: Path) -> Beginning:
    """The model in use where it can be used, else the latest before it that can."""
    from classifier import UnusableModel

    faults: list[str] = []
    for version in history(models):
        try:
            model = load_model(folder_of(models, version))
        except NoModel as fault:
            faults.append(str(fault))
        except UnusableModel as fault:
            faults.append(f"{fault.where} {fault.why}")
        else:
            return Beginning(
                model, tuple(_told(faults, f"The desk uses {version}, which was in use before. {_REMEDIES}"))
            )
    return Beginning(None, tuple(_told(faults, _ON_WITHOUT)))


def _told(faults: list[str], instead: str) -> Iterator[str]:
    """The fault of the model that should be in use; those of older ones would only hide it."""
    yield from (f"{fault}. {instead}" for fault in faults[:1])


def follow(models: Path, without: Predict, *, note: Note, progress: Progress | None = None) -> FollowedModel:
    """A prediction for a desk that runs for long: `begin`, then whatever is promoted. `without` predicts while there
    is no model."""
    seen = _pointer(models)  # before anything is loaded: what is promoted meanwhile is seen at the first look
    beginning = begin(models, note=note, progress=progress)
    for trouble in beginning.troubles:
        note(f"Warning: {trouble}")
        log.warning("the model in use cannot be used", why=trouble)
    return FollowedModel(models, beginning.model, without, seen=seen)


class FollowedModel:
    """Predicts with the model in use, and notices at its next use that another was promoted.

    To look costs one `stat`, at most once a second. The new model is loaded beside the old one, then one reference is
    swapped: what is being predicted ends with the model it began with. A new one that cannot be used is told in the
    log once, and the old one stays.
    """

    def __init__(
        self,
        models: Path,
        model: Model | None,
        without: Predict,
        *,
        seen: Pointer | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.models = models
        self.version = model.version if model else ""
        self._predict = model.predict if model else without
        self._model = model
        self._seen = seen
        self._clock = clock
        self._look_at = clock() + LOOK_EVERY
        self._looking = threading.Lock()

    def __call__(self, text: str) -> Prediction:
        if self._clock() >= self._look_at and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._predict(text)

    def explain(self, text: str) -> Explanation | None:
        """Why the model in use reads a text as it does; None without a model."""
        return self._model.explain(text) if self._model else None

    def _look(self) -> None:
        self._look_at = self._clock() + LOOK_EVERY
        pointer = _pointer(self.models)
        if pointer != self._seen:
            self._seen = pointer
            self._swap()

    def _swap(self) -> None:
        from classifier import UnusableModel

        try:
            model = load_model(folder_of(self.models, "".join(history(self.models)[:1])))
        except (NoModel, UnusableModel, OSError) as fault:
            log.warning("another model was promoted and cannot be used; the desk goes on as before", why=str(fault))
            return
        self._predict = model.predict
        self._model = model
        if model.version != self.version:
            log.warning("another model is in use", model=model.version, before=self.version)
            self.version = model.version


def _pointer(models: Path) -> Pointer | None:
    """What tells one `current` from another: each is a new file."""
    try:
        found = (models / CURRENT).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
