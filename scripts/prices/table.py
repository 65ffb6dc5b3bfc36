"""Writes the table of what a request costs in docs/benchmarks.md from docs/benchmarks/prices.json, which scripts/long/prices.sh wrote."""

import json
import pathlib

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- prices: written by scripts/prices/table.py -->", "<!-- end of prices -->"


def cost(figures):
    return f"{figures['us']:,.0f} | {figures['reads']} | {figures['writes']} | {figures['weight_us']:,.0f}"


def settlements(all_of_them):
    yield "| answers a batch | | µs | entries read | written | weight, µs | share |"
    yield "|---|---|---|---|---|---|---|"
    for one in all_of_them:
        whole = one["settlement"]["weight_us"] + one["bases_us"]
        yield f"| {one['batch']} | settlement | {cost(one['settlement'] | {'weight_us': whole})} | |"
        for part in ("economics", "usage"):
            yield f"| | of it {part} | {cost(one[part])} | {100 * one[part]['weight_us'] / whole:.1f} % |"
        yield f"| | of it both | | | | | **{100 * one['share']:.1f} %** |"


def life(parts):
    yield "| of one request | µs | entries read | written | weight if charged, µs | weight declared, µs |"
    yield "|---|---|---|---|---|---|"
    for part in parts:
        yield (
            f"| {part['what']} | {part['us']:.0f} | {part['reads']:.2f} | {part['writes']:.2f} | "
            f"{part['weight_us']:.0f} | {part['declared_us']:.0f} |"
        )


def main():
    figures = json.loads((DOCS / "benchmarks/prices.json").read_text(encoding="utf-8"))
    page = DOCS / "benchmarks.md"
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    lines = [*settlements(figures["settlements"]), "", *life(figures["life"])]
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
