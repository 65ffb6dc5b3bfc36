"""Show a proved answer beside the plain one to the same row, and what its proof took."""

import argparse
import json
import pathlib


def answer(file):
    said = json.loads(file.read_text())
    logits = said["output"]["logits"][0]
    return said, logits, max(range(len(logits)), key=logits.__getitem__)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path, help="the demo's, with first-answer.json, proved-answer.json and labels.json")
    folder = parser.parse_args().folder
    _, plain, digit = answer(folder / "first-answer.json")
    said, proved, proved_digit = answer(folder / "proved-answer.json")
    label = json.loads((folder / "labels.json").read_text())[0]
    apart = max(abs(a - b) for a, b in zip(plain, proved))
    proof = said["proof"]
    print(
        f"proved: request {said['request']} settled in {said['blocks']} blocks for {said['fee']}; a node had it for {proof.get('seconds', 'unknown')} s, "
        f"the proof has {proof['bytes']} bytes, checking it weighed {proof.get('weight_ms', 'unknown')} ms of a block"
    )
    print(
        f"proved: the row shows a {label}; digit {proved_digit} by proof, {digit} by one node's word; "
        f"the circuit's fixed-point logits are at most {apart:.4f} from the floats"
    )
    if proved_digit != digit:
        raise SystemExit("the proved answer names another digit")


if __name__ == "__main__":
    main()
