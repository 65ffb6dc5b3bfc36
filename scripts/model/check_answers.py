"""Compare answers from the chain with plain ONNX Runtime on the same rows; fail if one is missing or differs."""

import argparse
import json
import pathlib
import sys
from collections import Counter
from decimal import Decimal

import numpy as np
import onnxruntime


def read_lines(path):
    """Give every line of a JSON-lines file, parsed."""
    parsed = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            parsed.append(json.loads(line))
        except json.JSONDecodeError as error:
            sys.exit(f"{path}, line {number}: not JSON ({error})")
    return parsed


def references(model, rows):
    """Give what ONNX Runtime answers to each row."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return [session.run(["logits"], {"pixels": np.array(row["pixels"], np.float32)})[0] for row in rows]


def logits_of(answer, shape):
    """Give the answer's logits, or None if there are none of this shape or one is not a finite number."""
    try:
        logits = np.array(answer["output"]["logits"], np.float64)
    except (KeyError, TypeError, ValueError):
        return None
    return logits if logits.shape == shape and np.isfinite(logits).all() else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path, help="holds digits.onnx, rows.jsonl, labels.json and answers.jsonl")
    parser.add_argument("--rows", type=int, help="how many of the rows were asked (all)")
    parser.add_argument("--abs", type=float, default=1e-5, help="the model's absolute tolerance (%(default)s)")
    parser.add_argument("--rel", type=float, default=1e-4, help="the model's relative tolerance (%(default)s)")
    args = parser.parse_args()

    rows = read_lines(args.folder / "rows.jsonl")[: args.rows]
    labels = json.loads((args.folder / "labels.json").read_text())[: args.rows]
    answers = read_lines(args.folder / "answers.jsonl")
    if not rows:
        sys.exit("there are no rows to compare")
    if len(answers) > len(rows):
        sys.exit(f"{len(answers)} answers to {len(rows)} rows: the two files do not belong together")
    expected = references(str(args.folder / "digits.onnx"), rows)

    settled = [answer for answer in answers if answer.get("state") == "settled"]
    repeated = len(answers) - len({answer.get("request") for answer in answers})
    stuck = len(rows) - len(settled)
    right, differing, largest = 0, [], 0.0
    for number, (answer, reference) in enumerate(zip(answers, expected), 1):
        if answer.get("state") != "settled":
            continue
        logits = logits_of(answer, reference.shape)
        if logits is None:
            differing.append(number)
            continue
        reference = reference.astype(np.float64)
        distance = np.abs(logits - reference)
        largest = max(largest, distance.max())
        if (distance > args.abs + args.rel * np.maximum(np.abs(logits), np.abs(reference))).any():
            differing.append(number)
        right += int(logits.argmax()) == labels[number - 1]
    accuracy = right / len(rows)
    reference_accuracy = sum(int(e.argmax()) == label for e, label in zip(expected, labels)) / len(rows)

    table = {
        "rows asked": len(rows),
        "states": ", ".join(f"{state} {count}" for state, count in Counter(a.get("state") for a in answers).items()),
        "answers that differ": f"{len(differing)}" + (f" (first in line {differing[0]})" if differing else ""),
        "largest difference": f"{largest:.1e} (allowed {args.abs:.0e} + {args.rel:.0e} of the value)",
    }
    if repeated:
        table["requests listed twice"] = repeated
    if settled:
        fees = sum(Decimal(str(answer["fee"]).split()[0]) for answer in settled)
        blocks = sorted(answer["blocks"] for answer in settled)
        table["fees"] = f"{fees.normalize():f} OPG"
        table["blocks to settle"] = f"median {blocks[len(blocks) // 2]}, most {blocks[-1]}"
        table["answered by"] = ", ".join(
            f"node {node}: {count}" for node, count in sorted(Counter(answer["node"] for answer in settled).items())
        )
    for name, value in table.items():
        print(f"  {name:<22} {value}")
    print(
        f"demo: {len(settled)} requests settled, accuracy {accuracy:.4f} (reference {reference_accuracy:.4f}), "
        f"{stuck} stuck"
    )
    sys.exit(bool(stuck or differing or repeated))


if __name__ == "__main__":
    main()
