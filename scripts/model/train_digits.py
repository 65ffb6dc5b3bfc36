"""Train a small classifier of handwritten digits and write it as ONNX, with the rows held out from training."""

import argparse
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

SEED = 7
HIDDEN = 32


def train():
    """Give the trained classifier and the held-out fifth: rows and their labels."""
    pixels, labels = load_digits(return_X_y=True)
    pixels = (pixels / 16).astype(np.float32)
    rows, held_out, row_labels, held_out_labels = train_test_split(
        pixels, labels, test_size=0.2, stratify=labels, random_state=SEED
    )
    classifier = MLPClassifier((HIDDEN,), activation="relu", alpha=1e-3, tol=1e-3, max_iter=500, random_state=SEED)
    # One thread: sums are taken in the same order every time.
    with threadpool_limits(1):
        classifier.fit(rows, row_labels)
    return classifier, held_out, held_out_labels


def export(classifier):
    """Give the classifier as an ONNX model that takes one row and answers with ten logits."""
    (w1, w2), (b1, b2) = classifier.coefs_, classifier.intercepts_
    weights = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["pixels", "w1", "b1"], ["sums"]),
            helper.make_node("Relu", ["sums"], ["hidden"]),
            helper.make_node("Gemm", ["hidden", "w2", "b2"], ["logits"]),
        ],
        "digits",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, w1.shape[0]])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, w2.shape[1]])],
        [numpy_helper.from_array(np.ascontiguousarray(w, np.float32), name) for name, w in weights.items()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="opg"
    )
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path, help="where digits.onnx, rows.jsonl and labels.json go")
    folder = parser.parse_args().folder

    classifier, rows, labels = train()
    model = export(classifier)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "digits.onnx").write_bytes(model)
    with (folder / "rows.jsonl").open("w") as out:
        for row in rows:
            out.write(json.dumps({"pixels": [row.tolist()]}) + "\n")
    (folder / "labels.json").write_text(json.dumps(labels.tolist()) + "\n")

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    answers = [session.run(["logits"], {"pixels": row[None]})[0].argmax() for row in rows]
    print(
        f"digits: {len(rows)} rows held out, {len(model)} bytes of model, accuracy "
        f"{classifier.score(rows, labels):.4f} in scikit-learn, {np.mean(answers == labels):.4f} in ONNX Runtime"
    )


if __name__ == "__main__":
    main()
