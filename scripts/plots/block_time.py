"""Draws what scripts/long/block-time.sh measured: block by block the time since the last one, finality, and answers."""

import json
import sys

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

SLOT = 3.0
# Seconds over which answers are averaged.
WINDOW = 60.0


def drawn(result):
    """The figure of a measurement."""
    blocks = result["blocks"]
    first = blocks[0]["slot"]
    minutes = [(block["slot"] - first) * SLOT / 60 for block in blocks[1:]]
    gaps = [(b["slot"] - a["slot"]) * SLOT for a, b in zip(blocks, blocks[1:])]
    lags = [
        max((at / 1000 - block["slot"] * SLOT for at in block["finalAt"] if at), default=None)
        for block in blocks[1:]
    ]
    figure, (upper, middle, lower) = plt.subplots(3, 1, sharex=True, figsize=(9, 7), layout="constrained")
    upper.plot(minutes, gaps, ".", markersize=3, color="tab:blue")
    upper.set_ylim(bottom=0)
    upper.set_ylabel("s from block to block")

    known = [(x, y) for x, y in zip(minutes, lags) if y is not None]
    middle.plot(*zip(*known), ".", markersize=3, color="tab:green")
    for name, above in (("finalityP50", "top"), ("finalityP95", "bottom")):
        value = result["summary"][name]
        middle.axhline(value, color="tab:gray", linewidth=0.8)
        middle.annotate(f" {name[-3:].lower()} {value} s", (1, value), xycoords=("axes fraction", "data"), fontsize=8, va=above)
    middle.set_ylim(bottom=0)
    middle.set_ylabel("s until final\non the last of the nodes")

    settled = []
    for minute in minutes:
        inside = [b["settled"] for b, at in zip(blocks[1:], minutes) if minute - WINDOW / 60 < at <= minute]
        settled.append(sum(inside) / WINDOW)
    full = [(x, y) for x, y in zip(minutes, settled) if x >= WINDOW / 60]
    if full:
        lower.plot(*zip(*full), color="tab:orange")
    lower.axhline(result["rate"], color="tab:gray", linewidth=0.8, linestyle="--")
    lower.set_ylim(bottom=0)
    lower.set_ylabel("settled a second,\nover a minute")
    lower.set_xlabel("minutes")
    return figure


if __name__ == "__main__":
    raw, out = sys.argv[1:]
    with open(raw, encoding="utf-8") as file:
        measured = json.load(file)
    drawn(measured).savefig(out, dpi=110, metadata={"Software": None})
