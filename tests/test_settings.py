"""Configuration: the order of precedence, and faults that name file, key and remedy."""

from pathlib import Path

import pytest

from bot.settings import BadConfiguration, load_desk_data, load_settings

DEFAULTS = Path(__file__).resolve().parent.parent / "bot" / "defaults"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty configuration folder, and an environment that says nothing else."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL", "TRIAGE_HOME", "TRIAGE_CONTACT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRIAGE_CONFIG", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_flag_beats_the_environment_which_beats_env_file_which_beats_the_toml(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config / "triage.toml").write_text('contact = "toml"\nops_channel = "toml"\nhelp_channels = ["toml"]\n')
    (config / ".env").write_text("TRIAGE_CONTACT=dotenv\nTRIAGE_OPS_CHANNEL=dotenv\n")
    monkeypatch.setenv("TRIAGE_CONTACT", "environment")

    settings = load_settings(home=config / "flag")

    assert settings.home == config / "flag"
    assert (settings.contact, settings.ops_channel, settings.help_channels) == ("environment", "dotenv", ["toml"])


def test_tokens_never_show(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xo" + "xb-not-a-real-one")

    assert "not-a-real-one" not in str(load_settings().model_dump(mode="json"))


def test_a_broken_triage_toml_is_named(config: Path) -> None:
    (config / "triage.toml").write_text("contact = \n")

    with pytest.raises(BadConfiguration, match=r"triage\.toml cannot be read"):
        load_settings()


FAULTS = [
    (
        "queues.toml",
        'region = "offshore"',
        'region = "offshroe"',
        "[service-desk] region is 'offshroe'; use offshore or onshore",
    ),
    (
        "queues.toml",
        'owns = ["network"]',
        'owns = ["netwrok"]',
        "unknown category 'netwrok'; did you mean \"network\"?",
    ),
    ("queues.toml", 'title = "Service desk"', 'titel = "x"', "unknown key 'titel'; did you mean \"title\"?"),
    ("queues.toml", "[unsorted]", "[unsortedd]", "there is no [unsorted]; add it"),
    ("queues.toml", 'tiers = [3]\nowns = ["*"]', "tiers = [3]\nowns = []", "nobody owns outlook at tier 3"),
    ("policy.toml", "answer_above = 0.45", "answer_above = 45", "answer_above is 45; it is a probability"),
    ("policy.toml", "answer_above = 0.45", "", "'answer_above' is missing; add it"),
    ("rules.toml", 'queue = "onshore"', 'queue = "onshor"', "[data-loss] sends to unknown queue 'onshor'"),
    ("rules.toml", "\\bransom", "\\bransom(", "[ransomware-or-malware] has an expression that cannot be read"),
]


@pytest.mark.parametrize(("name", "good", "bad", "says"), FAULTS)
def test_a_fault_in_a_file_is_named_with_its_remedy(config: Path, name: str, good: str, bad: str, says: str) -> None:
    text = (DEFAULTS / name).read_text("utf-8")
    assert good in text
    (config / name).write_text(text.replace(good, bad, 1), "utf-8")

    with pytest.raises(BadConfiguration) as fault:
        load_desk_data(config)
    assert says in str(fault.value)
    assert name in str(fault.value)


def test_the_files_that_come_with_the_desk_are_right(config: Path) -> None:
    data = load_desk_data(config)

    assert {queue.region for queue in data.queues} == {"offshore", "onshore"}
    assert len(data.categories) == 19
