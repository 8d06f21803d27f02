"""Draw the rooms of the package and who imports whom: `python tools/draw_rooms.py` writes
docs/rooms.svg.

The picture comes from the import statements alone, and is the same every time. A room stands one
floor above the
highest room that it imports. Lines that lead to one room share its colour and run together. A
strong line is the only
way from one room to the other; a pale one exists beside a longer way. The layout follows Sugiyama,
Tagawa and Toda
(1981): floors, an order on each floor with few crossings, then positions that keep lines straight.
"""

import ast
import colorsys
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "reviewkit"
PICTURE = ROOT / "docs" / "rooms.svg"

# What is in each room, in one line.
ROOMS = {
    "cli": "one file per command",
    "tui": "the full screen",
    "workflow": "what each command does, step by step",
    "sources": "the services, one file each",
    "store": "the review's database",
    "report": "the report and its writers",
    "exports": "records for other tools",
    "reproduction": "reported beside rerun",
    "screening": "queue, stopping, agreement",
    "query": "the query of each database",
    "cache": "raw pages, kept for good",
    "protocol": "the review's TOML file",
    "prisma": "partition, flow, diagram",
    "dedupe": "records that are one",
    "ranking": "which record next",
    "updates": "what has changed",
    "importers": "files of others",
    "http": "one polite transport",
    "model": "records, flow, identifiers, errors: the values that every room shares",
}

FLOOR = 118.0
CARD = 50.0
MARGIN = 24.0
GAP = 16.0
PORT = 9.0
FONTS = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"
GROUND_PORT = 110.0
_RESTARTS = 40
_SWEEPS = 12

Node = tuple[str, int]  # a room on its floor, or the line to a room where it passes a floor
Order = list[list[Node]]


@dataclass(frozen=True, slots=True)
class House:
    """The rooms, their floors (0 at the bottom) and their imports, as (importing, imported)."""

    floors: Mapping[str, int]
    imports: frozenset[tuple[str, str]]

    @property
    def height(self) -> int:
        return max(self.floors.values()) + 1

    def only_ways(self) -> set[tuple[str, str]]:
        """The imports without which the one room could not reach the other."""
        return {(upper, lower) for upper, lower in self.imports if not self._detour(upper, lower)}

    def _detour(self, upper: str, lower: str) -> bool:
        ways = [room for above, room in self.imports if above == upper and room != lower]
        seen: set[str] = set()
        while ways:
            room = ways.pop()
            if room == lower:
                return True
            if room not in seen:
                seen.add(room)
                ways += [below for above, below in self.imports if above == room]
        return False


def read_house(package: Path = PACKAGE) -> House:
    """The house as the import statements show it. Raises ValueError for a circle."""
    rooms = {path.name for path in package.iterdir() if (path / "__init__.py").exists()}
    imports = set()
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).parts[0]
        tree = ast.parse(path.read_bytes())
        imported = {name for node in ast.walk(tree) for name in _rooms_in(node, package.name)}
        imports |= {(room, name) for name in imported & rooms if room in rooms and room != name}
    return House(_floors(rooms, imports), frozenset(imports))


def _rooms_in(node: ast.AST, package: str) -> Iterator[str]:
    """The second words of what a statement imports: `reviewkit.model.text` gives `model`."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        return
    for name in names:
        words = name.split(".")
        if words[0] == package and len(words) > 1:
            yield words[1]


def _floors(rooms: Iterable[str], imports: Iterable[tuple[str, str]]) -> dict[str, int]:
    below = defaultdict(set)
    for upper, lower in imports:
        below[upper].add(lower)
    floors: dict[str, int] = {}
    waiting = sorted(rooms)
    while waiting:
        ready = [room for room in waiting if below[room] <= floors.keys()]
        if not ready:
            raise ValueError(f"these rooms import each other: {', '.join(waiting)}")
        for room in ready:
            floors[room] = max((floors[lower] + 1 for lower in below[room]), default=0)
        waiting = [room for room in waiting if room not in floors]
    return floors


# Layout: lines pass every floor between their ends at a node of their own.


@dataclass(slots=True)
class Plan:
    """Nodes by floor, and for each line's piece whether an only way runs through it."""

    house: House
    order: Order
    pieces: dict[tuple[Node, Node], bool]

    def is_room(self, node: Node) -> bool:
        return self.house.floors[node[0]] == node[1]

    def width(self, node: Node) -> float:
        if not self.is_room(node):
            return 0.0
        ports = max(
            sum(node == upper for upper, _ in self.pieces),
            sum(node == lower for _, lower in self.pieces),
        )
        text = max(len(node[0]) * 9.4, len(ROOMS.get(node[0], "")) * 6.1)
        return max(text + 26, ports * self.port(node) + 24)

    def port(self, node: Node) -> float:
        """How far apart lines meet a room; far on the ground floor, which carries the house."""
        return GROUND_PORT if node[1] == 0 else PORT


def plan_of(house: House) -> Plan:
    """The nodes and pieces of all lines, each floor in an order with few crossings."""
    strong = house.only_ways()
    pieces: dict[tuple[Node, Node], bool] = {}
    for upper, lower in sorted(house.imports):
        stops = range(house.floors[upper], house.floors[lower] - 1, -1)
        nodes = [(upper, stops[0]), *((lower, floor) for floor in stops[1:])]
        for piece in pairwise(nodes):
            pieces[piece] = pieces.get(piece, False) or (upper, lower) in strong
    nodes_by_floor: list[set[Node]] = [set() for _ in range(house.height)]
    for node in ((room, floor) for room, floor in house.floors.items()):
        nodes_by_floor[node[1]].add(node)
    for piece in pieces:
        for node in piece:
            nodes_by_floor[node[1]].add(node)
    order = _best_order([sorted(nodes) for nodes in nodes_by_floor], list(pieces))
    return Plan(house, order, pieces)


def _best_order(order: Order, pieces: Sequence[tuple[Node, Node]]) -> Order:
    """The order with the fewest crossings among many that chance begins and sweeps improve."""
    chance = random.Random(2020)
    neighbours: dict[Node, list[Node]] = defaultdict(list)
    for upper, lower in pieces:
        neighbours[upper].append(lower)
        neighbours[lower].append(upper)
    best, fewest = order, _crossings(order, pieces)
    for _ in range(_RESTARTS):
        current = [chance.sample(nodes, len(nodes)) for nodes in order]
        for sweep in range(_SWEEPS):
            current = _swept(current, neighbours, downwards=sweep % 2 == 0)
            crossings = _crossings(current, pieces)
            if crossings < fewest:
                best, fewest = current, crossings
    return best


def _swept(order: Order, neighbours: Mapping[Node, list[Node]], *, downwards: bool) -> Order:
    """Each floor sorted by the mean place of what its nodes are joined to on the floor before."""
    result = list(order)
    floors = range(len(order))
    for floor in reversed(floors) if downwards else floors:
        fixed = floor + 1 if downwards else floor - 1
        if fixed not in floors:
            continue
        place = {node: at / len(result[fixed]) for at, node in enumerate(result[fixed])}
        own = {node: at / len(result[floor]) for at, node in enumerate(result[floor])}
        means = {
            node: _mean([place[other] for other in neighbours[node] if other in place], own[node])
            for node in result[floor]
        }
        result[floor] = sorted(result[floor], key=lambda node: (means[node], node))
    return result


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _crossings(order: Order, pieces: Sequence[tuple[Node, Node]]) -> int:
    place = {node: at for nodes in order for at, node in enumerate(nodes)}
    by_floor = defaultdict(list)
    for upper, lower in pieces:
        by_floor[upper[1]].append((place[upper], place[lower]))
    return sum(
        (one[0] - two[0]) * (one[1] - two[1]) < 0
        for ends in by_floor.values()
        for at, one in enumerate(ends)
        for two in ends[:at]
    )


def positions(plan: Plan) -> dict[Node, float]:
    """The middle of each node: near what it is joined to, in its floor's order, nothing
    overlapping.
    """
    joined: dict[Node, list[tuple[Node, float]]] = defaultdict(list)
    for upper, lower in plan.pieces:
        # A line between two bends pulls hard, so that long lines are straight.
        pull = 1.0 + 3.0 * (not plan.is_room(upper)) + 3.0 * (not plan.is_room(lower))
        joined[upper].append((lower, pull))
        joined[lower].append((upper, pull))
    x = {}
    for nodes in plan.order:
        at = 0.0
        for node in nodes:
            at += plan.width(node) + GAP
            x[node] = at
        for node in nodes:
            x[node] -= at / 2
    for turn in range(60):
        for nodes in plan.order if turn % 2 else reversed(plan.order):
            wanted = [_wanted(x, node, joined[node]) for node in nodes]
            weights = [1.0 + sum(pull for _, pull in joined[node]) for node in nodes]
            x.update(zip(nodes, _spread(plan, nodes, wanted, weights), strict=True))
    left = min(x[node] - plan.width(node) / 2 for node in x)
    return {node: place - left for node, place in x.items()}


def _wanted(x: Mapping[Node, float], node: Node, joined: Sequence[tuple[Node, float]]) -> float:
    total = sum(pull for _, pull in joined)
    return sum(x[other] * pull for other, pull in joined) / total if total else x[node]


def _spread(
    plan: Plan, nodes: Sequence[Node], wanted: Sequence[float], weights: Sequence[float]
) -> list[float]:
    """The places nearest to the wanted ones that keep order and distance (isotonic regression)."""
    offsets = [0.0]
    for left, right in pairwise(nodes):
        offsets.append(offsets[-1] + (plan.width(left) + plan.width(right)) / 2 + GAP)
    blocks: list[tuple[float, float, int]] = []  # mean, weight, number of nodes
    for place, offset, weight in zip(wanted, offsets, weights, strict=True):
        block = (place - offset, weight, 1)
        while blocks and blocks[-1][0] >= block[0]:
            mean, heavy, count = blocks.pop()
            total = heavy + block[1]
            block = ((mean * heavy + block[0] * block[1]) / total, total, count + block[2])
        blocks.append(block)
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


# Drawing.


def draw(house: House) -> str:
    """The picture as SVG."""
    plan = plan_of(house)
    x = positions(plan)
    wide = max(x[node] + plan.width(node) / 2 for node in x)
    left = 64.0
    width, height = wide + left + MARGIN, house.height * FLOOR + 28
    shown = {node: (place + left, _top(house, node[1])) for node, place in x.items()}
    title = (
        f"{len(house.floors)} rooms on {house.height} floors, {len(house.imports)} arrows: "
        "each points at the room that is imported"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img"'
        f' aria-labelledby="title" font-family="{FONTS}">',
        f'<title id="title">The rooms of reviewkit: {title}</title>',
        f'<rect width="{width:.0f}" height="{height:.0f}" rx="14" fill="#fff"/>',
        *_bands(house, width),
        *_lines(plan, shown),
        *(
            _card(plan, node, shown[node])
            for nodes in plan.order
            for node in nodes
            if plan.is_room(node)
        ),
        f'<text x="{left:.0f}" y="{height - 20:.0f}" font-size="12" fill="#5b6470">{escape(title)}.'
        " Strong: the only way there. Pale: a short cut beside a longer way.</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _top(house: House, floor: int) -> float:
    return MARGIN + (house.height - 1 - floor) * FLOOR


def _bands(house: House, width: float) -> Iterator[str]:
    for floor in range(house.height):
        y = _top(house, floor)
        fill = ("#f4f6f8", "#fafbfc")[floor % 2]
        yield (
            f'<rect x="12" y="{y - 12:.0f}" width="{width - 24:.0f}" height="{CARD + 24:.0f}"'
            f' rx="8" fill="{fill}"/>'
            f'<text x="38" y="{y + CARD / 2 + 6:.0f}" font-size="17" font-weight="600"'
            f' fill="#b3bac3" text-anchor="middle">{floor + 1}</text>'
        )


def _lines(plan: Plan, shown: Mapping[Node, tuple[float, float]]) -> Iterator[str]:
    starts = _ports(plan, shown, end=0)
    ends = _ports(plan, shown, end=1)
    # The strong lines are drawn last, over the pale ones.
    for piece, strong in sorted(plan.pieces.items(), key=lambda item: (item[1], item[0])):
        upper, lower = piece
        x1, y1 = starts[piece], shown[upper][1] + CARD * plan.is_room(upper)
        x2, y2 = ends[piece], shown[lower][1]
        # A line bends between the floors and passes a floor upright.
        from_y = max(y1, shown[upper][1] + CARD + 12)
        to_y = y2 - 12
        middle = (from_y + to_y) / 2
        bend = f"{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {to_y:.1f}"
        path = f"M{x1:.1f} {y1:.1f}V{from_y:.1f}C{bend}"
        arrow = plan.is_room(lower)
        path += f"V{y2 - 6 * arrow:.1f}"
        colour = _colour(plan.house, lower[0])
        style = ('stroke-width="2.2"', 'stroke-width="1.2" opacity=".42"')[not strong]
        yield f'<path d="{path}" fill="none" stroke="{colour}" {style}/>'
        if arrow:
            head = (
                f"M{x2 - 3.6:.1f} {y2 - 8:.1f}L{x2:.1f} {y2 - 1:.1f}L{x2 + 3.6:.1f} {y2 - 8:.1f}Z"
            )
            faint = ("", ' opacity=".6"')[not strong]
            yield f'<path d="{head}" fill="{colour}"{faint}/>'


def _ports(
    plan: Plan, shown: Mapping[Node, tuple[float, float]], *, end: int
) -> dict[tuple[Node, Node], float]:
    """Where each piece meets its upper (0) or lower (1) end: side by side, in the order of the
    other ends.
    """
    by_node = defaultdict(list)
    for piece in plan.pieces:
        by_node[piece[end]].append(piece)
    places = {}
    for node, pieces in by_node.items():
        pieces.sort(key=lambda piece: (shown[piece[1 - end]][0], piece))
        room = plan.is_room(node)
        step = (
            min(
                GROUND_PORT if node[1] == 0 else 24.0,
                (plan.width(node) - 24) / max(1, len(pieces) - 1),
            )
            if room
            else 0.0
        )
        for at, piece in enumerate(pieces):
            places[piece] = shown[node][0] + (at - (len(pieces) - 1) / 2) * step
    return places


def _card(plan: Plan, node: Node, place: tuple[float, float]) -> str:
    (x, y), width, colour = place, plan.width(node), _colour(plan.house, node[0])
    return (
        f'<g><rect x="{x - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" height="{CARD:.0f}"'
        f' rx="7" fill="#fff" stroke="{colour}" stroke-width="1.6"/>'
        f'<text x="{x:.1f}" y="{y + 21:.1f}" font-size="15" font-weight="700" fill="#1d232b"'
        ' text-anchor="middle">'
        f"{escape(node[0])}</text>"
        f'<text x="{x:.1f}" y="{y + 38:.1f}" font-size="11" fill="#5b6470" text-anchor="middle">'
        f"{escape(ROOMS.get(node[0], ''))}</text></g>"
    )


def _colour(house: House, room: str) -> str:
    """A colour of the room's own: the golden angle keeps neighbours of the list apart."""
    at = sorted(house.floors).index(room)
    red, green, blue = colorsys.hls_to_rgb(at * 0.618034 % 1, 0.42, 0.62)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def main() -> None:
    """Write the picture and print what it counts."""
    house = read_house()
    PICTURE.write_text(draw(house), encoding="utf-8")
    sys.stdout.write(
        f"{PICTURE.relative_to(ROOT)}: {len(house.floors)} rooms, {house.height} floors,"
        f" {len(house.imports)} arrows\n"
    )


if __name__ == "__main__":
    main()
