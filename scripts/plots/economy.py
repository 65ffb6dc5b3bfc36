"""Draws the tables that scripts/long/economy-simulation.sh wrote: what there is of OPG, what burns, what growth pays, what validators get, who comes back."""

import csv
import pathlib
import sys
from collections import defaultdict

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

COLOURS = {"growing": "tab:green", "steady": "tab:blue", "collapsing": "tab:red"}
WEEKS_OF_A_MONTH = 365.25 / 12 / 7
PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/economics.md"
BEGIN, END = "<!-- simulation: written by scripts/plots/economy.py -->", "<!-- end of simulation -->"


class Scenario:
    """The weeks of a scenario, column by column."""

    def __init__(self, rows):
        self.columns = {
            name: [float(row[name]) if row[name] else None for row in rows] for name in rows[0] if name != "scenario"
        }

    def __getitem__(self, name):
        return self.columns[name]

    @property
    def months(self):
        return [(epoch + 1) / WEEKS_OF_A_MONTH for epoch in self["epoch"]]


def read(file):
    """Rows by scenario, in the order of the file."""
    scenarios = defaultdict(list)
    with open(file, encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            scenarios[row["scenario"]].append(row)
    return scenarios


def running(values):
    """Sums from the beginning."""
    total, sums = 0.0, []
    for value in values:
        total += value
        sums.append(total)
    return sums


def figure(titles, height=3.4, share=False):
    """A row of panels that begin at zero months."""
    drawn, panels = plt.subplots(1, len(titles), figsize=(4.2 * len(titles), height), layout="constrained", sharey=share)
    for panel, title in zip(panels, titles):
        panel.set_title(title, fontsize=10)
        panel.set_xlabel("months")
        panel.grid(alpha=0.3)
    return drawn, panels


def lines(panel, scenarios, of):
    for name, weeks in scenarios.items():
        panel.plot(weeks.months, of(weeks), label=name, color=COLOURS[name], linewidth=1.3)


def issuance(scenarios):
    drawn, (left, right) = figure(["OPG burnt since the first block", "OPG burnt in a week"])
    lines(left, scenarios, lambda weeks: weeks["burnt_total"])
    lines(right, scenarios, lambda weeks: weeks["burnt_of_fees"])
    left.legend(fontsize=8)
    return drawn


def fund(scenarios):
    drawn, (left, middle, right) = figure(
        ["growth fund, million OPG", "paid by growth in a week, OPG", "paid by growth, of what burnt so far"]
    )
    lines(left, scenarios, lambda weeks: [balance / 1e6 for balance in weeks["growth_balance"]])
    paid = lambda weeks: [a + b for a, b in zip(weeks["growth_rebates"], weeks["growth_grants"])]
    lines(middle, scenarios, paid)
    lines(right, scenarios, lambda weeks: [part / max(all, 1e-9) for part, all in zip(running(paid(weeks)), weeks["burnt_total"])])
    right.axhline(1.0, color="tab:gray", linewidth=0.8, linestyle="--")
    right.set_ylim(0, 1.1)
    left.legend(fontsize=8)
    return drawn


def validators(scenarios):
    drawn, panels = figure(list(scenarios), share=True)
    parts = [
        ("validators_emission", "from the staking bucket", "tab:gray"),
        ("validators_fee_share", "share of fees for answers", "tab:blue"),
        ("validators_upkeep", "upkeep of requests", "tab:orange"),
        ("validators_transactions", "transaction fees", "tab:purple"),
    ]
    for panel, weeks in zip(panels, scenarios.values()):
        for column, label, colour in parts:
            panel.plot(weeks.months, weeks[column], label=label, color=colour, linewidth=1.3)
        panel.set_yscale("symlog", linthresh=1)
    panels[0].set_ylabel("OPG a week")
    panels[0].legend(fontsize=7)
    return drawn


def people(scenarios):
    drawn, panels = figure(list(scenarios), share=True)
    kinds = [("returning", "tab:green"), ("new", "tab:blue"), ("resurrected", "tab:orange")]
    for panel, weeks in zip(panels, scenarios.values()):
        panel.stackplot(
            weeks.months, [weeks[kind] for kind, _ in kinds], labels=[kind for kind, _ in kinds], colors=[c for _, c in kinds], alpha=0.8
        )
    panels[0].set_ylabel("accounts with a paid answer in the week")
    panels[0].legend(fontsize=8, loc="upper left")
    return drawn


def retention(scenarios, cohorts):
    drawn, panels = figure(list(scenarios), share=True)
    for panel, name in zip(panels, scenarios):
        by_start = defaultdict(list)
        for row in cohorts[name]:
            by_start[int(row["start"])].append((int(row["age"]), int(row["accounts"])))
        for start, cells in by_start.items():
            began = dict(cells).get(0, 0)
            # A handful of people says nothing.
            if began < 5 or len(cells) < 2:
                continue
            ages = [age / WEEKS_OF_A_MONTH for age, _ in cells]
            colour = plt.get_cmap("viridis")(start / 104)
            panel.plot(ages, [100 * left / began for _, left in cells], color=colour, linewidth=1.1, label=f"week {start}, {began}")
        panel.set_xlabel("months since the first paid answer")
        panel.legend(fontsize=6, title="began in, accounts", title_fontsize=6)
    panels[0].set_ylabel("% of a cohort active in the week")
    return drawn


def nodes(scenarios):
    drawn, (left, middle, right) = figure(
        ["nodes' income in a week, OPG", "nodes that serve", "what who only uses the network himself has lost, OPG"]
    )
    lines(left, scenarios, lambda weeks: weeks["node_income"])
    lines(middle, scenarios, lambda weeks: weeks["nodes_serving"])
    lines(right, scenarios, lambda weeks: [-net for net in weeks["wash_net"]])
    left.legend(fontsize=8)
    return drawn


def table(scenarios):
    """What two years came to, a column for each scenario."""

    def total(weeks, *columns):
        return sum(value or 0 for column in columns for value in weeks[column])

    def last(weeks, column):
        return weeks[column][-1]

    rows = [
        ("answers", lambda weeks: total(weeks, "settled"), "{:,.0f}"),
        ("requests nobody answered in time", lambda weeks: total(weeks, "expired"), "{:,.0f}"),
        ("fees paid", lambda weeks: total(weeks, "fees"), "{:,.0f} OPG"),
        ("burnt", lambda weeks: last(weeks, "burnt_total"), "{:,.1f} OPG"),
        ("paid by growth: rebates", lambda weeks: total(weeks, "growth_rebates"), "{:,.1f} OPG"),
        ("paid by growth: grants", lambda weeks: total(weeks, "growth_grants"), "{:,.1f} OPG"),
        ("in the growth fund at the end", lambda weeks: last(weeks, "growth_balance") / 1e6, "{:,.2f} million OPG"),
        ("validators: of the staking bucket", lambda weeks: total(weeks, "validators_emission") / 1e6, "{:,.2f} million OPG"),
        ("validators: share of fees", lambda weeks: total(weeks, "validators_fee_share"), "{:,.1f} OPG"),
        ("validators: upkeep and transactions", lambda weeks: total(weeks, "validators_upkeep", "validators_transactions"), "{:,.1f} OPG"),
        ("nodes", lambda weeks: total(weeks, "node_income"), "{:,.0f} OPG"),
        ("nodes that serve at the end", lambda weeks: last(weeks, "nodes_serving"), "{:.0f}"),
        ("accounts active in the best week", lambda weeks: max(weeks["active"]), "{:.0f}"),
        ("accounts active in the last week", lambda weeks: last(weeks, "active"), "{:.0f}"),
        ("the self-dealer spent on fees", lambda weeks: total(weeks, "wash_spent"), "{:,.0f} OPG"),
        ("the self-dealer lost", lambda weeks: -last(weeks, "wash_net"), "{:,.1f} OPG"),
    ]
    yield "| in two years | " + " | ".join(scenarios) + " |"
    yield "|---|" + "---|" * len(scenarios)
    for name, of, form in rows:
        yield f"| {name} | " + " | ".join(form.format(of(weeks)) for weeks in scenarios.values()) + " |"


def write(lines):
    """Puts the table where docs/economics.md has it."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    told = {name: Scenario(rows) for name, rows in read(folder / "weeks.csv").items()}
    drawings = {
        "burn": issuance(told),
        "growth-fund": fund(told),
        "validators": validators(told),
        "people": people(told),
        "retention": retention(told, read(folder / "cohorts.csv")),
        "nodes": nodes(told),
    }
    for name, drawing in drawings.items():
        drawing.savefig(folder / f"{name}.png", dpi=90, metadata={"Software": None})
    lines = list(table(told))
    print("\n".join(lines))
    if folder.resolve() == PAGE.parent / "economics":
        write(lines)
