"""Operating points: what is chosen from held-back predictions, and how policy.toml keeps everything else."""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from bot.deskdata import load_desk_data
from bot.settings import BadConfiguration
from bot.tuning import rewritten, tune, write
from classifier.examples import Example
from classifier.prediction import Prediction

POLICY = files("bot").joinpath("defaults/policy.toml").read_text(encoding="utf-8")


def seen(category: str, confidence: float, onshore: float = 0.0) -> Prediction:
    tiers = ((1, 1 - onshore), (3, onshore))
    return Prediction(category, confidence, ((category, confidence),), 0.9, 1, tiers, "normal", "en", (), "m")


def rows(count: int, *, right: float, confidence: float) -> list[tuple[Prediction, Example]]:
    """Outlook predictions of which this share is right."""
    return [
        (seen("outlook", confidence), Example("x", "outlook" if place < right * count else "teams"))
        for place in range(count)
    ]


def tuned(pairs: list[tuple[Prediction, Example]]):
    return tune([prediction for prediction, _ in pairs], [example for _, example in pairs])


def test_a_category_is_trusted_from_where_it_is_right_often_enough():
    tuning = tuned(rows(200, right=0.99, confidence=0.8) + rows(200, right=0.4, confidence=0.3))

    assert 0.3 < tuning.points["outlook"].threshold <= 0.8


def test_the_onshore_threshold_finds_the_wanted_share():
    pairs = [(seen("security", 0.9, onshore=place / 100), Example("x", "security", tier=3)) for place in range(100)]
    pairs += [(seen("security", 0.9, onshore=0.02), Example("x", "security", tier=1)) for _ in range(50)]

    tuning = tuned(pairs)

    assert tuning.onshore_above == 0.1
    assert tuning.onshore_recall == 0.9
    assert tuning.onshore_precision == 1.0


def test_without_tier_3_rows_nothing_is_taken_for_tier_3():
    assert tuned(rows(10, right=1, confidence=0.9)).onshore_above == 1.0


def test_the_policy_keeps_its_other_numbers_and_words_and_can_be_rewritten_again(tmp_path: Path):
    tuning = tuned(rows(200, right=0.99, confidence=0.8))
    once = rewritten(POLICY, tuning, "Measured on 200 rows.")
    before, after = tomllib.loads(POLICY), tomllib.loads(once)

    write(tmp_path / "policy.toml", rewritten(once, tuning, "Measured on 200 rows."))

    assert (tmp_path / "policy.toml").read_text(encoding="utf-8") == once
    assert {name: after[name] for name in before if name not in ("trust", "onshore_above")} == {
        name: before[name] for name in before if name not in ("trust", "onshore_above")
    }
    assert after["trust"]["outlook"] <= 0.8
    assert "# Measured on 200 rows." in once
    assert [path.name for path in tmp_path.iterdir()] == ["policy.toml"]
    assert load_desk_data(tmp_path).policy.needed("outlook") == after["trust"]["outlook"]


def test_what_a_team_wrote_below_and_what_a_label_is_called_do_no_harm():
    tuning = tune([seen('VPN / "remote"', 0.9)] * 80, [Example("x", 'VPN / "remote"')] * 80)
    below = POLICY.split("\n[trust]")[0] + "\n# ours\nclarify_with_more = 4\n"

    written = rewritten(rewritten(below, tuning, "Measured."), tuning, "Measured.")

    assert "# ours\nclarify_with_more = 4\n" in written
    assert written.count("onshore_above = ") == written.count("# messages were found so") == 1
    assert tomllib.loads(written)["trust"] == {'VPN / "remote"': 0.9}


def test_a_category_that_does_not_exist_is_named_with_the_nearest(tmp_path: Path):
    (tmp_path / "policy.toml").write_text(POLICY.split("\n[trust]")[0] + "\n[trust]\noutlok = 0.5\n")

    with pytest.raises(BadConfiguration, match=r'policy\.toml: \[trust\] has the unknown category .* "outlook"'):
        load_desk_data(tmp_path)


@pytest.mark.parametrize("key", ["onshore_above=0.3", "  onshore_above = 0.3", "onshore_above   = 0.3"])
@pytest.mark.parametrize("heading", ["[trust]", "  [trust]  # ours"])
def test_a_policy_written_in_another_style_stays_one_that_can_be_read(key: str, heading: str) -> None:
    policy = f"answer_above = 0.5\n{key}\n\n{heading}\noutlook = 0.4\n\n[later]\nx = 1\n"

    tuning = tuned(rows(200, right=0.99, confidence=0.8))
    once = tomllib.loads(rewritten(policy, tuning, "told"))
    twice = tomllib.loads(rewritten(rewritten(policy, tuning, "told"), tuning, "told"))

    assert once == twice
    assert (once["answer_above"], once["onshore_above"], once["later"]) == (0.5, tuning.onshore_above, {"x": 1})
    assert set(once["trust"]) == set(tuning.points)
