"""The page of the local workspace, driven in a real browser against the real server.

Needs playwright and a chromium on this machine; without either every test here is skipped and says which is missing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from bot.workspace import Running, Workspace, serve
from tests.workspace_fixtures import (
    MANIFEST,
    AppSocket,
    Clock,
    app_socket,
    button,
    call,
    input_block,
    modal,
    section,
)

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium")

expect = playwright.expect
Page = Any  # playwright's own types are there only where playwright is

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield browser
        browser.close()


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(Workspace(MANIFEST, now=Clock())) as server:
        yield server


@pytest.fixture
def workspace(running: Running) -> Workspace:
    return running.workspace


@pytest.fixture
def app(running: Running) -> Iterator[AppSocket]:
    with app_socket(running) as socket:
        yield socket


@pytest.fixture
def browser(chromium: Any, running: Running) -> Iterator[Any]:
    """A browser of its own for each test; it fails the test on any error in the console and any call elsewhere."""
    trouble: list[str] = []
    context = chromium.new_context(viewport=DESK, reduced_motion="reduce")
    context.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda error: trouble.append(str(error.error)))
    context.on("request", lambda asked: None if "://127.0.0.1:" in asked.url else trouble.append(asked.url))
    yield context
    context.close()
    assert trouble == []


@pytest.fixture
def page(browser: Any, running: Running) -> Page:
    return visit(browser.new_page(), running)


def visit(page: Page, running: Running, place: str = "") -> Page:
    page.goto(f"{running.url}/{place}")
    expect(page.get_by_test_id("viewer")).to_be_visible()
    return page


def says(workspace: Workspace, text: str, *blocks: dict[str, Any], channel: str = "it-help", **fields: Any) -> str:
    """What the app posts. The blocks are not checked, so that a test can post one that nobody knows."""
    room = workspace.channel(channel)
    return workspace.post(room, workspace.app.id, text, by_app=True, blocks=blocks, **fields).ts


def interaction(app: AppSocket) -> dict[str, Any]:
    """The next thing that a person did with the app; messages and opened tabs are acknowledged on the way."""
    while (envelope := app.receive(timeout=10))["type"] == "events_api":
        app.acknowledge(envelope)
    return envelope


# The first ten seconds


def test_a_visitor_reads_whose_eyes_these_are_and_what_to_try(page: Page) -> None:
    expect(page.get_by_test_id("viewer")).to_contain_text("You are looking through Ana Ribeiro")
    expect(page.get_by_test_id("viewer")).to_contain_text("Portugal")
    expect(page.get_by_test_id("viewer")).to_contain_text("09:00 there")
    expect(page.get_by_test_id("composer")).to_be_visible()


def test_somebody_who_has_not_written_yet_finds_messages_to_try(browser: Any, running: Running) -> None:
    page = visit(browser.new_page(), running, "#/jonas/it-help")

    page.get_by_test_id("try").first.click()

    expect(page.get_by_test_id("room-messages").get_by_test_id("message")).to_contain_text("CRITICAL_PROCESS_DIED")
    expect(page.get_by_test_id("tries")).to_have_count(0)


def test_the_ideas_stay_open_until_this_visitor_has_sent_something(page: Page, workspace: Workspace) -> None:
    workspace.say("ana", "it-help", "what the demo said")
    page.get_by_test_id("channel-it-help").click()
    expect(page.get_by_test_id("message")).to_contain_text("what the demo said")
    expect(page.get_by_test_id("tries")).to_be_visible()

    page.get_by_test_id("composer").fill("hello")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("tries")).to_have_count(0)


def test_the_people_stand_in_groups_with_their_countries_and_times(page: Page) -> None:
    page.get_by_test_id("viewer").click()

    people = page.get_by_role("dialog", name="Look through someone else's eyes")
    for group in ("People who need help", "Offshore agents", "Onshore agents", "Maintainer"):
        expect(people.get_by_role("list", name=group)).to_be_visible()
    expect(page.get_by_test_id("person-priya")).to_contain_text("India")
    expect(page.get_by_test_id("person-priya")).to_contain_text("2:30 pm")


# Looking through other eyes


def test_a_number_key_changes_the_person_and_what_they_may_see(page: Page) -> None:
    expect(page.get_by_test_id("channel-queue-endpoint")).to_have_count(0)

    page.keyboard.press("8")

    expect(page.get_by_test_id("viewer")).to_contain_text("Priya Nair")
    expect(page.get_by_test_id("channel-queue-endpoint")).to_be_visible()


def test_inside_a_text_field_a_number_is_text_and_alt_with_it_changes_the_person(page: Page) -> None:
    page.get_by_test_id("composer").click()
    page.keyboard.press("2")
    expect(page.get_by_test_id("composer")).to_have_value("2")

    page.keyboard.press("Alt+3")

    expect(page.get_by_test_id("viewer")).to_contain_text("Claire Moreau")


def test_somebody_else_who_is_called_is_marked_until_one_looks_through_their_eyes(
    page: Page, workspace: Workspace
) -> None:
    workspace.say("sam", "queue-service-desk", "@priya can you take this one?")
    expect(page.get_by_test_id("strip-priya")).to_have_attribute("data-waits", "true")

    page.get_by_test_id("strip-priya").click()

    expect(page.get_by_test_id("room-messages")).to_contain_text("can you take this one?")
    expect(page.get_by_test_id("strip-priya")).not_to_have_attribute("data-waits", "true")


def test_a_date_is_read_in_the_zone_of_whoever_looks(browser: Any, running: Running) -> None:
    nine_utc = int(running.workspace.now().timestamp())
    says(running.workspace, f"Answer by <!date^{nine_utc}^{{date_pretty}} at {{time}}|soon>", channel="general")
    page = visit(browser.new_page(), running, "#/ana/general")
    message = page.get_by_test_id("message")
    expect(message).to_contain_text("Answer by today at 09:00")

    page.keyboard.press("4")

    expect(page.get_by_test_id("viewer")).to_contain_text("Diego Salas")
    expect(message).to_contain_text("Answer by today at 3:00 am")


def test_what_was_begun_for_one_person_waits_while_another_looks(page: Page) -> None:
    page.get_by_test_id("channel-it-help").click()
    page.get_by_test_id("composer").fill("half a sentence")

    page.keyboard.press("Alt+2")
    expect(page.get_by_test_id("composer")).to_have_value("")
    page.keyboard.press("Alt+1")

    expect(page.get_by_test_id("composer")).to_have_value("half a sentence")


# Writing


def test_enter_sends_and_shift_enter_starts_a_line(page: Page, workspace: Workspace) -> None:
    page.get_by_test_id("channel-it-help").click()
    page.get_by_test_id("composer").click()
    page.keyboard.type("Teams <is> slow")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("& loud")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("message")).to_contain_text("Teams <is> slow")
    expect(page.get_by_test_id("composer")).to_have_value("")
    assert workspace.messages("it-help")[-1].text == "Teams &lt;is&gt; slow\n&amp; loud"


def test_a_reply_stays_in_its_thread(page: Page, workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    page.get_by_test_id("channel-it-help").click()
    page.get_by_test_id("message").hover()
    page.get_by_test_id("reply").click()

    page.get_by_test_id("thread-composer").fill("it is a headset")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("thread")).to_contain_text("it is a headset")
    expect(page.get_by_test_id("open-thread")).to_contain_text("1 reply")
    assert [reply.text for reply in workspace.replies("it-help", ts)][-1] == "it is a headset"
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("thread")).to_have_count(0)


def test_a_pretended_screenshot_travels_by_its_name(page: Page, workspace: Workspace) -> None:
    page.get_by_test_id("channel-it-help").click()
    page.get_by_role("button", name="Attach or start something").click()
    page.get_by_test_id("attach").click()
    page.get_by_test_id("send").click()

    expect(page.locator("[data-file='screenshot-1.png']")).to_be_visible()
    assert workspace.messages("it-help")[-1].files[0]["name"] == "screenshot-1.png"


def test_ones_own_message_can_be_edited_and_deleted(page: Page, workspace: Workspace) -> None:
    workspace.say("ana", "it-help", "printr")
    page.get_by_test_id("channel-it-help").click()
    message = page.get_by_test_id("message")
    expect(message).to_be_visible()

    page.get_by_test_id("composer").press("ArrowUp")
    page.get_by_role("textbox", name="Edit your message").fill("printer")
    page.keyboard.press("Enter")
    expect(message).to_contain_text("printer(edited)")

    message.hover()
    page.get_by_test_id("message-menu").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_test_id("confirm").get_by_role("button", name="Delete").click()
    expect(message).to_have_count(0)


def test_a_reaction_is_put_and_taken_away(page: Page, workspace: Workspace) -> None:
    says(workspace, "Did this help?")
    page.get_by_test_id("channel-it-help").click()
    page.get_by_test_id("message").hover()

    page.locator("[data-react=white_check_mark]").click()
    expect(page.locator("[data-reaction=white_check_mark]")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-reaction=white_check_mark]").click()

    expect(page.locator("[data-reaction]")).to_have_count(0)


def test_a_slash_command_is_completed_and_run(page: Page, app: AppSocket) -> None:
    page.get_by_test_id("channel-it-help").click()
    page.get_by_test_id("composer").press_sequentially("/tri")
    page.keyboard.press("Tab")
    page.keyboard.type("my printer")
    page.keyboard.press("Enter")

    envelope = interaction(app)
    app.acknowledge(envelope, {"text": "Try turning it on"})

    assert (envelope["payload"]["command"], envelope["payload"]["text"]) == ("/triage", "my printer")
    expect(page.get_by_test_id("ephemeral")).to_contain_text("Only you can see this")
    expect(page.get_by_test_id("ephemeral")).to_contain_text("Try turning it on")


def test_a_command_that_nobody_knows_is_not_sent(page: Page, workspace: Workspace) -> None:
    page.get_by_test_id("channel-it-help").click()
    page.get_by_test_id("composer").fill("/nonsense now")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("notice")).to_contain_text("There is no /nonsense here")
    expect(page.get_by_test_id("composer")).to_have_value("/nonsense now")
    assert workspace.messages("it-help") == []


# The app's blocks


def test_a_pressed_button_reaches_the_app_and_its_answer_reaches_the_person(
    page: Page, workspace: Workspace, app: AppSocket
) -> None:
    ts = says(workspace, "Steps", section("*Steps*"), {"type": "actions", "elements": [button("solved", "case-7")]})
    page.get_by_test_id("channel-it-help").click()

    page.locator("[data-action-id=solved]").click()
    envelope = interaction(app)
    app.acknowledge(envelope)
    call(workspace, "chat.update", channel=workspace.channel("it-help").id, ts=ts, text=":tada: Solved")

    [action] = envelope["payload"]["actions"]
    assert (action["action_id"], action["value"]) == ("solved", "case-7")
    assert envelope["payload"]["user"]["id"] == workspace.person("ana").id
    expect(page.get_by_test_id("message")).to_contain_text("🎉 Solved")
    expect(page.locator("[data-action-id=solved]")).to_have_count(0)


def test_a_risky_button_asks_first(page: Page, workspace: Workspace, app: AppSocket) -> None:
    words = {name: {"type": "plain_text", "text": name} for name in ("title", "text", "confirm", "deny")}
    says(workspace, "Card", {"type": "actions", "elements": [button("escalate") | {"confirm": words}]})
    page.get_by_test_id("channel-it-help").click()

    page.locator("[data-action-id=escalate]").click()
    page.get_by_role("button", name="deny").click()
    expect(page.get_by_test_id("confirm")).to_have_count(0)
    page.locator("[data-action-id=escalate]").click()
    page.get_by_test_id("confirm").get_by_role("button", name="confirm").click()

    assert interaction(app)["payload"]["actions"][0]["action_id"] == "escalate"


def test_a_choice_from_a_list_is_one_action(page: Page, workspace: Workspace, app: AppSocket) -> None:
    options = [
        {"text": {"type": "plain_text", "text": name.title()}, "value": name} for name in ("network", "security")
    ]
    says(
        workspace,
        "Card",
        {"type": "actions", "elements": [{"type": "static_select", "action_id": "reroute", "options": options}]},
    )
    page.get_by_test_id("channel-it-help").click()

    page.locator("[data-action-id=reroute]").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    assert interaction(app)["payload"]["actions"][0]["selected_option"]["value"] == "security"


def test_a_form_keeps_what_is_missing_or_wrong_beside_its_field(
    page: Page, workspace: Workspace, app: AppSocket
) -> None:
    page.get_by_test_id("channel-it-help").click()
    page.get_by_role("button", name="Attach or start something").click()
    page.locator("[data-shortcut=new_report]").click()
    envelope = interaction(app)
    trigger = envelope["payload"]["trigger_id"]
    assert call(workspace, "views.open", trigger_id=trigger, view=modal(input_block("what"))) | {"ok": True}
    app.acknowledge(envelope)
    form = page.get_by_test_id("modal")
    field = form.get_by_role("textbox", name="what")
    expect(field).to_be_focused()

    page.get_by_test_id("modal-submit").click()
    expect(form).to_contain_text("Please fill this in.")
    field.fill("it")
    page.get_by_test_id("modal-submit").click()
    envelope = interaction(app)
    app.acknowledge(envelope, {"response_action": "errors", "errors": {"block-what": "Tell us a little more."}})
    expect(form).to_contain_text("Tell us a little more.")
    field.fill("it does not print")
    page.keyboard.press("Enter")

    envelope = interaction(app)
    app.acknowledge(envelope)
    assert envelope["payload"]["view"]["state"]["values"]["block-what"]["what"]["value"] == "it does not print"
    expect(form).to_have_count(0)


def test_escape_closes_a_form(page: Page, workspace: Workspace, app: AppSocket) -> None:
    says(workspace, "Open the form", {"type": "actions", "elements": [button("open")]})
    page.get_by_test_id("channel-it-help").click()
    page.locator("[data-action-id=open]").click()
    envelope = interaction(app)
    call(workspace, "views.open", trigger_id=envelope["payload"]["trigger_id"], view=modal(input_block("what")))
    app.acknowledge(envelope)
    expect(page.get_by_test_id("modal")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_test_id("modal")).to_have_count(0)
    assert workspace.modal("ana") is None


def test_the_home_tab_shows_what_the_app_published_for_this_person(page: Page, workspace: Workspace) -> None:
    home = {"type": "home", "blocks": [section("*Your cases*")]}
    call(workspace, "views.publish", user_id=workspace.person("ana").id, view=home)
    page.get_by_test_id("channel-triage").click()

    page.get_by_test_id("tab-home").click()

    expect(page.get_by_test_id("home")).to_contain_text("Your cases")


def test_a_message_shortcut_names_its_message(page: Page, workspace: Workspace, app: AppSocket) -> None:
    ts = workspace.say("ana", "it-help", "no network")
    page.get_by_test_id("channel-it-help").click()
    page.get_by_test_id("message").focus()

    page.keyboard.press("m")
    page.locator("[data-shortcut=get_help]").click()

    payload = interaction(app)["payload"]
    assert (payload["callback_id"], payload["message"]["ts"]) == ("get_help", ts)


def test_a_block_that_nobody_knows_is_shown_as_such(page: Page, workspace: Workspace) -> None:
    says(workspace, "New", section("Known"), {"type": "hologram"}, {"type": "actions", "elements": [{"type": "dial"}]})
    page.get_by_test_id("channel-it-help").click()

    expect(page.locator("[data-unknown-block=hologram]")).to_be_visible()
    expect(page.locator("[data-unknown-block=dial]")).to_be_visible()
    expect(page.get_by_test_id("message")).to_contain_text("Known")


def test_every_block_that_the_desk_may_use_is_known(page: Page, workspace: Workspace) -> None:
    says(workspace, "Everything", *EVERY_BLOCK)
    page.get_by_test_id("channel-it-help").click()

    expect(page.get_by_test_id("message")).to_contain_text("The last block")
    expect(page.locator("[data-unknown-block]")).to_have_count(0)


# Seeing what is new


def test_a_channel_with_something_new_is_marked_until_it_is_opened(page: Page, workspace: Workspace) -> None:
    workspace.say("sam", "general", "Town hall at ten")
    general = page.get_by_test_id("channel-general")
    expect(general).to_have_attribute("data-unread", "1")
    workspace.say("sam", "general", "@ana please bring the numbers")
    expect(general).to_have_attribute("data-mentions", "1")

    general.click()

    expect(page.get_by_test_id("new-line")).to_be_visible()
    expect(general).to_have_attribute("data-unread", "0")


def test_a_message_for_one_reader_is_seen_by_nobody_else(page: Page, workspace: Workspace) -> None:
    says(workspace, "Just between us", ephemeral_to=workspace.person("ana").id)
    page.get_by_test_id("channel-it-help").click()
    expect(page.get_by_test_id("ephemeral")).to_contain_text("Just between us")

    page.keyboard.press("2")

    expect(page.get_by_test_id("viewer")).to_contain_text("Jonas Weber")
    expect(page.get_by_test_id("ephemeral")).to_have_count(0)


def test_a_reader_further_up_is_not_moved_and_one_at_the_end_is(page: Page, workspace: Workspace) -> None:
    for number in range(40):
        workspace.say("sam", "general", f"line {number}")
        workspace.say("grace", "general", f"answer {number}")
    page.get_by_test_id("channel-general").click()
    room = page.get_by_test_id("room-messages")
    room.evaluate("list => { list.scrollTop = 100 }")
    expect(room.get_by_text("line 1", exact=True)).to_be_in_viewport()

    workspace.say("sam", "general", "the newest line")

    page.get_by_role("button", name="New messages").click()
    expect(room.get_by_text("the newest line")).to_be_in_viewport()
    workspace.say("sam", "general", "one more")
    expect(room.get_by_text("one more")).to_be_in_viewport()


def test_a_new_message_is_announced(page: Page, workspace: Workspace) -> None:
    page.get_by_test_id("channel-it-help").click()
    expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Write to #it-help")

    says(workspace, "Try the *steps* below")

    expect(page.get_by_test_id("announcer")).to_have_text("Triage: Try the *steps* below")


def test_while_the_app_is_away_the_page_says_that_messages_wait(page: Page) -> None:
    expect(page.get_by_test_id("status-line")).to_have_text("Triage is offline; messages wait and will be answered.")
    expect(page.get_by_test_id("bot-state")).to_have_attribute("data-connected", "false")


def test_what_the_app_is_doing_stands_above_the_composer(page: Page, workspace: Workspace, app: AppSocket) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    call(
        workspace,
        "assistant.threads.setStatus",
        channel_id=workspace.channel("it-help").id,
        thread_ts=ts,
        status="is looking that up…",
    )
    page.get_by_test_id("channel-it-help").click()

    expect(page.get_by_test_id("status-line")).to_have_text("Triage is looking that up…")


# Everywhere, for everyone


def test_on_a_phone_list_room_and_thread_are_one_screen_each(browser: Any, running: Running) -> None:
    ts = running.workspace.say("ana", "it-help", "no sound")
    running.workspace.say("grace", "it-help", "same here", thread_ts=ts)
    page = browser.new_page()
    page.set_viewport_size(PHONE)
    visit(page, running)

    page.get_by_test_id("back").click()
    expect(page.get_by_test_id("composer")).to_be_hidden()
    page.get_by_test_id("channel-it-help").click()
    expect(page.get_by_test_id("channel-it-help")).to_be_hidden()
    page.get_by_test_id("open-thread").click()
    expect(page.get_by_test_id("thread")).to_contain_text("same here")
    expect(page.get_by_test_id("composer")).to_be_hidden()

    page.go_back()
    expect(page.get_by_test_id("composer")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_nothing_is_wider_than_the_window(browser: Any, running: Running) -> None:
    says(running.workspace, "Everything", *EVERY_BLOCK)
    page = visit(browser.new_page(), running, "#/ana/it-help")
    expect(page.get_by_test_id("message")).to_contain_text("The last block")
    room = page.get_by_test_id("room-messages")

    for width in (360, 719, 720, 1100, 1260, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert room.evaluate("list => list.scrollWidth <= list.clientWidth"), width


def test_the_page_forbids_itself_everything_from_elsewhere(page: Page) -> None:
    policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content")

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy  # the browser fixture fails every test in which the policy had to block something


def test_the_chosen_theme_is_remembered(page: Page) -> None:
    page.get_by_test_id("theme").click()
    page.get_by_test_id("theme").click()

    page.reload()

    expect(page.get_by_test_id("theme")).to_have_attribute("data-theme-now", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_an_address_leads_back_to_the_same_person_room_and_thread(browser: Any, running: Running) -> None:
    ts = running.workspace.say("ana", "it-help", "no sound")

    page = visit(browser.new_page(), running, f"#/grace/it-help/{ts}")

    expect(page.get_by_test_id("viewer")).to_contain_text("Grace Palmer")
    expect(page.get_by_test_id("thread")).to_contain_text("no sound")


# The two text readers, as tables

MRKDWN = [
    ("*bold* _italic_ ~gone~ `code`", "<p><strong>bold</strong> <em>italic</em> <s>gone</s> <code>code</code></p>"),
    ("snake_case_name 2*3*4", "<p>snake_case_name 2*3*4</p>"),
    ("&lt;b&gt; &amp; <script>", "<p>&lt;b&gt; &amp; &lt;script&gt;</p>"),
    ("&gt; quoted\nplain", "<blockquote><p>quoted</p></blockquote><p>plain</p>"),
    ("```a *b*\nc```", '<pre tabindex="0"><code>a *b*\nc</code></pre>'),
    ("one\ntwo", "<p>one<br>two</p>"),
    ("<javascript:alert(1)|press>", "<p>&lt;javascript:alert(1)|press&gt;</p>"),
]


def test_mrkdwn_is_drawn_as_slack_draws_it(page: Page, workspace: Workspace) -> None:
    for text, _ in MRKDWN:
        says(workspace, text)
    page.get_by_test_id("channel-it-help").click()

    texts = page.locator("[data-testid=message] .rich")
    expect(texts).to_have_count(len(MRKDWN))
    assert texts.evaluate_all("all => all.map((one) => one.innerHTML)") == [html for _, html in MRKDWN]


MARKDOWN = [
    ("# Fix it\n1. One\n   - **inner**\n2. Two", "Fix it", "ol > li > ul > li > span > strong"),
    (
        "Read [the guide](https://example.com/a_(b))",
        "Read the guide",
        "a[href='https://example.com/a_(b)'][rel~=noopener]",
    ),
    ("[bad](javascript:alert(1))", "bad", "p > span"),
    ("> **careful**\n\n---\n\n`reg`", "careful", "blockquote strong"),
    ("| a | b |\n|---|--:|\n| 1 | 2 |", "a", "td.align-right"),
    ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>", "p"),
]


def test_an_article_is_drawn_safely(page: Page, workspace: Workspace) -> None:
    for text, _, _ in MARKDOWN:
        says(workspace, "Article", {"type": "markdown", "text": text})
    page.get_by_test_id("channel-it-help").click()

    for number, (_, words, part) in enumerate(MARKDOWN):
        article = page.locator("[data-testid=message] .article").nth(number)
        expect(article).to_contain_text(words)
        expect(article.locator(part).first).to_have_count(1)
    expect(page.locator(".article").locator("img, script, [href^='javascript:']")).to_have_count(0)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def rich(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "rich_text_section", "elements": list(parts)}]


OPTIONS = [{"text": plain(name), "value": name} for name in ("one", "two")]
WORDS = {"type": "text", "text": "words", "style": {"bold": True}}
EVERY_BLOCK: list[dict[str, Any]] = [
    {"type": "header", "text": plain("Header")},
    {
        "type": "section",
        "text": plain("Section"),
        "accessory": {"type": "overflow", "action_id": "more", "options": OPTIONS},
    },
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Queue*\nNetwork"}, plain("Field")]},
    {
        "type": "context",
        "elements": [{"type": "image", "image_url": "https://example.com/x.png", "alt_text": "x"}, plain("Context")],
    },
    {"type": "divider"},
    {"type": "markdown", "text": "**Markdown**"},
    {"type": "image", "image_url": "https://example.com/y.png", "alt_text": "A picture", "title": plain("Title")},
    {
        "type": "actions",
        "elements": [
            button("link") | {"url": "https://example.com", "style": "primary"},
            {"type": "static_select", "action_id": "a1", "options": OPTIONS},
            {"type": "multi_static_select", "action_id": "a2", "options": OPTIONS},
            {"type": "radio_buttons", "action_id": "a3", "options": OPTIONS},
            {"type": "checkboxes", "action_id": "a4", "options": OPTIONS},
            {"type": "users_select", "action_id": "a5"},
            {"type": "channels_select", "action_id": "a6"},
            {"type": "conversations_select", "action_id": "a7"},
            {"type": "datepicker", "action_id": "a8", "initial_date": "2026-11-20"},
            {"type": "timepicker", "action_id": "a9", "initial_time": "09:30"},
        ],
    },
    input_block("note", multiline=True, max_length=200),
    {
        "type": "rich_text",
        "elements": [
            *rich(WORDS, {"type": "emoji", "name": "wave"}, {"type": "link", "url": "https://example.com"}),
            {"type": "rich_text_list", "style": "ordered", "elements": rich(WORDS)},
            {"type": "rich_text_quote", "elements": [WORDS]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "ipconfig /flushdns"}]},
        ],
    },
    {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": "Case"}], [{"type": "rich_text", "elements": rich(WORDS)}]],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "rate",
                "positive_button": {"text": plain("Good"), "value": "up"},
                "negative_button": {"text": plain("Bad"), "value": "down"},
            }
        ],
    },
    section("The last block"),
]
