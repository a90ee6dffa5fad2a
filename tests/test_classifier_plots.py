"""The pictures of an evaluation: they can be read by machines, in light and dark, whatever the labels are called."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import Example, Prediction
from classifier.measuring import Confusion, measure
from classifier.plots import (
    DARK,
    ELSEWHERE,
    LIGHT,
    LONGEST_LABEL,
    confusion_svg,
    one_line,
    reliability_svg,
    risk_coverage_svg,
    shortened,
)

NASTY = [
    "<script>alert(1)</script>",
    "a|b",
    "line\nbreak",
    "x" * 200,
    "W" * 200,
    "\"&amp;'",
    "\u202eevil\ud800\ufffe\x00",
    " ",
]


def evaluation(rows):
    """Rows are (given, truth, confidence, how many)."""
    rows = [(said, truth, sure) for said, truth, sure, count in rows for _ in range(count)]
    said = [Prediction(label, sure, ((label, sure),), 0.9, None, (), None, "en", (), "m") for label, _, sure in rows]
    return measure(said, [Example("x", truth) for _, truth, _ in rows], "other", ("other",))


def texts(svg, kind=""):
    return ["".join(e.itertext()) for e in ElementTree.fromstring(svg).iter(f"{SVG}text") if kind in e.get("class")]


def elements(svg, name):
    return list(ElementTree.fromstring(svg).iter(f"{SVG}{name}"))


SVG = "{http://www.w3.org/2000/svg}"
MIXED = evaluation([("a", "a", 0.9, 60), ("b", "b", 0.8, 30), ("a", "b", 0.7, 12), ("b", "a", 0.3, 4)])
ALL = {
    "confusion": confusion_svg(MIXED.confusion),
    "reliability": reliability_svg(MIXED),
    "risk-coverage": risk_coverage_svg(MIXED),
}


@pytest.mark.parametrize("name", ALL)
def test_every_picture_has_a_title_and_a_description_for_those_who_hear_it(name):
    root = ElementTree.fromstring(ALL[name])

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{name}-title {name}-desc"
    assert {e.get("id") for e in root} >= {f"{name}-title", f"{name}-desc"}
    assert "106 rows" in root.find(f"{SVG}desc").text


@pytest.mark.parametrize("name", ALL)
def test_every_picture_brings_its_own_paper_for_light_and_for_dark(name):
    root = ElementTree.fromstring(ALL[name])
    style = root.find(f"{SVG}style").text
    light, dark = style.split("@media (prefers-color-scheme:dark)")

    assert root.find(f"{SVG}rect").get("class") == "paper"
    assert f".paper{{fill:{LIGHT['paper']}}}" in light
    assert f".paper{{fill:{DARK['paper']}}}" in dark


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("shade", ["hit", "miss"])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_words_can_be_read_on_every_shade(palette, shade, share):
    under = [
        share * over + (1 - share) * paper
        for over, paper in zip(*map(rgb, (palette[shade], palette["paper"])), strict=True)
    ]

    assert contrast(rgb(palette["ink"]), under) >= 4.5
    assert contrast(rgb(palette["faint"]), rgb(palette["paper"])) >= 4.5


def rgb(colour):
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def contrast(one, other):
    """As WCAG 2.2 defines it; 4.5 is what small text needs."""
    low, high = sorted(luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_cell_shows_its_count_and_shades_its_share_of_the_row():
    cells = {
        group.find(f"{SVG}title").text: (
            group.find(f"{SVG}rect").get("class"),
            float(group.find(f"{SVG}rect").get("fill-opacity")) ** 2,
            group.find(f"{SVG}text").text,
        )
        for group in elements(ALL["confusion"], "g")
    }

    assert cells == {
        "a taken for a: 60 of 64": ("hit", pytest.approx(60 / 64, abs=0.01), "60"),
        "a taken for b: 4 of 64": ("miss", pytest.approx(4 / 64, abs=0.01), "4"),
        "b taken for a: 12 of 42": ("miss", pytest.approx(12 / 42, abs=0.01), "12"),
        "b taken for b: 30 of 42": ("hit", pytest.approx(30 / 42, abs=0.01), "30"),
    }


def test_the_confusion_says_its_most_frequent_mistakes_in_words():
    spoken = elements(ALL["confusion"], "desc")[0].text

    assert "Most frequent mistakes: 12 of 42 b as a; 4 of 64 a as b." in spoken


def ladder(size):
    """Label number n is taken for the next one n times of 1,000."""
    counts = [[0] * size for _ in range(size)]
    for at in range(size):
        counts[at][at] = 1_000 - at
        counts[at][(at + 1) % size] += at
    return Confusion(tuple(f"label{at:03}" for at in range(size)), tuple(map(tuple, counts)))


def test_of_many_labels_the_30_most_confused_are_shown_and_their_rows_stay_whole():
    svg = confusion_svg(ladder(150))

    named = [words.split()[0] for words in texts(svg) if words.endswith(" 1,000")]
    total = sum(int(cell.find(f"{SVG}text").text) for cell in elements(svg, "g"))
    assert named == [f"label{at:03}" for at in range(120, 150)]
    assert total == 30_000
    assert ELSEWHERE in texts(svg)


def test_of_30_labels_all_are_shown():
    svg = confusion_svg(ladder(30))

    assert len([words for words in texts(svg) if words.endswith(" 1,000")]) == 30
    assert ELSEWHERE not in texts(svg)


@pytest.mark.parametrize("size", [2, 19, 150])
def test_names_stand_apart_and_inside_the_picture(size):
    root = ElementTree.fromstring(confusion_svg(ladder(size)))

    named = [e for e in root.iter(f"{SVG}text") if "label" in "".join(e.itertext())]
    places = [(float(e.get("x")), float(e.get("y"))) for e in named]
    rows = min(size, 30)
    beside, above = places[:rows], places[rows:]
    assert min(b[1] - a[1] for a, b in pairwise(beside)) >= 14
    assert min(b[0] - a[0] for a, b in pairwise(above)) >= 14 * 2**0.5  # they slant
    assert max(x for x, _ in above) + 60 < float(root.get("width"))
    assert all(y > 75 + 40 for _, y in above)  # below the heading, however far they reach up


def test_a_name_of_200_letters_is_cut_in_the_middle_and_whole_in_the_tooltip():
    long = "start" + "W" * 190 + "finish"
    svg = confusion_svg(Confusion((long, "b"), ((3, 1), (0, 2))))

    drawn = [words for words in texts(svg) if words.startswith("start")]
    assert {re.sub("W+", "W", words) for words in drawn} == {"startW…finish 4", "startW…finish"}
    assert max(map(len, drawn)) < 20
    assert f"{long} taken for b: 1 of 4" in [title.text for title in elements(svg, "title")]


LABELS = st.lists(st.text(max_size=40) | st.sampled_from(NASTY), min_size=1, max_size=6, unique=True)


@given(LABELS)
def test_any_labels_give_a_picture_that_can_be_parsed_and_holds_nothing_but_drawing(labels):
    rows = [(said, truth, 0.7, 1) for said in labels for truth in labels]

    root = ElementTree.fromstring(confusion_svg(evaluation(rows).confusion).encode())

    drawing = {"svg", "title", "desc", "style", "rect", "g", "text", "tspan", "line"}
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= drawing
    assert not [name for e in root.iter() for name in e.attrib if name.startswith("on") or "href" in name]


def test_each_label_is_one_clean_line():
    assert [one_line(label) for label in NASTY[2:]] == [
        "line break",
        "x" * 200,
        "W" * 200,
        "\"&amp;'",
        "evil",
        "(blank)",
    ]


@pytest.mark.parametrize(("letters", "drawn"), [("x" * 23, "x" * 23), ("x" * 24, f"{'x' * 14}…{'x' * 7}")])
def test_a_name_is_cut_only_where_it_would_be_wider_than_15_ems(letters, drawn):
    assert shortened(letters) == drawn


@given(st.text(st.characters(exclude_characters="…")))
def test_a_short_name_is_left_alone_and_a_long_one_keeps_both_ends(text):
    line, short = one_line(text), shortened(text)

    head, cut, tail = short.partition("…")
    assert short == line or (cut and len(short) < len(line) and line.startswith(head) and line.endswith(tail))
    assert short == line or len(line) > LONGEST_LABEL


def test_a_bar_is_as_high_as_its_share_and_its_mark_is_at_the_confidence():
    bars = {group.find(f"{SVG}title").text: group.find(f"{SVG}rect") for group in elements(ALL["reliability"], "g")}
    bar = bars["12 rows: confidence 70.0 %, right 0.0 %"], bars["60 rows: confidence 90.0 %, right 100.0 %"]
    marks = [e for e in elements(ALL["reliability"], "line") if e.get("class") == "mark"]

    assert [float(b.get("height")) for b in bar] == [0.0, 300.0]
    assert [b.get("fill-opacity") for b in bar] == ["0.40", "1.00"]
    bottom = float(bar[0].get("y"))
    for end in ("y1", "y2"):
        assert [bottom - float(mark.get(end)) for mark in marks] == pytest.approx([90, 210, 240, 270], abs=0.2)


def test_the_reliability_diagram_says_how_many_rows_each_bar_has():
    above = texts(ALL["reliability"], "small")

    assert " ".join(above) == "rows 0 0 0 0 4 0 0 0 0 0 12 0 30 60 0"


def test_the_95_percent_point_is_marked_where_it_lies_and_in_words():
    svg = ALL["risk-coverage"]
    dot = elements(svg, "circle")[0]
    curve = elements(svg, "polyline")[0].get("points").split()

    assert "84.9 % of the rows at 95 % precision" in texts(svg)
    assert "The surest 84.9 % are 100.0 % right (confidence 0.800 or more)." in elements(svg, "desc")[0].text
    assert f"{dot.get('cx')},{dot.get('cy')}" in curve
    assert float(dot.get("cx")) == pytest.approx(84 + 0.849 * (640 - 24 - 84), abs=0.1)


def test_the_curve_is_drawn_to_the_scale_of_its_axis():
    svg = risk_coverage_svg(evaluation([("a", "b", 0.2, 25), ("a", "a", 0.9, 75)]))
    texts_at = {"".join(e.itertext()): float(e.get("y")) - 4 for e in elements(svg, "text")}

    ends = [float(place.split(",")[1]) for place in elements(svg, "polyline")[0].get("points").split()]

    assert ends == pytest.approx([texts_at["25 %"] + 300 * 25 / 25, texts_at["25 %"]], abs=0.2)


def test_where_no_share_is_right_enough_nothing_is_marked():
    svg = risk_coverage_svg(evaluation([("a", "b", 0.9, 5), ("a", "a", 0.5, 5)]))

    assert elements(svg, "circle") == []
    assert "No share of them is 95 % right." in elements(svg, "desc")[0].text


@pytest.mark.parametrize(
    ("wrong", "ticks"),
    [
        (0, ["0 %", "2 %", "4 %"]),
        (10, ["0 %", "2 %", "4 %", "6 %", "8 %", "10 %"]),
        (13, ["0 %", "5 %", "10 %", "15 %"]),
        (30, ["0 %", "5 %", "10 %", "15 %", "20 %", "25 %", "30 %"]),
        (31, ["0 %", "10 %", "20 %", "30 %", "40 %"]),
        (100, ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
    ],
)
def test_the_axis_of_the_wrong_ends_above_the_curve_in_round_steps(wrong, ticks):
    svg = risk_coverage_svg(evaluation([("a", "b", 0.9, wrong), ("a", "a", 0.9, 100 - wrong)]))

    numbers = [words for words in texts(svg) if re.fullmatch(r"\d+ %", words)]
    assert numbers == [*ticks, "0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]


def test_a_count_of_any_size_fits_its_cell():
    svg = confusion_svg(Confusion(("a", "b"), ((9_999, 12_345), (999_600, 31_000_000))))

    assert [cell.find(f"{SVG}text").text for cell in elements(svg, "g")] == ["9999", "12k", "1M", "31M"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab"), st.floats(0, 1), st.just(1)), min_size=1))
def test_any_confidences_give_pictures_whose_places_are_numbers_inside_them(rows):
    figures = evaluation(rows)

    for svg in (reliability_svg(figures), risk_coverage_svg(figures)):
        root = ElementTree.fromstring(svg)
        for number in re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy)="([^"]+)"', svg):
            assert 0 <= float(number) <= float(root.get("width"))
