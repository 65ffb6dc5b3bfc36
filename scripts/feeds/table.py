"""Writes the table of feeds in docs/benchmarks.md from docs/benchmarks/feeds.json, which `opg bench feeds --json` printed."""

import json
import pathlib

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- feeds: written by scripts/feeds/table.py -->", "<!-- end of feeds -->"


def table(figures):
    yield "| nodes × keys | one report, ms | a report of each node, ms | times |"
    yield "|---|---|---|---|"
    for one in figures["rounds"]:
        times = one["per_member_ms"] / one["round_ms"]
        yield f"| {one['nodes']} × {one['keys']} | {one['round_ms']:.2f} | {one['per_member_ms']:.2f} | {times:.1f} |"
    yield ""
    yield "Target for 31 × 100: at most 15 ms."


def main():
    figures = json.loads((DOCS / "benchmarks" / "feeds.json").read_text())
    page = DOCS / "benchmarks.md"
    text = page.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(before + BEGIN + "\n" + "\n".join(table(figures)) + "\n" + END + after)


if __name__ == "__main__":
    main()
