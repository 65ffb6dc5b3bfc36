"""Makes a model of volatility: from the last prices, oldest first, how much they scatter from one to the next."""

import sys
from pathlib import Path

import numpy
from onnx import TensorProto, checker, helper, save


def made(prices):
    """The standard deviation of the logarithms' differences."""
    number = TensorProto.FLOAT

    def indices(name, value):
        return helper.make_node(
            "Constant", [], [name], value=helper.make_tensor(name, TensorProto.INT64, [1], [value])
        )

    graph = helper.make_graph(
        [
            indices("zero", 0),
            indices("one", 1),
            indices("last", prices - 1),
            indices("all", prices),
            helper.make_node("Log", ["prices"], ["logs"]),
            helper.make_node("Slice", ["logs", "zero", "last"], ["before"]),
            helper.make_node("Slice", ["logs", "one", "all"], ["after"]),
            helper.make_node("Sub", ["after", "before"], ["returns"]),
            helper.make_node("ReduceMean", ["returns"], ["mean"], keepdims=1),
            helper.make_node("Sub", ["returns", "mean"], ["apart"]),
            helper.make_node("Mul", ["apart", "apart"], ["squares"]),
            helper.make_node("ReduceMean", ["squares"], ["variance"], keepdims=1),
            helper.make_node("Sqrt", ["variance"], ["volatility"]),
        ],
        "volatility",
        [helper.make_tensor_value_info("prices", number, [prices])],
        [helper.make_tensor_value_info("volatility", number, [1])],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="opg"
    )
    checker.check_model(model, full_check=True)
    return model


def volatility(prices):
    """What the model says, without it."""
    returns = numpy.diff(numpy.log(numpy.array(prices, numpy.float64)))
    return float(returns.std())


if __name__ == "__main__":
    save(made(int(sys.argv[2])), Path(sys.argv[1]) / "volatility.onnx")
