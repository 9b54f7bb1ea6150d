"""Writes data/digits.txt: small grey images of digits, shifted, slanted and with noise.

A line is a digit and its 8 × 8 pixels as hexadecimal digits (0 = white, f = black).
"""

import random
from pathlib import Path

count = 1200
noise = 0.15
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
    generator = random.Random(seed)
    shapes = cut_shapes()
    lines = []
    for _ in range(count):
        digit = generator.randrange(10)
        lines.append(f"{digit} {draw_image(shapes[digit], generator)}\n")
    Path("data/digits.txt").write_text("".join(lines))


def cut_shapes() -> list[list[tuple[int, int]]]:
    """Returns the (row, column) positions of the dark pixels of each digit."""
    rows = SHAPES.split()
    return [
        [(y, x) for y, row in enumerate(rows) for x in range(WIDTH) if row[digit * STEP + x] == "#"]
        for digit in range(10)
    ]


def draw_image(shape: list[tuple[int, int]], generator: random.Random) -> str:
    """Returns the shape, shifted, slanted and blurred on 8 × 8 pixels, as 64 hexadecimal digits."""
    right, down, slant = generator.uniform(0, 4), generator.uniform(-0.5, 1.2), generator.uniform(-0.3, 0.3)
    pixels = [[generator.random() * noise for _ in range(8)] for _ in range(8)]
    for y, x in shape:
        add_pixel(pixels, y + down, x + right + slant * (3 - y))
    return "".join(f"{min(15, int(value * 15)):x}" for row in pixels for value in row)


def add_pixel(pixels: list[list[float]], y: float, x: float) -> None:
    """Spreads one dark pixel over the four pixels that it overlaps."""
    top, left = int(y // 1), int(x // 1)
    for row in (top, top + 1):
        for column in (left, left + 1):
            if 0 <= row < 8 and 0 <= column < 8:
                pixels[row][column] += (1 - abs(y - row)) * (1 - abs(x - column))


main()
