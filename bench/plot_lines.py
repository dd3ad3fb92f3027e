#!/usr/bin/python3
"""Draws columns of a CSV as lines into one self-contained SVG, legible on light and on dark pages.

    bench/plot_lines.py SWEEP.csv -o sweep.svg --x factors --y seconds --series solver --log-x --log-y
    bench/plot_lines.py QUALITY.csv -o quality.svg --x factors --y recall@20,ndcg@20 --log-x

A line is one column of --y, or one value of the --series column.
"""

import argparse
import csv
import html
import math

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 76, 150, 52, 58
LABEL_GAP = 17
STYLE = """
  .page { fill: #fcfcfb } .ink { fill: #1c1c1a } .soft { fill: #5c5b57 }
  .grid { stroke: #e3e2de; stroke-width: 1 } .axis { stroke: #8a8984; stroke-width: 1 }
  .c0 { color: #2a78d6 } .c1 { color: #d8521c } .c2 { color: #0f8a5f } .c3 { color: #8a5bd0 } .c4 { color: #96700a }
  .line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round } .dot { fill: currentColor } .name { fill: currentColor }
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif } .title { font-size: 15px; font-weight: 600 }
  .name { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #1a1a19 } .ink { fill: #f2f1ee } .soft { fill: #b3b2ac }
    .grid { stroke: #33322f } .axis { stroke: #75746e }
    .c0 { color: #5a9df0 } .c1 { color: #f0834f } .c2 { color: #35b98a } .c3 { color: #b392ec } .c4 { color: #d0a63a }
  }
"""
SHAPES = ["M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0", "M-4,-4h8v8h-8z", "M0,-5.5L5,4H-5z", "M0,-5.5L5.5,0L0,5.5L-5.5,0z", "M0,5.5L5,-4H-5z"]


class Axis:
    """Maps values to pixels; knows where its ticks are."""

    def __init__(self, values, log, begin, end, ticks=None):
        self.log = log
        low, high = min(values), max(values)
        if log:
            if low <= 0:
                raise SystemExit("a logarithmic axis needs values above 0")
            self.ticks = ticks or self.log_ticks(low, high)
            low, high = min(low, self.ticks[0]), max(high, self.ticks[-1])
            if low == high:
                low, high = low / 2, high * 2
        else:
            step = self.round_step((high - low) / 5 or abs(high) / 5 or 1)
            first, last = math.floor(low / step), math.ceil(high / step)
            self.ticks = [i * step for i in range(first, max(last, first + 1) + 1)]
            low, high = self.ticks[0], self.ticks[-1]
        self.low, self.high = self.scale(low), self.scale(high)
        self.begin, self.end = begin, end

    @staticmethod
    def round_step(step):
        power = 10 ** math.floor(math.log10(step))
        return next(power * n for n in (1, 2, 5, 10) if power * n >= step * 0.999)

    @staticmethod
    def log_ticks(low, high):
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        ticks = [n * 10.0**p for p in powers for n in (1, 2, 5)]
        first = max((i for i, t in enumerate(ticks) if t <= low * 1.001), default=0)
        last = min((i for i, t in enumerate(ticks) if t >= high * 0.999), default=len(ticks) - 1)
        return ticks[first : last + 1]

    def scale(self, value):
        return math.log10(value) if self.log else value

    def at(self, value):
        return self.begin + (self.scale(value) - self.low) / (self.high - self.low) * (self.end - self.begin)


def number(value):
    return f"{value:.6g}"


def read(options):
    """name -> points (x, y), by rising x."""
    lines = {}
    with open(options.csv, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for column in options.y.split(","):
                name = row[options.series] if options.series else column
                if row[column]:
                    lines.setdefault(name, []).append((float(row[options.x]), float(row[column])))
    if not lines:
        raise SystemExit(f"{options.csv}: no row has {options.x} and {options.y}")
    if len(lines) > len(SHAPES):
        raise SystemExit(f"{len(lines)} lines; at most {len(SHAPES)} can be told apart")
    return {name: sorted(points) for name, points in lines.items()}


def label_rows(ends):
    """Moves labels that would overlap apart, from the top down."""
    placed = {}
    last = -math.inf
    for name, y in sorted(ends.items(), key=lambda item: item[1]):
        last = max(y, last + LABEL_GAP)
        placed[name] = last
    return placed


def draw(options, lines):
    every_x = sorted({x for points in lines.values() for x, _ in points})
    every_y = [y for points in lines.values() for _, y in points]
    x_axis = Axis(every_x, options.log_x, LEFT, WIDTH - RIGHT, every_x if len(every_x) <= 10 else None)
    y_axis = Axis(every_y, options.log_y, HEIGHT - BOTTOM, TOP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
           f'aria-label="{html.escape(options.title, quote=True)}">', f"<style>{STYLE}</style>",
           f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
           f'<text class="ink title" x="{LEFT}" y="26">{html.escape(options.title)}</text>']
    for tick in y_axis.ticks:
        y = y_axis.at(tick)
        out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        out.append(f'<text class="soft" x="{LEFT - 9}" y="{y + 4:.1f}" text-anchor="end">{number(tick)}</text>')
    for tick in x_axis.ticks:
        x = x_axis.at(tick)
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        out.append(f'<text class="soft" x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{number(tick)}</text>')
    out.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM}"/>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    out.append(f'<text class="ink" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">'
               f"{html.escape(options.x_label or options.x)}</text>")
    out.append(f'<text class="ink" transform="translate(20 {middle}) rotate(-90)" text-anchor="middle">'
               f"{html.escape(options.y_label or options.y)}</text>")
    ends = label_rows({name: y_axis.at(points[-1][1]) for name, points in lines.items()})
    for index, (name, points) in enumerate(lines.items()):
        pixels = [(x_axis.at(x), y_axis.at(y)) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in pixels)
        out.append(f'<g class="c{index}"><polyline class="line" points="{path}"/>')
        for (x, y), (px, py) in zip(points, pixels):
            out.append(f'<path class="dot" transform="translate({px:.1f} {py:.1f})" d="{SHAPES[index]}"><title>'
                       f"{html.escape(name)}: {number(x)}, {number(y)}</title></path>")
        out.append(f'<text class="name" x="{pixels[-1][0] + 11:.1f}" y="{ends[name] + 4:.1f}">{html.escape(name)}</text></g>')
    return "\n".join(out + ["</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--x", required=True)
    parser.add_argument("--y", required=True, help="a column, or several with commas")
    parser.add_argument("--series", help="the column whose values are lines")
    parser.add_argument("--log-x", action="store_true")
    parser.add_argument("--log-y", action="store_true")
    parser.add_argument("--title", default="")
    parser.add_argument("--x-label")
    parser.add_argument("--y-label")
    options = parser.parse_args()
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(draw(options, read(options)))
    print(f"wrote {options.output}")


if __name__ == "__main__":
    main()
