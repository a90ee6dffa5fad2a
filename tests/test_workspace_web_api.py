"""The Web API's methods: what they answer, what they change, and how they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from bot.workspace import Workspace
from bot.workspace.web_api import METHODS, answer
from tests.workspace_fixtures import MANIFEST, Clock, button, call, events, modal, section

HELP, NETWORK, ANA = "C0ITHELP000", "C0QUEUENETWORK", "U0ANA000000"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(clock: Clock) -> Workspace:
    return Workspace(MANIFEST, now=clock)


def with_scopes(*scopes: str) -> Workspace:
    return Workspace({"oauth_config": {"scopes": {"bot": list(scopes)}}, "features": MANIFEST["features"] | QUIET})


QUIET: dict[str, Any] = {"shortcuts": [], "slash_commands": []}


# Tokens and scopes


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", None, "not_authed"),
        ("auth.test", "xoxb-somebody-elses", "invalid_auth"),
        ("auth.test", "app", "not_allowed_token_type"),
        ("apps.connections.open", "bot", "not_allowed_token_type"),
        ("chat.scream", "bot", "unknown_method"),
    ],
)
def test_a_call_with_the_wrong_token_or_name_is_refused(
    workspace: Workspace, method: str, token: str | None, error: str
) -> None:
    tokens = {"app": workspace.app_token, "bot": workspace.bot_token}

    refusal = answer(workspace, method, {}, tokens.get(token or "", token))

    assert (refusal["ok"], refusal["error"]) == (False, error)


def test_the_app_learns_who_it_is(workspace: Workspace) -> None:
    told = call(workspace, "auth.test")

    assert (told["user"], told["user_id"], told["bot_id"]) == ("triage", "U0TRIAGE000", "B0TRIAGE000")
    assert (told["team"], told["team_id"]) == ("Northwind Foundry", "T0NORTHWIND")


@pytest.mark.parametrize(
    ("method", "args", "needed"),
    [
        ("chat.postMessage", {"channel": HELP, "text": "x"}, "chat:write"),
        ("users.info", {"user": ANA}, "users:read"),
        ("usergroups.list", {}, "usergroups:read"),
        ("reactions.add", {"channel": HELP, "timestamp": "1", "name": "x"}, "reactions:write"),
        ("conversations.list", {}, "channels:read"),
        ("conversations.list", {"types": "im"}, "im:read"),
        ("conversations.info", {"channel": NETWORK}, "groups:read"),
        ("conversations.history", {"channel": HELP}, "channels:history"),
        ("conversations.history", {"channel": NETWORK}, "groups:history"),
        ("files.info", {"file": "F1"}, "files:read"),
    ],
)
def test_what_the_manifest_has_no_scope_for_is_refused(method: str, args: dict[str, Any], needed: str) -> None:
    refusal = call(with_scopes("commands"), method, **args)

    assert (refusal["error"], refusal["needed"], refusal["provided"]) == ("missing_scope", needed, "commands")


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"api.test", "auth.test"}))
def test_every_method_survives_a_call_without_arguments(workspace: Workspace, method: str) -> None:
    token = workspace.app_token if METHODS[method].token == "app" else workspace.bot_token

    answered = answer(workspace, method, {}, token)

    assert answered["ok"] or answered["error"]


# Posting


def test_a_post_appears_and_the_app_hears_its_own_voice(workspace: Workspace) -> None:
    posted = call(workspace, "chat.postMessage", channel=HELP, text="hello")

    assert [message.text for message in workspace.messages("it-help")] == ["hello"]
    assert (posted["channel"], posted["message"]["bot_id"]) == (HELP, "B0TRIAGE000")
    assert events(workspace)[0]["bot_id"] == "B0TRIAGE000"
    assert "blocks" not in posted["message"]


@pytest.mark.parametrize("channel", [HELP, "#it-help", "it-help"])
def test_a_channel_may_be_named_when_posting(workspace: Workspace, channel: str) -> None:
    assert call(workspace, "chat.postMessage", channel=channel, text="hello")["channel"] == HELP


def test_elsewhere_only_ids_are_understood(workspace: Workspace) -> None:
    assert call(workspace, "conversations.info", channel="it-help")["error"] == "channel_not_found"
    assert call(workspace, "users.info", user="ana")["error"] == "user_not_found"


def test_a_post_to_a_person_goes_to_the_direct_message(workspace: Workspace) -> None:
    posted = call(workspace, "chat.postMessage", channel=ANA, text="hello")

    assert posted["channel"] == workspace.channel("@ana").id
    assert [message.text for message in workspace.messages_for("ana", "@triage")] == ["hello"]


def test_ids_that_the_app_left_out_are_filled_in(workspace: Workspace) -> None:
    element = {key: value for key, value in button("x").items() if key != "action_id"}
    blocks = [section("one"), {"type": "actions", "elements": [element]}]

    posted = call(workspace, "chat.postMessage", channel=HELP, text="x", blocks=blocks)["message"]["blocks"]

    assert len({block["block_id"] for block in posted}) == 2
    assert posted[1]["elements"][0]["action_id"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": HELP}, "no_text"),
        ({"channel": HELP, "text": "  "}, "no_text"),
        ({"channel": "C0NOWHERE00", "text": "x"}, "channel_not_found"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": "U0TRIAGE000", "text": "x"}, "cannot_dm_bot"),
        ({"channel": HELP, "text": "x", "blocks": [{"type": "nope"}]}, "invalid_blocks"),
        ({"channel": HELP, "text": "x", "blocks": "not json"}, "invalid_blocks_format"),
        ({"channel": HELP, "text": "x", "metadata": {"event_type": "sent"}}, "invalid_metadata_format"),
    ],
)
def test_a_post_that_cannot_be_is_refused(workspace: Workspace, args: dict[str, Any], error: str) -> None:
    assert call(workspace, "chat.postMessage", **args)["error"] == error
    assert workspace.messages("it-help") == []


def test_invalid_blocks_come_with_a_message_for_each_problem(workspace: Workspace) -> None:
    refusal = call(workspace, "chat.postMessage", channel=HELP, text="x", blocks=[section("x" * 3001), {"type": "no"}])

    assert refusal["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        "[ERROR] unsupported type: no [json-pointer:/blocks/1/type]",
    ]


def test_a_message_is_cut_off_at_forty_thousand_characters(workspace: Workspace) -> None:
    for size in (40_000, 40_001):
        call(workspace, "chat.postMessage", channel=HELP, text="x" * size)

    assert [len(message.text) for message in workspace.messages("it-help")] == [40_000, 40_000]


def without_the_app(workspace: Workspace, name: str) -> None:
    channel = workspace.channel(name)
    workspace.channels[channel.id] = type(channel)(**{**vars(channel), "members": channel.members - {"U0TRIAGE000"}})


def test_a_channel_that_the_app_is_not_in_is_refused_and_may_be_joined(workspace: Workspace) -> None:
    without_the_app(workspace, "it-help")

    assert call(workspace, "chat.postMessage", channel=HELP, text="x")["error"] == "not_in_channel"
    workspace.say("ana", "it-help", "nobody listens")
    assert events(workspace) == []
    assert call(workspace, "conversations.join", channel=HELP)["channel"]["is_member"]
    assert call(workspace, "chat.postMessage", channel=HELP, text="x")["ok"]
    assert events(workspace, "member_joined_channel")[0]["user"] == "U0TRIAGE000"


def test_a_private_channel_that_the_app_is_not_in_does_not_exist_for_it(workspace: Workspace) -> None:
    without_the_app(workspace, "queue-network")

    assert call(workspace, "chat.postMessage", channel=NETWORK, text="x")["error"] == "channel_not_found"
    listed = call(workspace, "conversations.list", types="private_channel")["channels"]
    assert "queue-network" not in {channel["name"] for channel in listed}


def test_only_members_are_shown_what_is_meant_for_one(workspace: Workspace) -> None:
    refusal = call(workspace, "chat.postEphemeral", channel=NETWORK, user=ANA, text="x")

    assert refusal["error"] == "user_not_in_channel"


# Changing


def test_an_update_with_text_alone_takes_the_blocks_away(workspace: Workspace) -> None:
    ts = call(workspace, "chat.postMessage", channel=HELP, text="one", blocks=[section("one")])["ts"]
    call(workspace, "chat.update", channel=HELP, ts=ts, text="two")

    [message] = workspace.messages("it-help")
    assert (message.text, message.blocks, message.edited_by) == ("two", (), "U0TRIAGE000")


def test_an_update_with_blocks_does_not_count_as_an_edit(workspace: Workspace) -> None:
    ts = call(workspace, "chat.postMessage", channel=HELP, text="one")["ts"]
    call(workspace, "chat.update", channel=HELP, ts=ts, text="two", blocks=[section("two")])

    [message] = workspace.messages("it-help")
    assert (message.text, message.blocks[0]["text"]["text"], message.edited_by) == ("two", "two", None)
    assert events(workspace)[-1]["subtype"] == "message_changed"


def test_an_update_with_blocks_alone_keeps_the_text(workspace: Workspace) -> None:
    ts = call(workspace, "chat.postMessage", channel=HELP, text="one")["ts"]
    call(workspace, "chat.update", channel=HELP, ts=ts, blocks=[section("two")])

    assert workspace.messages("it-help")[0].text == "one"


@pytest.mark.parametrize(("size", "error"), [(4_000, None), (4_001, "msg_too_long")])
def test_an_update_has_a_limit_of_its_own(workspace: Workspace, size: int, error: str | None) -> None:
    ts = call(workspace, "chat.postMessage", channel=HELP, text="one")["ts"]

    assert call(workspace, "chat.update", channel=HELP, ts=ts, text="x" * size).get("error") == error


def test_the_app_changes_only_its_own_messages(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "mine")

    assert call(workspace, "chat.update", channel=HELP, ts=ts, text="ours")["error"] == "cant_update_message"
    assert call(workspace, "chat.delete", channel=HELP, ts=ts)["error"] == "cant_delete_message"
    assert call(workspace, "chat.update", channel=HELP, ts="1.0", text="x")["error"] == "message_not_found"


def test_what_one_person_sees_is_out_of_reach(workspace: Workspace) -> None:
    ts = call(workspace, "chat.postEphemeral", channel=HELP, user=ANA, text="x")["message_ts"]

    assert call(workspace, "chat.update", channel=HELP, ts=ts, text="y")["error"] == "message_not_found"
    assert call(workspace, "conversations.history", channel=HELP)["messages"] == []


def test_a_deleted_post_is_gone(workspace: Workspace) -> None:
    ts = call(workspace, "chat.postMessage", channel=HELP, text="one")["ts"]

    assert call(workspace, "chat.delete", channel=HELP, ts=ts)["ok"]
    assert workspace.messages("it-help") == []


def test_a_permalink_leads_to_the_message(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "hello")
    reply = workspace.say("ana", "it-help", "again", thread_ts=ts)

    link = call(workspace, "chat.getPermalink", channel=HELP, message_ts=ts)["permalink"]
    assert link == f"http://127.0.0.1/archives/{HELP}/p{ts.replace('.', '')}"
    assert f"thread_ts={ts}" in call(workspace, "chat.getPermalink", channel=HELP, message_ts=reply)["permalink"]


def test_reactions_are_added_once_and_removed_once(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "hello")
    eyes = {"channel": HELP, "timestamp": ts, "name": "eyes"}

    assert call(workspace, "reactions.add", **eyes)["ok"]
    assert call(workspace, "reactions.add", **eyes)["error"] == "already_reacted"
    shown = call(workspace, "reactions.get", channel=HELP, timestamp=ts)["message"]["reactions"]
    assert shown == [{"name": "eyes", "users": ["U0TRIAGE000"], "count": 1}]
    assert call(workspace, "reactions.remove", **eyes)["ok"]
    assert call(workspace, "reactions.remove", **eyes)["error"] == "no_reaction"
    assert call(workspace, "reactions.add", **eyes | {"name": "not an emoji!"})["error"] == "invalid_name"
    assert call(workspace, "reactions.add", **eyes | {"timestamp": "1.0"})["error"] == "message_not_found"


# Reading


def test_history_comes_newest_first_and_in_pages(workspace: Workspace) -> None:
    for number in range(5):
        workspace.say("ana", "it-help", str(number))

    seen: list[str] = []
    cursor = ""
    while True:
        page = call(workspace, "conversations.history", channel=HELP, limit=2, cursor=cursor)
        seen += [message["text"] for message in page["messages"]]
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]

    assert seen == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("inclusive", "texts"), [(False, ["2"]), (True, ["3", "2", "1"]), ("1", ["3", "2", "1"]), ("0", ["2"])]
)
def test_history_between_two_moments(workspace: Workspace, inclusive: Any, texts: list[str]) -> None:
    stamps = [workspace.say("ana", "it-help", str(number)) for number in range(5)]

    page = call(
        workspace, "conversations.history", channel=HELP, oldest=stamps[1], latest=stamps[3], inclusive=inclusive
    )

    assert [message["text"] for message in page["messages"]] == texts


def test_history_gives_the_one_message_that_was_asked_for(workspace: Workspace) -> None:
    stamps = [workspace.say("ana", "it-help", str(number)) for number in range(3)]

    page = call(workspace, "conversations.history", channel=HELP, latest=stamps[1], inclusive=True, limit=1)

    assert [(message["ts"], message["text"]) for message in page["messages"]] == [(stamps[1], "1")]


def test_history_shows_how_many_replied_but_not_what(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    workspace.say("jonas", "it-help", "same", thread_ts=ts)
    last = workspace.say("ana", "it-help", "solved", thread_ts=ts)

    [message] = call(workspace, "conversations.history", channel=HELP)["messages"]

    assert (message["reply_count"], message["latest_reply"]) == (2, last)
    assert message["reply_users"] == ["U0JONAS0000", ANA]
    assert message["thread_ts"] == ts


def test_replies_begin_with_the_message_that_began_the_thread_on_every_page(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    for number in range(3):
        workspace.say("jonas", "it-help", str(number), thread_ts=ts)

    first = call(workspace, "conversations.replies", channel=HELP, ts=ts, limit=2)
    second = call(
        workspace,
        "conversations.replies",
        channel=HELP,
        ts=ts,
        limit=2,
        cursor=first["response_metadata"]["next_cursor"],
    )

    assert [message["text"] for message in first["messages"]] == ["no sound", "0", "1"]
    assert [message["text"] for message in second["messages"]] == ["no sound", "2"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert call(workspace, "conversations.replies", channel=HELP, ts="1.0")["error"] == "thread_not_found"


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
def test_metadata_is_shown_only_to_those_who_ask(workspace: Workspace, method: str) -> None:
    metadata = {"event_type": "sent", "event_payload": {"send_id": "s-1"}}
    ts = call(workspace, "chat.postMessage", channel=HELP, text="x", metadata=metadata)["ts"]

    plain = call(workspace, method, channel=HELP, ts=ts)["messages"][0]
    full = call(workspace, method, channel=HELP, ts=ts, include_all_metadata=True)["messages"][0]

    assert "metadata" not in plain
    assert full["metadata"] == metadata
    assert "metadata" not in events(workspace)[0]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"limit": 1000}, "invalid_limit"),
        ({"limit": "many"}, "invalid_arguments"),
        ({"cursor": "elsewhere"}, "invalid_cursor"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
    ],
)
def test_a_page_that_cannot_be_is_refused(workspace: Workspace, args: dict[str, Any], error: str) -> None:
    assert call(workspace, "conversations.history", channel=HELP, **args)["error"] == error


def test_channels_are_listed_by_type(workspace: Workspace) -> None:
    def names(types: str | None) -> set[str]:
        channels = call(workspace, "conversations.list", types=types, limit=200)["channels"]
        return {channel.get("name", "a direct message") for channel in channels}

    assert names(None) == {"it-help", "general"}
    assert "queue-network" in names("private_channel,public_channel")
    assert names("im") == {"a direct message"}
    assert call(workspace, "conversations.list", types="secret")["error"] == "invalid_types"


def test_a_channel_tells_its_members(workspace: Workspace) -> None:
    assert set(call(workspace, "conversations.members", channel=NETWORK)["members"]) == {
        "U0PRIYA0000",
        "U0LUCIA0000",
        "U0SAM000000",
        "U0TRIAGE000",
    }
    info = call(workspace, "conversations.info", channel=NETWORK, include_num_members=True)["channel"]
    assert (info["num_members"], info["is_private"], info["is_member"]) == (4, True, True)


def test_a_direct_message_is_opened_with_one_person(workspace: Workspace) -> None:
    opened = call(workspace, "conversations.open", users=ANA, return_im=True)["channel"]

    assert (opened["id"], opened["user"]) == (workspace.channel("@ana").id, ANA)
    assert call(workspace, "conversations.open", users="U0NOBODY000")["error"] == "user_not_found"
    assert call(workspace, "conversations.open")["error"] == "users_list_not_supplied"


def test_a_person_has_a_zone_and_a_language(workspace: Workspace) -> None:
    user = call(workspace, "users.info", user=ANA, include_locale=True)["user"]

    assert (user["tz"], user["tz_offset"], user["locale"]) == ("Europe/Lisbon", 0, "pt-PT")
    assert (user["profile"]["real_name"], user["profile"]["display_name"]) == ("Ana Ribeiro", "ana")
    assert "email" not in user["profile"]
    assert "locale" not in call(workspace, "users.info", user=ANA)["user"]


def test_the_offset_follows_the_season(workspace: Workspace, clock: Clock) -> None:
    clock.pass_(days=200)

    assert call(workspace, "users.info", user=ANA)["user"]["tz_offset"] == 3600


@pytest.mark.parametrize(
    ("user", "days", "label", "offset"),
    [
        ("U0ANA000000", 0, "Western European Time", 0),
        ("U0ANA000000", 200, "Western European Summer Time", 3600),
        ("U0KASIA0000", 0, "Central European Time", 3600),
        ("U0GRACE0000", 200, "British Summer Time", 3600),
        ("U0PRIYA0000", 0, "India Standard Time", 19800),
        ("U0MARCO0000", 0, "Philippine Standard Time", 28800),
        ("U0LUCIA0000", 200, "Colombia Standard Time", -18000),
        ("U0DIEGO0000", 0, "Central Standard Time", -21600),
        ("U0OMAR00000", 0, "Arabia Standard Time", 10800),
        ("U0TRIAGE000", 0, "Coordinated Universal Time", 0),
    ],
)
def test_a_persons_zone_is_said_in_words(
    workspace: Workspace, clock: Clock, user: str, days: int, label: str, offset: int
) -> None:
    clock.pass_(days=days)

    seen = call(workspace, "users.info", user=user)["user"]

    assert (seen["tz_label"], seen["tz_offset"]) == (label, offset)


def test_people_are_listed_in_pages(workspace: Workspace) -> None:
    first = call(workspace, "users.list", limit=8)
    second = call(workspace, "users.list", limit=8, cursor=first["response_metadata"]["next_cursor"])

    handles = [user["name"] for user in first["members"] + second["members"]]
    assert (len(handles), len(set(handles))) == (15, 15)
    assert second["response_metadata"]["next_cursor"] == ""


def test_user_groups_tell_who_works_on_a_queue(workspace: Workspace) -> None:
    groups = call(workspace, "usergroups.list", include_users=True)["usergroups"]
    network = next(group for group in groups if group["handle"] == "queue-network")

    assert network["users"] == ["U0PRIYA0000", "U0LUCIA0000", "U0SAM000000"]
    assert call(workspace, "usergroups.users.list", usergroup=network["id"])["users"] == network["users"]
    assert call(workspace, "usergroups.users.list", usergroup="S0")["error"] == "no_such_subteam"


def test_user_groups_tell_their_people_only_to_those_who_ask(workspace: Workspace) -> None:
    def berlin(**asked: bool) -> dict[str, Any]:
        groups = call(workspace, "usergroups.list", **asked)["usergroups"]
        return next(group for group in groups if group["handle"] == "team-berlin")

    assert "users" not in berlin()
    assert berlin(include_users=True, include_count=True) | {"users": ["U0TOM000000"], "user_count": 1} == berlin(
        include_users=True, include_count=True
    )
    assert (berlin()["id"], berlin()["name"], berlin()["date_delete"]) == ("S0TEAMBERLIN", "Team Berlin", 0)


# Modals


def trigger(workspace: Workspace, user: str = "ana") -> str:
    return str(workspace.shortcut(user, "new_report").payload["trigger_id"])


def test_a_trigger_opens_one_modal(workspace: Workspace) -> None:
    once = trigger(workspace)

    assert call(workspace, "views.open", trigger_id=once, view=modal(section("x")))["ok"]
    again = call(workspace, "views.open", trigger_id=once, view=modal(section("x")))
    assert again["error"] == "exchanged_trigger_id"


@pytest.mark.parametrize(("seconds", "error"), [(3.0, None), (3.01, "expired_trigger_id")])
def test_a_trigger_lives_three_seconds(workspace: Workspace, clock: Clock, seconds: float, error: str | None) -> None:
    late = trigger(workspace)
    clock.pass_(seconds=seconds)

    assert call(workspace, "views.open", trigger_id=late, view=modal(section("x"))).get("error") == error


def test_a_trigger_that_was_never_issued_is_refused(workspace: Workspace) -> None:
    refusal = call(workspace, "views.open", trigger_id="1.2.3", view=modal(section("x")))

    assert refusal["error"] == "invalid_trigger_id"


def test_modals_stack_three_deep(workspace: Workspace) -> None:
    answers = [call(workspace, "views.open", trigger_id=trigger(workspace), view=modal(section("0")))]
    for number in range(3):
        view = modal(section(str(number + 1)))
        answers.append(call(workspace, "views.push", trigger_id=trigger(workspace), view=view))

    assert [each["ok"] for each in answers] == [True, True, True, False]
    assert answers[3]["error"] == "push_limit_reached"
    assert answers[2]["view"]["previous_view_id"] == answers[1]["view"]["id"]


def test_a_modal_is_updated_only_from_the_version_that_the_app_knows(workspace: Workspace) -> None:
    view = call(workspace, "views.open", trigger_id=trigger(workspace), view=modal(section("one")))["view"]
    known = {"view_id": view["id"], "hash": view["hash"]}

    assert call(workspace, "views.update", view=modal(section("two")), **known)["ok"]
    assert call(workspace, "views.update", view=modal(section("three")), **known)["error"] == "hash_conflict"
    shown = workspace.modal("ana")
    assert shown is not None
    assert shown["blocks"][0]["text"]["text"] == "two"


def test_a_modal_may_carry_the_apps_own_name(workspace: Workspace) -> None:
    named = modal(section("one"), external_id="report-1")
    call(workspace, "views.open", trigger_id=trigger(workspace), view=named)

    assert call(workspace, "views.update", external_id="report-1", view=modal(section("two")))["ok"]
    assert call(workspace, "views.update", external_id="report-2", view=modal(section("x")))["error"] == "not_found"


def test_a_closed_modal_is_not_found(workspace: Workspace) -> None:
    view = call(workspace, "views.open", trigger_id=trigger(workspace), view=modal(section("one")))["view"]
    workspace.close("ana")

    assert call(workspace, "views.update", view_id=view["id"], view=modal(section("x")))["error"] == "not_found"


def test_a_modal_that_breaks_the_rules_does_not_use_up_the_trigger(workspace: Workspace) -> None:
    once = trigger(workspace)

    refusal = call(workspace, "views.open", trigger_id=once, view=modal(section("x" * 3001)))

    assert refusal["error"] == "invalid_arguments"
    pointer = "[json-pointer:/view/blocks/0/text/text]"
    assert refusal["response_metadata"]["messages"] == [f"[ERROR] must be less than 3001 characters {pointer}"]
    assert call(workspace, "views.open", trigger_id=once, view=modal(section("x")))["ok"]


def test_a_home_tab_needs_the_manifests_word() -> None:
    workspace = Workspace({"oauth_config": {"scopes": {"bot": []}}})

    refusal = call(workspace, "views.publish", user_id=ANA, view={"type": "home", "blocks": [section("x")]})

    assert refusal["error"] == "not_enabled"


# Beside a conversation


def test_a_home_tab_is_published_only_over_the_version_that_the_app_knows(workspace: Workspace) -> None:
    def publish(text: str, **known: str) -> dict[str, Any]:
        return call(workspace, "views.publish", user_id=ANA, view={"type": "home", "blocks": [section(text)]}, **known)

    first = publish("one")["view"]["hash"]

    assert publish("two", hash=first)["ok"]
    assert publish("three", hash=first)["error"] == "hash_conflict"
    assert publish("four")["ok"]


def test_a_status_goes_when_the_app_answers(workspace: Workspace) -> None:
    ts = workspace.say("ana", "@triage", "no sound")
    place = {"channel_id": workspace.channel("@ana").id, "thread_ts": ts}
    call(workspace, "assistant.threads.setStatus", status="is looking that up…", **place)
    assert workspace.attention.statuses(workspace.now()) == {tuple(place.values()): "is looking that up…"}

    call(workspace, "chat.postMessage", channel=place["channel_id"], thread_ts=ts, text="found it")

    assert workspace.attention.statuses(workspace.now()) == {}


def test_a_status_goes_after_two_minutes(workspace: Workspace, clock: Clock) -> None:
    im = workspace.channel("@ana").id
    call(workspace, "assistant.threads.setStatus", channel_id=im, thread_ts="1.0", status="…")

    clock.pass_(seconds=119)
    assert workspace.attention.statuses(clock())
    clock.pass_(seconds=1)
    assert not workspace.attention.statuses(clock())


def prompts(count: int) -> list[dict[str, str]]:
    return [{"title": f"Try {number}", "message": "no sound"} for number in range(count)]


@pytest.mark.parametrize(("count", "ok"), [(0, False), (1, True), (4, True), (5, False)])
def test_up_to_four_prompts_are_suggested(workspace: Workspace, count: int, ok: bool) -> None:
    im = workspace.channel("@ana").id

    told = call(workspace, "assistant.threads.setSuggestedPrompts", channel_id=im, prompts=prompts(count))

    assert told["ok"] is ok
    assert (im in workspace.attention.prompts) is ok


def test_an_agents_prompts_for_one_thread_are_dropped_without_a_word(workspace: Workspace) -> None:
    im = workspace.channel("@ana").id

    told = call(workspace, "assistant.threads.setSuggestedPrompts", channel_id=im, thread_ts="1.0", prompts=prompts(1))

    assert told["ok"]
    assert workspace.attention.prompts == {}
