"""The models on disk: which one is in use, and the first one, learned from the examples that come with the desk."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import writable

if TYPE_CHECKING:
    from classifier import Model

CURRENT = "current"
_VERSION = re.compile(r"[\w.-]+")


class NoModel(Exception):
    """There is no model to use. The text says what to do."""


def bundled_examples() -> Path:
    """The labelled examples that come with the desk."""
    with as_file(files("classifier").joinpath("data/examples")) as folder:
        return folder


def current_model(models: Path) -> Path | None:
    """The folder of the model in use; None when none was ever chosen. Raises NoModel when the chosen one is gone."""
    pointer = models / CURRENT
    if not pointer.is_file():
        return None
    version = pointer.read_text(encoding="utf-8").strip()
    folder = models / version
    if not _VERSION.fullmatch(version) or not folder.is_dir():
        raise NoModel(f"{pointer} names {version!r}, which is not there; run `triage train` to make a model")
    return folder


def use(models: Path, version: str) -> None:
    """Make a model the one in use; atomic, so that a reader sees the old one or the new one."""
    staged = models / f".{CURRENT}.{os.getpid()}"
    staged.write_text(version + "\n", encoding="utf-8")
    staged.replace(models / CURRENT)


def train_first_model(models: Path, progress: Callable[[str, int, int], None] | None = None) -> Path:
    """Learn the first model from the bundled examples, and use it. Raises BadConfiguration where it cannot be kept."""
    from classifier import read_examples, train

    writable(models)  # before a minute of learning, not after it
    model = train(read_examples(bundled_examples()), progress=progress, now=datetime.now(UTC))
    folder = models / model.version
    model.save(folder)
    use(models, model.version)
    return folder


def load_model(folder: Path) -> Model:
    """Raises classifier.UnusableModel, whose text names the remedy."""
    from classifier import load

    return load(folder)
