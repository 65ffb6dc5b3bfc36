"""Writes the table of stores in docs/benchmarks.md from docs/benchmarks/storage.json, which `opg bench storage --json` printed."""

import json
import pathlib

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- storage: written by scripts/storage/table.py -->", "<!-- end of storage -->"
WAYS = ["add", "cat"]
CARRIERS = [
    ("`ipfs add`, `ipfs cat`", "kubo", None),
    ("`opg blob put`, `opg blob get`, same daemon", "ipfs", "at least 0.8"),
    ("embedded store", "embedded", "at least 2"),
]


def tables(figures):
    yield f"| {figures['mib']} MiB | in, MiB/s | out, MiB/s | in, by Kubo's | out, by Kubo's | target |"
    yield "|---|---|---|---|---|---|"
    for what, name, target in CARRIERS:
        rates = " | ".join(f"{figures[f'{name}_{way}_mib_per_s']:,.0f}" for way in WAYS)
        ratios = " | ".join(f"{figures[f'{name}_{way}_ratio']:.2f}" if target else "–" for way in WAYS)
        yield f"| {what} | {rates} | {ratios} | {target or '–'} |"
    yield ""
    yield (
        f"Kubo {figures['kubo']}; the middle of {figures['turns']} turns. A possession check of a file of {figures['mib']} MiB takes "
        f"{figures['check_us']:,.1f} µs in machine code and is charged {figures['check_weight_us']:,.0f} µs of a block, with its pay and all "
        f"it writes; its keeper needs {figures['check_show_us']:,.1f} µs to read and prove the piece."
    )


def main():
    figures = json.loads((DOCS / "benchmarks/storage.json").read_text())
    page = DOCS / "benchmarks.md"
    text = page.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(tables(figures)) + f"\n{END}{after}")


if __name__ == "__main__":
    main()
