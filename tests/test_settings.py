"""Configuration: the order of precedence, and faults that name file, key and remedy."""

from pathlib import Path

import pytest

from bot.settings import BadConfiguration, Settings, default_home, load_desk_data, load_settings, writable

ROOT = Path(__file__).resolve().parent.parent
DEFAULTS = ROOT / "bot" / "defaults"


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
    ("queues.toml", "[m365]", "a = 3\n[m365]", "[service-desk] unknown key 'a'; "),
    ("queues.toml", "[service-desk]", "a = 3\n[service-desk]", "[a] is 3; make it a heading"),
    ("queues.toml", "tiers = [1]\n", "tiers = 1\n", "[service-desk] tiers is 1; use a list of tiers, such as [1, 2]"),
    ("queues.toml", "tiers = [1]\n", "tiers = []\n", "[service-desk] tiers is []; use a list of tiers"),
    ("queues.toml", "tiers = [1]\n", "tiers = [1, 4]\n", "[service-desk] tiers[1] is 4; use a list of tiers"),
    ("queues.toml", "tiers = [1]\n", "", "[service-desk] 'tiers' is missing; add it"),
    ("queues.toml", 'title = "Service desk"', "title = 3", "[service-desk] title is 3; use words in quotes"),
    ("queues.toml", 'title = "Service desk"', 'title = ""', "[service-desk] title is ''; use words in quotes"),
    ("queues.toml", 'channel = "queue-m365"', "channel = true", "[m365] channel is True; use words in quotes"),
    ("queues.toml", 'owns = ["network"]', 'owns = "network"', "[network] owns is 'network'; use a list of categories"),
    ("queues.toml", 'owns = ["network"]', "owns = [1]", "[network] owns[0] is 1; use a list of categories"),
    (
        "queues.toml",
        "answers = { critical = 15,",
        "answers = { crit = 15,",
        "answers: unknown key 'crit'; did you mean",
    ),
    ("queues.toml", "critical = 15,", "", "[service-desk] answers: 'critical' is missing; add it"),
    ("queues.toml", "critical = 15,", 'critical = "15",', "[service-desk] answers.critical is '15'; use minutes"),
    ("queues.toml", "critical = 15,", "critical = 0,", "[service-desk] answers.critical is 0; use minutes"),
    ("queues.toml", "answers = {", "answers = 3 #", "[service-desk] answers is 3; use minutes, such as {"),
    (
        "queues.toml",
        'channel = "queue-security"',
        'channel = "queue-m365"',
        "[m365] and [security] share the channel 'queue-m365', but not region and `sees`; "
        "give [security] a channel of its own",
    ),
    ("queues.toml", 'title = "Service desk"', "title = ", "queues.toml cannot be read: Invalid value (at line 10"),
    ("policy.toml", "answer_above = 0.75", "answer_above = 45", "answer_above is 45; use a probability"),
    ("policy.toml", "answer_above = 0.75", 'answer_above = "0.45"', "answer_above is '0.45'; use a probability"),
    ("policy.toml", "answer_above = 0.75", "answer_above = nan", "answer_above is nan; use a probability"),
    (
        "policy.toml",
        "answer_above = 0.75",
        "answer_abov = 0.75",
        "unknown key 'answer_abov'; did you mean \"answer_above\"?",
    ),
    ("policy.toml", "clarify_with = 3", 'clarify_with = "3"', "clarify_with is '3'; use a whole number from 1 to 10"),
    ("policy.toml", "clarify_with = 3", "clarify_with = 0", "clarify_with is 0; use a whole number from 1 to 10"),
    ("policy.toml", "answer_above = 0.75", "", "'answer_above' is missing; add it"),
    ("rules.toml", 'queue = "onshore"', 'queue = "onshor"', "[data-loss] sends to unknown queue 'onshor'"),
    (
        "rules.toml",
        "[data-loss]",
        "[data-loss]\nunles = ['x']",
        "[data-loss] unknown key 'unles'; did you mean \"unless\"?",
    ),
    ("rules.toml", "[typed-credentials]", "a = 3\n[typed-credentials]", "[a] is 3; make it a heading"),
    ("rules.toml", "tier = 3", 'tier = "3"', "[typed-credentials] tier is '3'; use 1, 2 or 3"),
    ("rules.toml", "tier = 3", "tier = 4", "[typed-credentials] tier is 4; use 1, 2 or 3"),
    (
        "rules.toml",
        'urgency = "critical"',
        'urgency = "urgent"',
        "urgency is 'urgent'; use low, normal, high or critical",
    ),
    (
        "rules.toml",
        "[typed-credentials]",
        "[a]\nany = 'x'\nreason = 'x'\ntier = 1\nurgency = 'low'\nqueue = 'security'\n[typed-credentials]",
        "[a] any is 'x'; use a list with at least one expression in quotes",
    ),
    (
        "rules.toml",
        '["executives"]',
        '"executives"',
        "[executives] groups is 'executives'; use a list with at least one",
    ),
    ("rules.toml", '["executives"]', '["<!subteam^S1>"]', "[executives] '<!subteam^s1>' is no handle of a user group"),
    ("rules.toml", '["executives"]', "[]", "[executives] groups is []; use a list with at least one Slack user group"),
    ("rules.toml", "[executives]", "[executives]\nqueue = 'm365'", "[executives] unknown key 'queue'"),
    ("rules.toml", "unless = [", "unless = ['', ", "[typed-credentials] unless[0] is ''; use a list with at least one"),
    (
        "rules.toml",
        'category = "security"',
        "category = 3",
        "[typed-credentials] category is 3; use a category in quotes",
    ),
    (
        "taxonomy.toml",
        "[category.outlook]",
        "[categori.outlook]\n[category]\noutlook = 3\n[x]",
        "category.outlook is 3; use",
    ),
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


@pytest.mark.parametrize("text", ["", "category = 3", "category = []", "[category]", "[categories.outlook]"])
def test_a_taxonomy_without_categories_is_refused(config: Path, text: str) -> None:
    (config / "taxonomy.toml").write_text(text)

    with pytest.raises(BadConfiguration, match=r"^taxonomy\.toml: .*category"):
        load_desk_data(config)


def test_queues_that_may_see_the_same_may_share_a_channel(config: Path) -> None:
    text = (DEFAULTS / "queues.toml").read_text("utf-8")
    (config / "queues.toml").write_text(text.replace('channel = "queue-network"', 'channel = "queue-m365"'), "utf-8")

    assert len({queue.channel for queue in load_desk_data(config).queues}) == 8


def test_the_files_that_come_with_the_desk_are_right(config: Path) -> None:
    data = load_desk_data(config)

    assert {queue.region for queue in data.queues} == {"offshore", "onshore"}
    assert len(data.categories) == 19
