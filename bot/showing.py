"""What `triage models` prints: models as rows of the documented format, and as words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.models import Listed
from classifier.artifact import PAGE, Card

NONE = "–"
HEAD = ("version", "trained", "rows", "accuracy", "ECE", "state")


def row_of(model: Listed) -> dict[str, Any]:
    """One object of `models list --json`: the keys are a contract. Figures are None where nothing was measured."""
    record = model.card.record if model.card else None
    figures = (record.evaluation if record else None) or {}
    return {
        "version": model.version,
        "trained_at": record.trained_at if record else None,
        "rows": sum(record.rows.values()) if record else None,
        "accuracy": figures.get("accuracy"),
        "ece": figures.get("ece"),
        "current": model.is_current,
        "before": model.was_before,
        "usable": model.why is None,
        "why": model.why,
    }


def list_in_words(models: Sequence[Listed], folder: Path) -> str:
    if not models:
        return f"There is no model in {folder} yet; `triage train` makes one."
    lines = [HEAD, *map(_cells, models)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in lines
    )


def card_of(model: Listed) -> dict[str, Any]:
    """`models show --json`: the row, and beside it what the card says. The keys are a contract."""
    card = model.card
    return {
        **row_of(model),
        "folder": str(model.folder),
        "page": str(model.folder / PAGE) if (model.folder / PAGE).is_file() else None,
        "card": {**asdict(card.record), **_beside_record(card)} if card else None,
    }


def card_in_words(model: Listed) -> str:
    shown = card_of(model)
    lines = [f"{model.version} ({_state(model)})", f"  folder          {model.folder}"]
    lines.append(f"  to be read      {shown['page'] or f'there is no {PAGE}'}")
    return "\n".join([*lines, *(_card_lines(model.card) if model.card else ())])


def _beside_record(card: Card) -> dict[str, Any]:
    return {"labels": list(card.labels), "made_with": dict(card.made_with), "files": dict(card.files)}


def _card_lines(card: Card) -> Iterator[str]:
    record = card.record
    yield f"  trained         {_when(record.trained_at)}, seed {record.seed}"
    yield f"  examples        {sum(record.rows.values()):,}, SHA-256 {record.examples_sha256}"
    yield "  made with       " + ", ".join(f"{name} {version}" for name, version in card.made_with.items())
    yield "  out of scope    " + (", ".join(record.out_of_scope) or NONE)
    yield from _figures(record.evaluation)
    yield "  rows"
    yield from (f"    {label:<24}{rows:>8,}" for label, rows in record.rows.items())
    yield "  files, by SHA-256"
    yield from (f"    {name:<32}{digest}" for name, digest in card.files.items())


def _figures(evaluation: Mapping[str, Any] | None) -> Iterator[str]:
    if not evaluation:
        yield "  figures         not measured yet; `triage evaluate` does it, with examples it has not learned from"
        return
    yield "  figures"
    for name, value in evaluation.items():
        if isinstance(value, int | float):
            yield f"    {name:<24}{value:>8,}" if isinstance(value, int) else f"    {name:<24}{value:>8.3f}"


def _cells(model: Listed) -> tuple[str, ...]:
    row = row_of(model)
    rows = NONE if row["rows"] is None else f"{row['rows']:,}"
    return model.version, _when(row["trained_at"]), rows, _share(row["accuracy"]), _share(row["ece"]), _state(model)


def _state(model: Listed) -> str:
    """What an operator wants to know first."""
    said = ["in use"] * model.is_current + ["in use before"] * model.was_before
    said += [f"unusable: {model.why}"] if model.why else []
    return ", ".join(said) or "ready"


def _when(trained_at: str | None) -> str:
    return trained_at[:16].replace("T", " ") if trained_at else NONE


def _share(value: Any) -> str:
    return f"{value:.1%}" if isinstance(value, float) else NONE
