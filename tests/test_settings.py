"""Configuration: the order of precedence, and faults that name file, key and remedy."""

from pathlib import Path

import pytest

from bot.settings import BadConfiguration, Settings, content_of, default_home, load_settings, writable

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty configuration folder, and an environment that says nothing else."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper() if name.startswith("slack_") else f"TRIAGE_{name.upper()}", raising=False)
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


def test_names_in_the_environment_that_belong_to_others_are_left_to_them(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/xdg")
    for name in ("HOME", "CONFIG", "CONTACT", "OPS_CHANNEL", "HELP_CHANNELS", "HTTP_PORT", "home", "config", "contact"):
        monkeypatch.setenv(name, "somebody else's")
    (config / ".env").write_text("HOME=x\nCONTACT=x\nCONFIG=x\nHTTP_PORT=x\n")

    settings = load_settings()

    assert (settings.home, settings.config) == (default_home(), config)
    assert (settings.contact, settings.ops_channel) == ("your IT service desk", "desk-ops")
    assert (settings.help_channels, settings.http_port) == (["it-help"], 3000)


def test_their_triage_names_do_count(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somebody")
    monkeypatch.setenv("TRIAGE_HOME", "/srv/triage")
    (config / ".env").write_text("TRIAGE_CONTACT=the front desk\nTRIAGE_HTTP_PORT=0\n")

    settings = load_settings()

    assert (settings.home, settings.contact, settings.http_port) == (Path("/srv/triage"), "the front desk", 0)


def test_the_sample_as_it_ships_sets_nothing(config: Path) -> None:
    (config / ".env").write_text((ROOT / ".env.sample").read_text("utf-8"), "utf-8")

    assert load_settings() == Settings(_env_file=None)  # type: ignore[call-arg]


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_value_counts_as_not_set(config: Path, monkeypatch: pytest.MonkeyPatch, empty: str) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", empty)
    (config / ".env").write_text(f'SLACK_APP_TOKEN="{empty}"\n')
    (config / "triage.toml").write_text(f'slack_bot_token = "{empty}"\ncontact = "{empty}"\n')

    settings = load_settings()

    assert (settings.slack_signing_secret, settings.slack_app_token, settings.slack_bot_token) == (None, None, None)
    assert settings.contact == "your IT service desk"


def test_an_empty_value_does_not_hide_one_from_a_weaker_source(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_CONTACT", "")
    (config / ".env").write_text("TRIAGE_CONTACT=the front desk\n")

    assert load_settings().contact == "the front desk"


@pytest.mark.parametrize("line", ["TRIAGE_HOME=own", "TRIAGE_CONFIG=own/config"])
def test_the_toml_is_found_where_the_env_file_says(config: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.delenv("TRIAGE_CONFIG")
    (config / ".env").write_text(line + "\n")
    (config / "own" / "config").mkdir(parents=True)
    (config / "own" / "config" / "triage.toml").write_text('contact = "the front desk"\n')

    assert load_settings().contact == "the front desk"


@pytest.mark.parametrize("value", ["it-help,help", " it-help , help,", '["it-help", "help"]'])
def test_help_channels_are_a_list_with_commas_or_json(
    config: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("TRIAGE_HELP_CHANNELS", value)

    assert load_settings().help_channels == ["it-help", "help"]


def test_what_notepad_saves_can_be_read(config: Path) -> None:
    (config / ".env").write_text("TRIAGE_CONTACT=Büro\n", "utf-8-sig")
    (config / "triage.toml").write_text('ops_channel = "büro"\n', "utf-8-sig")

    assert (load_settings().contact, load_settings().ops_channel) == ("Büro", "büro")


BAD_SETTINGS = [
    (".env", b"TRIAGE_CONTACT=x\nTRIAGE_CONTACT=B\xfcro\n", ".env, line 2, is not UTF-8; save the file as UTF-8"),
    (".env", b'TRIAGE_HELP_CHANNELS=["it-help"\n', "TRIAGE_HELP_CHANNELS (help_channels in triage.toml): "),
    (".env", b"TRIAGE_HTTP_PORT=99999\n", "TRIAGE_HTTP_PORT (http_port in triage.toml): "),
    (".env", b"TRIAGE_HTTP_PORT=-1\n", "TRIAGE_HTTP_PORT (http_port in triage.toml): "),
    (".env", b"SLACK_API_URL=slack.com\n", "SLACK_API_URL (slack_api_url in triage.toml): "),
    ("triage.toml", b'contct = "x"\n', "triage.toml: unknown key 'contct'; did you mean \"contact\"?"),
    ("triage.toml", b"[slack]\nx = 1\n", "triage.toml: unknown key 'slack'; "),
    ("triage.toml", b"contact = 3\n", "TRIAGE_CONTACT (contact in triage.toml): "),
    ("triage.toml", b'\ncontact = "B\xfcro"\n', "triage.toml, line 2, is not UTF-8; save the file as UTF-8"),
]


@pytest.mark.parametrize(("name", "text", "says"), BAD_SETTINGS)
def test_a_bad_setting_is_named_in_one_line(config: Path, name: str, text: bytes, says: str) -> None:
    (config / name).write_bytes(text)

    with pytest.raises(BadConfiguration) as fault:
        load_settings()
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(BadConfiguration, match=r"file.home cannot be written .*set TRIAGE_HOME"):
        writable(tmp_path / "file" / "home")


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"cannot be read \(.+\); let the account that runs the desk read it"):
        content_of(tmp_path)


def test_tokens_never_show(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xo" + "xb-not-a-real-one")

    assert "not-a-real-one" not in str(load_settings().model_dump(mode="json"))


def test_a_broken_triage_toml_is_named(config: Path) -> None:
    (config / "triage.toml").write_text("contact = \n")

    with pytest.raises(BadConfiguration, match=r"triage\.toml cannot be read"):
        load_settings()
