"""The page of the local workspace, driven in a real browser against the real server.

Needs playwright and a chromium on this machine; without either every test here is skipped and says which is missing.
"""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from bot.workspace import MovableClock, Running, Workspace, serve
from tests.workspace_fixtures import (
    MANIFEST,
    AppSocket,
    Clock,
    app_socket,
    button,
    call,
    events,
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


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PASTE = """(field, [name, type]) => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File(["x"], name, { type }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


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


FRIDAY_NINE = 1795165200  # Friday, 20 November 2026, 09:00 UTC: the clock of these tests stands there
LAST_YEAR = FRIDAY_NINE - 365 * 86400
DATES = [
    (FRIDAY_NINE, "{date_num}", "2026-11-20", "2026-11-20"),
    (FRIDAY_NINE, "{date_slash}", "20/11/2026", "20/11/2026"),
    (FRIDAY_NINE, "{date}", "20 November", "20 November"),
    (LAST_YEAR, "{date}", "20 November 2025", "20 November 2025"),
    (FRIDAY_NINE, "{date_short}", "20 Nov 2026", "20 Nov 2026"),
    (FRIDAY_NINE, "{date_long}", "Friday, 20 November 2026", "Friday, 20 November 2026"),
    (FRIDAY_NINE, "{date_long_full}", "20 November 2026", "20 November 2026"),
    (FRIDAY_NINE, "{date_pretty}", "today", "today"),
    (FRIDAY_NINE + 57_600, "{date_pretty}", "tomorrow", "today"),  # 01:00 in Lisbon, 19:00 in Mexico City
    (FRIDAY_NINE - 32_460, "{date_short_pretty}", "yesterday", "yesterday"),
    (FRIDAY_NINE + 3 * 86_400, "{date_long_pretty}", "Monday, 23 November 2026", "Monday, 23 November 2026"),
    (FRIDAY_NINE, "{time}", "09:00", "3:00 am"),
    (FRIDAY_NINE + 5, "{time_secs}", "09:00:05", "3:00:05 am"),
    (FRIDAY_NINE - 300, "{ago}", "5 minutes ago", "5 minutes ago"),
    (FRIDAY_NINE - 3600, "{ago}", "1 hour ago", "1 hour ago"),
    (FRIDAY_NINE + 2 * 86_400, "{ago}", "in 2 days", "in 2 days"),
    (FRIDAY_NINE, "{sundial}", "fallback", "fallback"),
]


def test_every_date_that_slack_knows_is_read_in_the_zone_of_whoever_looks(browser: Any, running: Running) -> None:
    for ts, token, _, _ in DATES:
        says(running.workspace, f"at <!date^{ts}^{token}|fallback>")

    for handle, column in (("ana", 2), ("diego", 3)):
        page = visit(browser.new_page(), running, f"#/{handle}/it-help")
        texts = page.locator("[data-testid=message] .rich")
        expect(texts).to_have_count(len(DATES))
        assert [text.removeprefix("at ") for text in texts.all_text_contents()] == [row[column] for row in DATES]


def test_a_date_is_read_in_blocks_and_on_the_home_tab_too(page: Page, workspace: Workspace) -> None:
    moment = f"due <!date^{FRIDAY_NINE}^{{time}}|fallback>"
    words = {"type": "mrkdwn", "text": moment}
    blocks = [section(moment), {"type": "section", "fields": [words]}, {"type": "context", "elements": [words]}]
    says(workspace, "Card", *blocks, {"type": "header", "text": plain("<!date^1^{time}|x>")})
    home = {"type": "home", "blocks": blocks}
    call(workspace, "views.publish", user_id=workspace.person("ana").id, view=home)

    page.get_by_test_id("channel-it-help").click()
    expect(page.get_by_test_id("message").get_by_text("due 09:00")).to_have_count(3)
    expect(page.get_by_test_id("message")).to_contain_text("<!date^1^{time}|x>")  # plain text stays as it is
    page.get_by_test_id("channel-triage").click()
    page.get_by_test_id("tab-home").click()

    expect(page.get_by_test_id("home").get_by_text("due 09:00")).to_have_count(3)


def test_a_user_group_is_shown_by_its_handle_and_calls_its_members(browser: Any, running: Running) -> None:
    says(running.workspace, "<!subteam^S0TEAMPUNE0> and <!subteam^S0TEAMBERLIN|@berlin>", channel="queue-network")
    page = visit(browser.new_page(), running, "#/lucia/queue-network")

    expect(page.get_by_test_id("message")).to_contain_text("@team-pune and @team-berlin")
    expect(page.get_by_test_id("message").locator(".mention-me")).to_have_count(0)
    expect(page.get_by_test_id("strip-priya")).to_have_attribute("data-waits", "true")
    page.get_by_test_id("strip-priya").click()

    expect(page.get_by_test_id("message").locator(".mention-me")).to_have_text("@team-pune")


def test_a_message_that_called_a_group_is_edited_as_it_was_typed(page: Page, workspace: Workspace) -> None:
    workspace.say("ana", "it-help", "@team-pune and @here, look")
    page.get_by_test_id("channel-it-help").click()
    expect(page.get_by_test_id("message")).to_be_visible()

    page.get_by_test_id("composer").press("ArrowUp")
    field = page.get_by_role("textbox", name="Edit your message")
    expect(field).to_have_value("@team-pune and @here, look")
    field.press("Enter")

    expect(page.get_by_test_id("message")).to_contain_text("(edited)")
    assert workspace.messages("it-help")[-1].text == "<!subteam^S0TEAMPUNE0> and <!here>, look"


# The clock


@pytest.fixture
def moving() -> Iterator[Running]:
    """A workspace whose clock can be moved; between two moves it stands."""
    with serve(Workspace(MANIFEST, now=MovableClock(Clock()))) as server:
        yield server


@pytest.fixture
def watched(browser: Any, moving: Running) -> Iterator[Page]:
    page = visit(browser.new_page(), moving, "#/ana/it-help")
    yield page
    page.close()  # before its workspace closes: a page whose server is gone goes on asking, and complains


def test_a_clock_that_cannot_be_moved_has_no_bar(page: Page) -> None:
    expect(page.get_by_test_id("clockbar")).to_have_count(0)


def test_the_clock_bar_tells_the_time_here_and_where_the_agents_are(watched: Page) -> None:
    bar = watched.get_by_role("region", name="The workspace’s clock")

    expect(bar).to_contain_text("09:00Fri 20 Nov, Lisbon")
    places = bar.get_by_role("list", name="Where the agents are").get_by_role("listitem")
    expect(places).to_have_text(
        [
            re.compile("Bogotá.*Lucia.*4:00 am"),
            re.compile("Kraków, Oslo, Berlin.*Katarzyna, Ingrid, Tom.*10:00"),
            re.compile("Pune.*Priya.*2:30 pm"),
            re.compile("Manila.*Marco.*5:00 pm"),
        ]
    )


@pytest.mark.parametrize(
    ("move", "here"),
    [
        ("15min", "09:15Fri 20 Nov"),
        ("1h", "10:00Fri 20 Nov"),
        ("4h", "13:00Fri 20 Nov"),
        ("morning", "09:00Sat 21 Nov"),
        ("monday", "09:00Mon 23 Nov"),
    ],
)
def test_each_button_moves_the_clock(watched: Page, move: str, here: str) -> None:
    watched.get_by_test_id(f"move-{move}").click()

    expect(watched.get_by_test_id("clockbar")).to_contain_text(here)


def test_all_times_on_the_page_follow_the_clock(watched: Page, moving: Running) -> None:
    ts = moving.workspace.say("ana", "it-help", "no sound")
    says(moving.workspace, f"by <!date^{FRIDAY_NINE}^{{date_pretty}}|x>, <!date^{FRIDAY_NINE}^{{ago}}|x>", thread_ts=ts)
    expect(watched.get_by_role("separator")).to_have_text("Today")
    watched.get_by_test_id("open-thread").click()
    expect(watched.get_by_test_id("thread")).to_contain_text("by today, just now")

    watched.get_by_test_id("move-morning").click()

    expect(watched.get_by_test_id("thread")).to_contain_text("by yesterday, 1 day ago")
    expect(watched.get_by_test_id("open-thread")).to_contain_text("1 day ago")
    expect(watched.get_by_role("separator").first).to_have_text("Yesterday")
    expect(watched.get_by_test_id("clock-said")).to_have_text("It is now 09:00 on Saturday 21 November.")


def test_the_clock_is_moved_by_keys_too(watched: Page) -> None:
    watched.get_by_test_id("viewer").focus()
    watched.keyboard.press("F6")
    expect(watched.get_by_role("button", name="+15 min: move the clock 15 minutes forward")).to_be_focused()

    watched.keyboard.press("ArrowRight")
    watched.keyboard.press("Enter")

    expect(watched.get_by_test_id("clock-here")).to_have_text("10:00")


def test_the_clock_bar_fits_on_a_phone(watched: Page) -> None:
    for width in (360, 390, 800, 1100, 1260):
        watched.set_viewport_size({"width": width, "height": 844})
        assert watched.evaluate("document.documentElement.scrollWidth") == width
        expect(watched.get_by_test_id("move-monday")).to_be_in_viewport(ratio=1)
        expect(watched.get_by_test_id("composer")).to_be_in_viewport()


def test_everyone_who_can_be_played_stands_beside_the_other_buttons(page: Page) -> None:
    for width in (1260, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        last, next_button = page.get_by_test_id("strip-sam").bounding_box(), page.get_by_test_id("theme").bounding_box()
        assert last["x"] + last["width"] <= next_button["x"], width


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


def test_a_picture_is_attached_shown_and_told_to_the_app(page: Page, workspace: Workspace) -> None:
    page.get_by_test_id("channel-it-help").click()
    page.get_by_role("button", name="Attach or start something").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("attach-picture").click()
    chooser.value.set_files({"name": "error.png", "mimeType": "image/png", "buffer": PIXEL})
    expect(page.get_by_test_id("attached")).to_contain_text("error.png")

    page.get_by_test_id("send").click()

    picture = page.get_by_role("img", name="error.png")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    [file] = events(workspace, "message")[-1]["files"]
    assert (file["name"], file["mimetype"]) == ("error.png", "image/png")


def test_a_pasted_picture_is_attached_and_anything_else_is_left_out(page: Page) -> None:
    page.get_by_test_id("channel-it-help").click()
    composer = page.get_by_test_id("composer")

    composer.evaluate(PASTE, ["notes.txt", "text/plain"])
    expect(page.get_by_test_id("notice")).to_contain_text("notes.txt is not a picture")
    composer.evaluate(PASTE, ["shot.png", "image/png"])

    expect(page.get_by_test_id("attached")).to_have_text("shot.png")


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


def test_everything_on_the_home_tab_can_be_pressed(page: Page, workspace: Workspace, app: AppSocket) -> None:
    home = {"type": "home", "blocks": HOME_BLOCKS}
    call(workspace, "views.publish", user_id=workspace.person("ana").id, view=home)
    page.get_by_test_id("channel-triage").click()
    page.get_by_test_id("tab-home").click()
    expect(page.get_by_test_id("home").get_by_role("separator")).to_have_count(1)

    def pressed() -> dict[str, Any]:
        envelope = interaction(app)
        app.acknowledge(envelope)
        assert envelope["payload"]["view"]["type"] == "home"
        action: dict[str, Any] = envelope["payload"]["actions"][0]
        return action

    page.locator("[data-action-id=reopen]").click()
    assert pressed()["value"] == "case-7"
    page.locator("[data-action-id=more]").click()
    page.locator("[data-option=two]").click()
    assert pressed()["selected_option"]["value"] == "two"
    page.locator("[data-action-id=language]").click()
    page.get_by_role("option", name="one").click()
    assert pressed()["selected_option"]["value"] == "one"
    page.locator("[data-action-id=my_data]").click()
    assert pressed()["action_id"] == "my_data"


def test_a_button_on_the_home_tab_opens_a_form(page: Page, workspace: Workspace, app: AppSocket) -> None:
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button("new")]}]}
    call(workspace, "views.publish", user_id=workspace.person("ana").id, view=home)
    page.get_by_test_id("channel-triage").click()
    page.get_by_test_id("tab-home").click()

    page.locator("[data-action-id=new]").click()
    opened(workspace, app, modal(input_block("what")))

    expect(page.get_by_test_id("modal").get_by_role("textbox", name="what")).to_be_focused()


def opened(workspace: Workspace, app: AppSocket, view: dict[str, Any]) -> None:
    """The app opens a modal for whatever was pressed last."""
    envelope = interaction(app)
    trigger = envelope["payload"]["trigger_id"]
    assert call(workspace, "views.open", trigger_id=trigger, view=view)["ok"]
    app.acknowledge(envelope)


def test_a_form_sends_every_kind_of_field_and_what_the_app_keeps_in_it(
    page: Page, workspace: Workspace, app: AppSocket
) -> None:
    says(workspace, "Open", {"type": "actions", "elements": [button("open")]})
    page.get_by_test_id("channel-it-help").click()
    page.locator("[data-action-id=open]").click()
    opened(workspace, app, modal(*FORM, private_metadata="case-7"))
    form = page.get_by_test_id("modal")

    form.get_by_role("textbox", name="what").fill("no sound")
    for field, choices in (("queue", ["two"]), ("who", ["Lucia Rojas"]), ("also", ["one", "two"])):
        form.locator(f"[data-action-id={field}]").click()
        for choice in choices:
            page.get_by_role("option", name=choice).click()
        if len(choices) > 1:
            page.keyboard.press("Escape")
    form.get_by_role("radio", name="two").check()
    form.get_by_role("checkbox", name="one").check()
    page.get_by_test_id("modal-submit").click()

    envelope = interaction(app)
    app.acknowledge(envelope)
    view = envelope["payload"]["view"]
    sent = {action: value for block in view["state"]["values"].values() for action, value in block.items()}
    assert view["private_metadata"] == "case-7"
    assert sent["what"]["value"] == "no sound"
    assert sent["queue"]["selected_option"]["value"] == "two"
    assert sent["who"]["selected_user"] == "U0LUCIA0000"
    assert [option["value"] for option in sent["also"]["selected_options"]] == ["one", "two"]
    assert sent["how"]["selected_option"]["value"] == "two"
    assert [option["value"] for option in sent["which"]["selected_options"]] == ["one"]
    expect(form).to_have_count(0)


def test_a_moment_with_its_time_is_chosen_in_the_zone_of_whoever_looks(
    browser: Any, running: Running, app: AppSocket
) -> None:
    says(running.workspace, "Open", {"type": "actions", "elements": [button("open")]})
    page = visit(browser.new_page(), running, "#/priya/it-help")
    page.locator("[data-action-id=open]").click()
    when = input_block("when", type="datetimepicker", initial_date_time=FRIDAY_NINE)
    opened(running.workspace, app, modal(when))
    field = page.get_by_test_id("modal").get_by_label("when")
    expect(field).to_have_value("2026-11-20T14:30")

    field.fill("2026-11-21T09:00")
    page.get_by_test_id("modal-submit").click()

    values = interaction(app)["payload"]["view"]["state"]["values"]
    assert values["block-when"]["when"]["selected_date_time"] == FRIDAY_NINE + 18.5 * 3600


def test_an_answer_to_a_form_may_change_it_lay_one_on_top_or_close_all(
    page: Page, workspace: Workspace, app: AppSocket
) -> None:
    says(workspace, "Open", {"type": "actions", "elements": [button("open")]})
    page.get_by_test_id("channel-it-help").click()
    page.locator("[data-action-id=open]").click()
    opened(workspace, app, modal(section("First")))
    form = page.get_by_test_id("modal")

    def submit(answer: dict[str, Any]) -> None:
        page.get_by_test_id("modal-submit").click()
        app.acknowledge(interaction(app), answer)

    submit({"response_action": "update", "view": modal(section("Second"))})
    expect(form).to_contain_text("Second")
    submit({"response_action": "push", "view": modal(section("On top"))})
    expect(form).to_contain_text("On top")
    page.get_by_test_id("modal-close").click()
    expect(form).to_contain_text("Second")
    submit({"response_action": "push", "view": modal(section("On top again"))})
    expect(form).to_contain_text("On top again")
    submit({"response_action": "clear"})

    expect(form).to_have_count(0)


def test_an_overflow_menu_in_a_message_is_one_action(page: Page, workspace: Workspace, app: AppSocket) -> None:
    more = {"type": "overflow", "action_id": "more", "options": OPTIONS}
    says(workspace, "Card", section("Case 7") | {"accessory": more})
    page.get_by_test_id("channel-it-help").click()

    page.locator("[data-action-id=more]").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    assert interaction(app)["payload"]["actions"][0]["selected_option"]["value"] == "two"


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


def test_a_new_message_is_announced_in_words(page: Page, workspace: Workspace) -> None:
    page.get_by_test_id("channel-it-help").click()
    expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Write to #it-help")
    nine_utc = int(workspace.now().timestamp())

    says(
        workspace,
        f"*<@U0PRIYA0000>* of <!subteam^S0TEAMPUNE0> answers <!date^{nine_utc}^{{date_pretty}} {{time}}|soon>",
    )

    expect(page.get_by_test_id("announcer")).to_have_text("Triage: @Priya Nair of @team-pune answers today 09:00")


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


def test_a_link_to_a_message_leads_there_as_whoever_looks(browser: Any, running: Running) -> None:
    workspace = running.workspace
    first = workspace.say("sam", "queue-network", "the one that is meant")
    for number in range(40):
        workspace.say("sam", "queue-network", f"later {number}")
    workspace.read("priya", "queue-network")  # so that the room opens at its end
    link = call(workspace, "chat.getPermalink", channel="C0QUEUENETWORK", message_ts=first)["permalink"]
    says(workspace, f"<{link}|Open the case>")
    page = visit(browser.new_page(), running, "#/priya/it-help")

    page.get_by_role("link", name="Open the case").click()

    expect(page.get_by_test_id("room-messages").get_by_text("the one that is meant")).to_be_in_viewport()
    expect(page.locator(f"article[data-ts='{first}']")).to_be_focused()
    expect(page.get_by_test_id("viewer")).to_contain_text("Priya Nair")


def test_a_link_to_a_message_shows_nothing_to_somebody_who_is_not_there(browser: Any, running: Running) -> None:
    ts = running.workspace.say("sam", "queue-network", "only for agents")
    link = call(running.workspace, "chat.getPermalink", channel="C0QUEUENETWORK", message_ts=ts)["permalink"]
    says(running.workspace, f"<{link}|Open the case>")
    page = visit(browser.new_page(), running, "#/kasia/it-help")

    page.get_by_role("link", name="Open the case").click()
    expect(page.get_by_test_id("notice")).to_have_text("Katarzyna Zielinska cannot see that message, or it is gone.")
    expect(page.locator("main")).to_have_attribute("data-channel", "C0ITHELP000")
    page.goto(link)

    expect(page.get_by_test_id("notice")).to_have_text("Katarzyna Zielinska cannot see that message, or it is gone.")
    expect(page.get_by_text("only for agents")).to_have_count(0)


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
SELECT = {"type": "static_select", "action_id": "language", "options": OPTIONS}
HOME_BLOCKS: list[dict[str, Any]] = [
    section("*Case 7*") | {"accessory": button("reopen", "case-7")},
    section("*Case 8*") | {"accessory": {"type": "overflow", "action_id": "more", "options": OPTIONS}},
    section("Language") | {"accessory": SELECT},
    {"type": "divider"},
    {"type": "actions", "elements": [button("my_data")]},
    {"type": "context", "elements": [plain("Only you see this")]},
]
FORM = [
    input_block("what"),
    input_block("queue", type="static_select", options=OPTIONS),
    input_block("how", type="radio_buttons", options=OPTIONS),
    input_block("which", type="checkboxes", options=OPTIONS),
    input_block("who", type="users_select"),
    input_block("also", type="multi_static_select", options=OPTIONS),
]
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
