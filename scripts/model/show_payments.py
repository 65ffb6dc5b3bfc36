"""Print which account gained and lost how much between two outputs of `opg status --json`."""

import argparse
import json
import pathlib
from decimal import Decimal


def amount(text):
    """Give the number in a sum such as "1,000.25 OPG"."""
    return Decimal(text.split()[0].replace(",", ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=pathlib.Path)
    parser.add_argument("after", type=pathlib.Path)
    args = parser.parse_args()
    before, after = (json.loads(path.read_text()) for path in (args.before, args.after))

    earlier = {account["address"]: amount(account["balance"]) for account in before["accounts"]}
    changes = [
        (account["name"], amount(account["balance"]) - earlier.get(account["address"], Decimal(0)))
        for account in after["accounts"]
    ]
    if "issuance" in before and "issuance" in after:
        changes.append(("burnt", amount(before["issuance"]) - amount(after["issuance"])))
    for name, change in sorted(changes, key=lambda entry: entry[1]):
        if change:
            print(f"  {name:<22} {change.normalize():>+20,f} OPG")


if __name__ == "__main__":
    main()
