"""Which column of an export means what: Zendesk, ServiceNow, Jira, our own, or as the operator names them.

One table of data and the few functions that apply it to one header and one row. Knows nothing of files,
delimiters or encodings.

Where the names come from (a name is compared without case, and `_` is a space):
- Zendesk: the ticket of https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ for JSON; for
  CSV the columns of the exports of https://support.zendesk.com/hc/en-us/articles/4408886165402
- ServiceNow: the incident of https://apis.io/schemas/servicenow/servicenow-incident/; whether the header holds
  names (`short_description`) or labels (`Short description`) is a choice of the exporting side, see
  https://www.servicenow.com/docs/r/australia/integrate-applications/t_ExportDirectlyFromTheURL.html
- Jira: the issue fields of https://confluence.atlassian.com/display/ADMINJIRASERVER0816/Data+pipeline+export+schema
  and the headings of https://support.atlassian.com/jira-service-management-cloud/docs/create-issues-with-the-csv-importer
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

FIELDS: Final = ("text", "category", "tier", "urgency", "language", "issue", "source", "date")
REQUIRED: Final = ("text", "category")
MOST_COLUMNS_SHOWN = 40  # Jira exports have hundreds
MOST_NAMES = 1_000  # of JSON rows that are remembered: a file may have a new one in every row

# Jira: https://support.atlassian.com/jira-service-management-cloud/docs/what-are-priority-levels-in-jira-service-management/
# and, in old installations, Blocker to Trivial. Major was what nobody had changed there, as Medium is now: normal.
_URGENCY_OF_A_WORD: Final[Mapping[str, str]] = {
    "critical": "critical",
    "urgent": "critical",
    "highest": "critical",
    "blocker": "critical",
    "high": "high",
    "normal": "normal",
    "moderate": "normal",
    "medium": "normal",
    "major": "normal",
    "low": "low",
    "lowest": "low",
    "minor": "low",
    "trivial": "low",
    "planning": "low",
}
# ServiceNow counts both from 1, but its priority has a step above high and its urgency has none.
_SERVICENOW_STEPS: Final[Mapping[str, Mapping[str, str]]] = {
    "priority": {"1": "critical", "2": "high", "3": "normal", "4": "low", "5": "low"},
    "urgency": {"1": "high", "2": "normal", "3": "low"},
}


class BadRow(ValueError):
    """One row's problem, before its place is known."""


class UnknownColumns(ValueError):
    """No way to read examples from these columns; the text names them and the remedy."""


@dataclass(frozen=True, slots=True)
class Product:
    """How one product names its columns.

    A header is this product's when it has a name from each set of `known_by`. Of `columns`, all that are there
    make up the text; for any other field the first that is there is taken, for the whole file.
    """

    name: str
    known_by: tuple[frozenset[str], ...]
    columns: Mapping[str, tuple[str, ...]]
    steps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # what a number means, by column


OWN: Final = Product("own", (frozenset({"text"}), frozenset({"category"})), {name: (name,) for name in FIELDS})

PRODUCTS: Final = (
    OWN,
    Product(
        "ServiceNow",
        (frozenset({"short description"}),),
        {
            "text": ("short description", "description"),
            "category": ("category", "subcategory", "assignment group"),
            "urgency": ("priority", "urgency"),
            "issue": ("problem id", "problem"),
            "source": ("number",),
            "date": ("sys created on", "created", "opened at", "opened"),
        },
        _SERVICENOW_STEPS,
    ),
    Product(
        "Zendesk",
        (
            frozenset({"subject", "ticket subject"}),
            frozenset({"requester", "requester id", "requester name", "submitter", "ticket id", "ticket group"})
            | frozenset({"ticket form", "ticket status", "ticket type", "raw subject", "group", "group id"}),
        ),
        {
            "text": ("subject", "ticket subject", "description"),
            "category": ("category", "category [list]", "group", "ticket group"),
            "urgency": ("priority", "ticket priority"),
            "issue": ("problem id",),
            "source": ("ticket id", "id"),
            "date": ("created at", "requested", "created", "ticket created - date"),
        },
    ),
    Product(
        "Jira",
        (frozenset({"summary"}), frozenset({"issue key", "issue id", "issue type", "key"})),
        {
            "text": ("summary", "description"),
            "category": (
                *("component/s", "components", "component", "category", "custom field (category)"),
                *("request type", "custom field (request type)", "custom field (customer request type)"),
            ),
            "urgency": ("priority",),
            "source": ("issue key", "key"),
            "date": ("created",),
        },
    ),
    Product(  # what its REST interface gives: the fields stand one level down
        "Jira",
        (frozenset({"fields.summary"}),),
        {
            "text": ("fields.summary", "fields.description"),
            "category": ("fields.components",),
            "urgency": ("fields.priority",),
            "source": ("key",),
            "date": ("fields.created",),
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of one header make up each field. Names are plain; `header` keeps them as they are written."""

    product: Product | None
    sources: Mapping[str, tuple[str, ...]]
    header: Mapping[str, str]


class NamedColumns:
    """The columns that the operator named for the rows of one JSON file, and which of them these have had so far. A row
    may leave out what is empty, so only the whole file tells a slip."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self.named = named
        self._wanted = {plain(part) for columns in named.values() for part in (columns, *columns.split("+"))}
        self._met: dict[str, str] = {}  # as it was first written, by plain name

    def meet(self, header: Mapping[str, str]) -> None:
        """The names of one row's cells, by plain name."""
        for name, written in header.items():
            if name in self._wanted or len(self._met) < MOST_NAMES:
                self._met.setdefault(name, written)

    def unknown(self) -> str | None:
        """The first name that no row has had, and what there is instead; None where no row had anything at all."""
        missing = [part for target in self.named for part in self._parts(target) if part not in self._met]
        return self._refusal(missing[0]) if missing and self._met else None

    def nowhere(self, target: str) -> str | None:
        """The same for a field none of whose columns was met."""
        parts = self._parts(target)
        return self._refusal(parts[0]) if parts and self._met.keys().isdisjoint(parts) else None

    def _parts(self, target: str) -> tuple[str, ...]:
        return _parts(self.named[target], self._met) if target in self.named else ()

    def _refusal(self, part: str) -> str:
        return _no_such_column(part, list(self._met.values()))


def plain(name: str) -> str:
    """A column's name as it is compared."""
    return re.sub(r"[\s_]+", " ", name).strip().casefold()


def product_of(names: Mapping[str, str]) -> Product | None:
    """Whose columns these are; keyed by plain name."""
    return next((product for product in PRODUCTS if all(names.keys() & some for some in product.known_by)), None)


def layout_of(header: Sequence[str], named: Mapping[str, str]) -> Layout:
    """How to read rows under this header. `named` says which columns make up a field (`a+b` for several) and
    comes before what is known of the product. Raises UnknownColumns."""
    names = {plain(name): name.strip() for name in reversed(header) if name.strip()}
    product = product_of(names)
    sources = _known(product, names) if product else {}
    for target, columns in named.items():
        sources[target] = _parts(columns, names)
        for part in sources[target]:
            if part not in names:
                raise UnknownColumns(_no_such_column(part, header))
    missing = [target for target in REQUIRED if not sources.get(target)]
    if missing:
        taken = {column for columns in sources.values() for column in columns}
        raise UnknownColumns(_nothing_known(missing, header, [name for name in header if plain(name) not in taken]))
    return Layout(product, sources, names)


def layout_of_cells(names: Mapping[str, str], named: Mapping[str, str]) -> Layout | None:
    """The same for one JSON object by the names of its cells, as it may leave out what is empty; None when nothing is
    known of it but what our own rows have."""
    product = product_of(names)
    if not named and (product is None or product is OWN):
        return None
    sources = _known(product, names) if product else {}
    sources |= {target: _parts(columns, names) for target, columns in named.items()}
    return Layout(product, sources, names)


def fields_of(layout: Layout, cells: Mapping[str, Sequence[str]]) -> dict[str, str | None]:
    """What one row says, by field; `cells` holds for each source all its cells, as a header may repeat a name.

    Cells of the text are joined with a line break, once each; of another field's columns, each gives its first
    cell that is filled. Raises BadRow without text or category.
    """
    found = {target: _joined(target, columns, cells) for target, columns in layout.sources.items()}
    for target in REQUIRED:
        if not found.get(target):
            raise BadRow(_empty(target, layout))
    if layout.product is not None and layout.product is not OWN and found.get("urgency"):
        found["urgency"] = _urgency(layout, found["urgency"] or "")
    return found


def cells_of(row: Mapping[str, object]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The names of one JSON object's cells as they are written, and the cells, both by plain name; what stands one
    level down is `outer.inner`."""
    names: dict[str, str] = {}
    cells: dict[str, list[str]] = {}
    for written, value in _levels(row):
        name = plain(written)
        names.setdefault(name, written.strip())
        cells.setdefault(name, []).extend(_words(value))
    return names, cells


def _levels(row: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        yield name, value
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", below) for inner, below in value.items())


def _known(product: Product, names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    there = {target: tuple(name for name in columns if name in names) for target, columns in product.columns.items()}
    return {target: columns if target == "text" else columns[:1] for target, columns in there.items() if columns}


def _parts(columns: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """A name may itself hold a +; then it is one column."""
    whole = plain(columns)
    return (whole,) if whole in names else tuple(plain(part) for part in columns.split("+") if part.strip())


def _joined(target: str, columns: Sequence[str], cells: Mapping[str, Sequence[str]]) -> str | None:
    filled = [[cell.strip() for cell in cells.get(column, ()) if cell.strip()] for column in columns]
    if target == "text":  # the description often repeats the subject
        return "\n".join(dict.fromkeys(cell for column in filled for cell in column)) or None
    return " / ".join(column[0] for column in filled if column) or None


def _urgency(layout: Layout, cell: str) -> str | None:
    """The desk's word for a product's priority; None for one that only this company uses."""
    number, _, word = cell.casefold().partition(" - ")  # ServiceNow shows "2 - High"
    steps = (layout.product.steps if layout.product else {}).get(layout.sources["urgency"][0], {})
    return _URGENCY_OF_A_WORD.get(word.strip() or number) or steps.get(number)


def _words(value: object) -> list[str]:
    """A JSON value as cells: words and numbers as they are, an object by its name, a list by its members."""
    members = value if isinstance(value, list) else [value]
    named = [_name_of(member) if isinstance(member, dict) else member for member in members]
    return [str(word) for word in named if isinstance(word, str | int | float)]


def _name_of(value: Mapping[str, object]) -> object:
    return next((value[key] for key in ("display_value", "name", "value") if key in value), None)


def _empty(target: str, layout: Layout) -> str:
    columns = [layout.header.get(name, name) for name in layout.sources.get(target, ())]
    if not columns:
        return f"no column for the {target} is known; name it with --column {target}=COLUMN"
    where = " and ".join(f'"{name}"' for name in columns)
    return f"the {target} ({where}) is empty; fill it in, or take another column with --column {target}=COLUMN"


def _nothing_known(missing: Sequence[str], header: Sequence[str], free: Sequence[str]) -> str:
    offered = [name for name in free if name.strip()] or ["COLUMN"]
    remedy = " ".join(f"--column {target}={_quoted(offered[at % len(offered)])}" for at, target in enumerate(missing))
    return (
        f"no column is known to hold the {' and the '.join(missing)}; the columns are {_listed(header)}; "
        f"say which to take, for instance {remedy}"
    )


def _no_such_column(part: str, header: Sequence[str]) -> str:
    names = {plain(name): name.strip() for name in header}
    near = difflib.get_close_matches(part, names, n=1, cutoff=0.6)
    meant = f' (did you mean "{names[near[0]]}"?)' if near else ""
    return f'there is no column "{part}"{meant}; the columns are {_listed(header)}'


def _listed(header: Sequence[str]) -> str:
    columns = list(dict.fromkeys(name.strip() for name in header if name.strip()))
    shown = [" ".join(name.split())[:60] for name in columns[:MOST_COLUMNS_SHOWN]]
    rest = len(columns) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _quoted(name: str) -> str:
    short = " ".join(name.split())[:60]
    return f'"{short}"' if re.search(r"[^\w.-]", short) else short
