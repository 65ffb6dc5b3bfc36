"""Makes a model that counts to its input, slowly: a job as long as one likes, to be interrupted."""

import sys
from pathlib import Path

from onnx import TensorProto, checker, helper, save


def made():
    """Loop n times over a product of two matrices of noise, and count the turns."""
    int64, boolean = TensorProto.INT64, TensorProto.BOOL
    body = helper.make_graph(
        [
            helper.make_node("RandomNormal", [], ["a"], shape=[96, 96], seed=1.0),
            helper.make_node("MatMul", ["a", "a"], ["b"]),
            helper.make_node("ReduceSum", ["b"], ["c"], keepdims=0),
            helper.make_node("Mul", ["c", "zero"], ["d"]),
            helper.make_node("Cast", ["d"], ["e"], to=int64),
            helper.make_node("Add", ["sum", "one"], ["f"]),
            helper.make_node("Add", ["f", "e"], ["next"]),
            helper.make_node("Identity", ["on"], ["goes_on"]),
        ],
        "turn",
        [
            helper.make_tensor_value_info("turn", int64, []),
            helper.make_tensor_value_info("on", boolean, []),
            helper.make_tensor_value_info("sum", int64, []),
        ],
        [
            helper.make_tensor_value_info("goes_on", boolean, []),
            helper.make_tensor_value_info("next", int64, []),
        ],
    )
    graph = helper.make_graph(
        [
            helper.make_node("Constant", [], ["start"], value=helper.make_tensor("s", int64, [], [0])),
            helper.make_node("Constant", [], ["one"], value=helper.make_tensor("o", int64, [], [1])),
            helper.make_node(
                "Constant", [], ["zero"], value=helper.make_tensor("z", TensorProto.FLOAT, [], [0.0])
            ),
            helper.make_node("Constant", [], ["yes"], value=helper.make_tensor("y", boolean, [], [True])),
            helper.make_node("Loop", ["n", "yes", "start"], ["count"], body=body),
        ],
        "counter",
        [helper.make_tensor_value_info("n", int64, [])],
        [helper.make_tensor_value_info("count", int64, [])],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="opg"
    )
    checker.check_model(model, full_check=True)
    return model


if __name__ == "__main__":
    save(made(), Path(sys.argv[1]) / "counter.onnx")
