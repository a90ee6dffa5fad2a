"""Models from elsewhere: what a file may hold, what is refused before anything is loaded, and what comes of the rest.

skops is an extra of the maintainers' environment: where it is missing, there is nothing to test here.
"""

import hashlib
import io
import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from bot.models import NoModel, export_model, import_model, last_good, load_model, promote
from classifier import UnusableModel, elsewhere
from tests.office import EXAMPLES, small_model

skops = pytest.importorskip("skops.io")

Content = dict[str, Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The models of the desk that gives one away."""
    models = tmp_path_factory.mktemp("home") / "models"
    record = replace(small_model().record, version="monday")
    replace(small_model(), record=record).save(models / "monday")
    return models


@pytest.fixture(scope="module")
def given(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("given") / "monday.skops"
    export_model(home, "monday", file)
    return file


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The models of the desk that takes it in."""
    return tmp_path / "models"


def changed(given: Path, tmp_path: Path, change: Callable[[Content], object], *, honest: bool = True) -> Path:
    """The file with other content; the sums of its card fit, unless it is not `honest`."""
    content = skops.loads(given.read_bytes())
    change(content)
    if honest:
        sums = {f"arrays/{name}": _sum(value) for name, value in content["arrays"].items()}
        content["card"] = json.dumps(json.loads(content["card"]) | {"files": sums})
    file = tmp_path / "changed.skops"
    file.write_bytes(skops.dumps(content))
    return file


def _sum(value: Any) -> str:
    if isinstance(value, str):
        return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    out = io.BytesIO()
    np.save(out, value)
    return hashlib.sha256(out.getvalue()).hexdigest()


def with_schema(given: Path, tmp_path: Path, change: Callable[[Content], object]) -> Path:
    """The file with another plan of what to make of it, as somebody with bad intent would write it."""
    file = tmp_path / "planned.skops"
    with zipfile.ZipFile(given) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "schema.json":
                schema = json.loads(data)
                change(schema)
                data = json.dumps(schema).encode()
            new.writestr(name, data)
    return file


def test_a_model_that_came_in_one_file_predicts_as_it_did_at_home(home: Path, given: Path, models: Path) -> None:
    folder = import_model(models, given)

    at_home, here = load_model(home / "monday"), load_model(folder)
    texts = [text for each in EXAMPLES.values() for text in each]
    assert here.predict_many(texts) == at_home.predict_many(texts)
    assert here.record == at_home.record
    assert "Model monday" in (folder / "card.md").read_text("utf-8")
    assert [each.name for each in models.iterdir()] == ["monday"]


def test_it_is_not_in_use_until_it_is_promoted(given: Path, models: Path) -> None:
    import_model(models, given)
    before = last_good(models).model
    promote(models, "monday")

    found = last_good(models).model
    assert (before, found and found.version) == (None, "monday")


def test_the_examples_that_it_learned_from_do_not_travel(given: Path) -> None:
    written = given.read_bytes() + b"".join(map(str.encode, skops.loads(given.read_bytes())["arrays"]))

    assert b"nearest" not in written
    assert EXAMPLES["printing"][0] not in json.dumps(skops.loads(given.read_bytes()), default=repr)


def test_a_model_never_replaces_one_that_is_there(given: Path, models: Path) -> None:
    folder = import_model(models, given)
    (folder / "note").write_text("ours")

    with pytest.raises(NoModel, match="is there already; move it away"):
        import_model(models, given)

    assert (folder / "note").read_text() == "ours"


def test_what_a_model_does_not_need_is_refused_by_name_though_skops_would_trust_it(
    given: Path, models: Path, tmp_path: Path
) -> None:
    file = changed(given, tmp_path, lambda content: content.update(extra=LinearSVC()), honest=False)

    assert skops.get_untrusted_types(file=file) == []
    with pytest.raises(UnusableModel, match=r"holds types that no model needs: .*sklearn\.svm\._classes\.LinearSVC"):
        import_model(models, file)


@pytest.mark.parametrize("loader", ["FunctionNode", "TypeNode", "ObjectNode", "ReduceNode"])
def test_code_of_a_strange_module_is_refused_by_name_and_not_even_imported(
    given: Path, models: Path, tmp_path: Path, loader: str
) -> None:
    node = {"__class__": "this", "__module__": "this", "__loader__": loader, "content": None}
    file = with_schema(given, tmp_path, lambda schema: schema["content"].update(extra=node))

    with pytest.raises(UnusableModel, match=r"holds types that no model needs: .*this\.this"):
        import_model(models, file)

    assert "this" not in sys.modules
    assert list(models.iterdir()) == []


def test_an_array_of_another_class_is_refused(given: Path, models: Path, tmp_path: Path) -> None:
    """`numpy.void(10**12)` would take all the memory there is, and skops trusts it."""

    def bloat(schema: Content) -> None:
        schema["content"]["arrays"]["content"]["bias.npy"]["__class__"] = "void"

    with pytest.raises(UnusableModel, match=r"types that no model needs: numpy\.void"):
        import_model(models, with_schema(given, tmp_path, bloat))


def test_a_file_that_unpacks_to_too_much_is_refused(given: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "MOST_BYTES", 1_000)

    with pytest.raises(UnusableModel, match="unpacks to more than"):
        import_model(models, given)


def _array(name: str, change: Callable[[Any], Any]) -> Callable[[Content], object]:
    def apply(content: Content) -> None:
        content["arrays"][name] = change(content["arrays"][name])

    return apply


def _settings(change: Callable[[Content], object]) -> Callable[[Content], object]:
    def apply(text: str) -> str:
        settings = json.loads(text)
        change(settings)
        return json.dumps(settings)

    return _array("settings.json", apply)


def _card(**fields: object) -> Callable[[Content], object]:
    return lambda content: content.update(card=json.dumps(json.loads(content["card"]) | fields))


DO_NOT_FIT = {
    "columns beyond the end": _array("pairs_columns.npy", lambda columns: columns + 10**6),
    "columns before the beginning": _array("pairs_columns.npy", lambda columns: columns - 10**6),
    "pairs out of order": _array("pairs_keys.npy", lambda keys: keys[::-1].copy()),
    "pairs without columns": _array("pairs_columns.npy", lambda columns: columns[:-1]),
    "a weight that is no number": _array("weights.npy", lambda weights: weights * np.float32("nan")),
    "weights of endless size": _array("weights.npy", lambda weights: weights * np.float32(1e30)),
    "weights of another kind": _array("weights.npy", lambda weights: weights.astype(np.complex64)),
    "too few weights": _array("weights.npy", lambda weights: weights[:-1]),
    "words without columns": _array("words.txt", lambda text: text + "\nmore"),
    "fewer counts than words": _array("slips_counts.npy", lambda counts: counts[:-1]),
    "counts of another shape": _array("slips_counts.npy", lambda counts: counts[:, np.newaxis]),
    "slips that lead beyond the words": _array("slips_places.npy", lambda places: places + 10**6),
    "slips that lead before the words": _array("slips_places.npy", lambda places: places - 10**6),
    "slips that are no whole numbers": _array("slips_places.npy", lambda places: places.astype(np.float32)),
    "keys that lead nowhere": _array("slips_places.npy", lambda places: places[:-1]),
    "text instead of an array": _array("bias.npy", lambda _: "text"),
    "a word list that is none": _array("lexicon.json", lambda _: '{"exact": {"vpn": 5}}'),
    "no temperature": _settings(lambda settings: settings["temperatures"].update(category=0)),
    "a gate of another size": _settings(lambda settings: settings["gate"].update(mean=[0.0])),
    "a head nobody knows": _settings(lambda settings: settings["heads"].update(mood=[])),
    "nothing in scope": _card(out_of_scope=list(EXAMPLES)),
    "figures that are none": _card(evaluation=[]),
    "another format": _card(format=99),
    "no card": lambda content: content.update(card="{}"),
    "no arrays": lambda content: content.update(arrays={}),
    "another kind of file": lambda content: content.update(format=2),
    "a file outside": lambda content: content["arrays"].update({"../../evil.txt": "x"}),
    "other probes": _card(probes=[{"text": "vpn", "category": "printing", "probability": 1.0, "in_scope": 1.0}]),
}


@pytest.mark.parametrize("change", DO_NOT_FIT.values(), ids=DO_NOT_FIT)
def test_what_does_not_fit_together_is_refused_and_leaves_nothing_behind(
    given: Path, models: Path, tmp_path: Path, change: Callable[[Content], object]
) -> None:
    file = changed(given, tmp_path, change)

    with pytest.raises(UnusableModel) as refused:
        import_model(models, file)

    assert str(refused.value).startswith(f"{file} ")
    assert str(refused.value).endswith("; nothing of it was taken in, have it exported again")
    assert [each.name for each in tmp_path.rglob("*") if "evil" in each.name] == []
    assert list(models.iterdir()) == []


def test_a_disk_of_ours_that_fails_is_not_blamed_on_the_sender(given: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "in the way"
    in_the_way.write_text("no folder")

    with pytest.raises(OSError, match=r"cannot take the model \(Not a directory\); make room there, or give another"):
        elsewhere.unpack(given, in_the_way / "model")


def test_a_refusal_keeps_its_parts(models: Path, tmp_path: Path) -> None:
    file = tmp_path / "some.skops"
    file.write_bytes(b"no zip file")

    with pytest.raises(UnusableModel) as refused:
        import_model(models, file)

    assert refused.value.where == file
    assert refused.value.why.startswith("is no model that `triage models export` wrote")
    assert str(refused.value) == f"{file} {refused.value.why}; {elsewhere.EXPORT_AGAIN}"


def test_a_single_changed_number_is_noticed(given: Path, models: Path, tmp_path: Path) -> None:
    file = changed(given, tmp_path, _array("bias.npy", lambda bias: bias + np.float32(1)), honest=False)

    with pytest.raises(UnusableModel, match=r"bias\.npy that is not the one its card describes"):
        import_model(models, file)


@pytest.mark.parametrize("version", ["../evil", "current", "", ".hidden", "a/b", "x" * 200])
def test_a_name_that_leads_elsewhere_is_refused(given: Path, models: Path, tmp_path: Path, version: str) -> None:
    with pytest.raises(NoModel, match="is no name for a folder"):
        import_model(models, changed(given, tmp_path, _card(version=version)))

    assert list(models.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no zip file", b"PK\x03\x04"], ids=["empty", "text", "half a zip file"])
def test_a_file_that_skops_did_not_write_is_refused(models: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "some.skops"
    file.write_bytes(content)

    with pytest.raises(UnusableModel, match="is no model that `triage models export` wrote"):
        import_model(models, file)


def test_a_plan_that_is_nested_without_end_is_refused(given: Path, models: Path, tmp_path: Path) -> None:
    file = tmp_path / "deep.skops"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("schema.json", "[" * 100_000)

    with pytest.raises(UnusableModel):
        import_model(models, file)


def test_a_model_that_cannot_be_used_is_not_given_away(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "monday", tmp_path / "models" / "monday")
    (tmp_path / "models" / "monday" / "arrays" / "bias.npy").write_bytes(b"")

    with pytest.raises(UnusableModel, match=r"bias\.npy"):
        export_model(tmp_path / "models", "monday", tmp_path / "m.skops")

    assert not (tmp_path / "m.skops").exists()
