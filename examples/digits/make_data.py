"""Draws data/digits.txt: small grey pictures of digits, moved about, leaning and dirty.

A line is a digit and its 8 × 8 pixels as hexadecimal digits (0 = white, f = black).
"""

import random
from pathlib import Path

count = 1200
dirt = 0.15
seed = 7

SHAPES = """
.##.....#....##...###.....#...####...##...####...##....##.
#..#...##...#..#.....#...##...#.....#........#..#..#..#..#
#..#....#......#.....#..#.#...###...###.....#...#..#..#..#
#..#....#.....#....##...####.....#..#..#....#....##....###
#..#....#....#.......#....#......#..#..#...#....#..#.....#
#..#....#...#........#....#...#..#..#..#...#....#..#.....#
.##....###..####..###.....#....##....##....#.....##....##.
"""
WIDTH = 4
STEP = 6


def main() -> None:
    draw = random.Random(seed)
    shapes = cut_shapes()
    lines = []
    for _ in range(count):
        digit = draw.randrange(10)
        lines.append(f"{digit} {picture(shapes[digit], draw)}\n")
    Path("data/digits.txt").write_text("".join(lines))


def cut_shapes() -> list[list[tuple[int, int]]]:
    """The inked (row, column) places of each digit."""
    rows = SHAPES.split()
    return [
        [(y, x) for y, row in enumerate(rows) for x in range(WIDTH) if row[digit * STEP + x] == "#"]
        for digit in range(10)
    ]


def picture(shape: list[tuple[int, int]], draw: random.Random) -> str:
    """The shape moved, leant and blurred on 8 × 8 pixels, as 64 hexadecimal digits."""
    right, down, lean = draw.uniform(0, 4), draw.uniform(-0.5, 1.2), draw.uniform(-0.3, 0.3)
    pixels = [[draw.random() * dirt for _ in range(8)] for _ in range(8)]
    for y, x in shape:
        put(pixels, y + down, x + right + lean * (3 - y))
    return "".join(f"{min(15, int(value * 15)):x}" for row in pixels for value in row)


def put(pixels: list[list[float]], y: float, x: float) -> None:
    """Spread one drop of ink over the four pixels it falls on."""
    top, left = int(y // 1), int(x // 1)
    for row in (top, top + 1):
        for column in (left, left + 1):
            if 0 <= row < 8 and 0 <= column < 8:
                pixels[row][column] += (1 - abs(y - row)) * (1 - abs(x - column))


main()
