"""The files of `arrays/`: how a model's scorer, calibration and nearest examples lie on disk. No pickle, no code.

Big arrays are memory-mapped, so that loading costs no more than looking at them, and several desks share one copy.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.grams import Lexicon
from classifier.model import Calibration, Model, TrainingRecord
from classifier.neighbours import Neighbours
from classifier.pairs import Pairs
from classifier.prediction import Neighbour
from classifier.scope import Gate
from classifier.scorer import Arrays, Scorer
from classifier.spelling import Slips
from classifier.weights import HEADS

SCORER = ("letter_keys", "rarity", "weights", "bias")
PAIRS = ("keys", "columns")
SLIPS = ("keys", "places", "counts")
NEIGHBOURS = ("starts", "rows", "values")
SETTINGS, WORDS, LEXICON, EXAMPLES = "settings.json", "words.txt", "lexicon.json", "examples.jsonl"


def files_of(model: Model) -> dict[str, bytes]:
    """What `read` needs to make this model again, by file name."""
    arrays = model.scorer.arrays
    files = {f"{name}.npy": packed(getattr(arrays, name)) for name in SCORER}
    files |= {f"pairs_{name}.npy": packed(getattr(arrays.pairs, name)) for name in PAIRS}
    files |= {f"slips_{name}.npy": packed(getattr(arrays.slips, name)) for name in SLIPS}
    files[WORDS] = "\n".join(arrays.words).encode("utf-8", "surrogatepass")
    files[LEXICON] = _json(model.scorer.lexicon.patterns)
    files[SETTINGS] = _json(
        {
            "heads": model.scorer.heads,
            "concepts": arrays.concepts,
            "temperatures": {head: getattr(model.calibration, head) for head in HEADS},
            "gate": _plain_gate(model.calibration.gate),
        }
    )
    return files | (_files_of_neighbours(model.neighbours) if model.neighbours else {})


def read(folder: Path, record: TrainingRecord) -> Model:
    """The model in these files. Raises OSError, ValueError, LookupError or TypeError where they are not whole."""
    settings = json.loads((folder / SETTINGS).read_bytes())
    lexicon = Lexicon(json.loads((folder / LEXICON).read_bytes()))
    told = (folder / WORDS).read_text("utf-8", "surrogatepass")
    arrays = Arrays(
        words=tuple(told.split("\n")) if told else (),
        concepts=tuple(settings["concepts"]),
        pairs=Pairs(**{name: _mapped(folder / f"pairs_{name}.npy") for name in PAIRS}),
        slips=Slips(**{name: _mapped(folder / f"slips_{name}.npy") for name in SLIPS}),
        **{name: _mapped(folder / f"{name}.npy") for name in SCORER},
    )
    calibration = Calibration(**settings["temperatures"], gate=_gate(settings["gate"]))
    scorer = Scorer(arrays, settings["heads"], lexicon)
    return Model(scorer, calibration, record, neighbours=_read_neighbours(folder, scorer))


def _files_of_neighbours(neighbours: Neighbours) -> dict[str, bytes]:
    files = {f"nearest_{name}.npy": packed(getattr(neighbours, name)) for name in NEIGHBOURS}
    shown = [neighbours.example(row) for row in range(neighbours.count)]
    lines = [_json({"text": each.text, "category": each.category, "issue": each.issue}) + b"\n" for each in shown]
    files["nearest_lines.npy"] = packed(np.cumsum([0, *map(len, lines)]))
    files[EXAMPLES] = b"".join(lines)
    return files


def _read_neighbours(folder: Path, scorer: Scorer) -> Neighbours | None:
    if not (folder / EXAMPLES).is_file():
        return None
    arrays = {name: _mapped(folder / f"nearest_{name}.npy") for name in NEIGHBOURS}
    lines = _mapped(folder / "nearest_lines.npy")

    def example(row: int) -> Neighbour:
        with (folder / EXAMPLES).open("rb") as file:
            file.seek(int(lines[row]))
            return Neighbour(**json.loads(file.readline()))

    return Neighbours(**arrays, count=len(lines) - 1, scorer=scorer, example=example)


def _plain_gate(gate: Gate) -> dict[str, Any]:
    plain = {name: getattr(gate, name).tolist() for name in ("mean", "scale", "weights")}
    return {**plain, "bias": gate.bias}


def _gate(plain: Mapping[str, Any]) -> Gate:
    mean, scale, weights = (np.asarray(plain[name], np.float32) for name in ("mean", "scale", "weights"))
    return Gate(mean, scale, weights, float(plain["bias"]))


def packed(array: NDArray[Any]) -> bytes:
    """An array as its file, byte for byte."""
    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()


def _mapped(path: Path) -> NDArray[Any]:
    """Empty arrays cannot be mapped, so they are read."""
    small = path.stat().st_size < 4096
    array: NDArray[Any] = np.load(path, mmap_mode=None if small else "r", allow_pickle=False)
    return array


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
