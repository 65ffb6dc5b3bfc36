"""Small models of every kind that EZKL's circuits differ in, with inputs for them."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Model:
    """A model, and how its circuit is made."""

    def __init__(self, name, nodes, inputs, output, weights, visibility=("public", "public", "fixed"), logrows=15):
        self.name, self.visibility, self.logrows = name, visibility, logrows
        self.shapes = [shape for _, shape in inputs]
        of = lambda value: helper.make_tensor_value_info(value[0], TensorProto.FLOAT, value[1])
        constants = [numpy_helper.from_array(array.astype(np.float32), label) for label, array in weights.items()]
        graph = helper.make_graph(nodes, name, [of(value) for value in inputs], [of(output)], constants)
        self.onnx = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        onnx.checker.check_model(self.onnx)

    def write(self, folder):
        onnx.save(self.onnx, folder / "model.onnx")
        draw = np.random.default_rng(7)
        data = [[round(float(value), 3) for value in draw.uniform(-1, 1, int(np.prod(shape)))] for shape in self.shapes]
        (folder / "input.json").write_text(json.dumps({"input_data": data}))


def weights(**shapes):
    draw = np.random.default_rng(3)
    return {name: np.round(draw.uniform(-0.8, 0.8, shape), 3) for name, shape in shapes.items()}


def dense_layers(widths, activation):
    nodes, shapes, last = [], {}, "x"
    for layer, (width, out) in enumerate(zip(widths, widths[1:])):
        shapes[f"w{layer}"], shapes[f"b{layer}"] = (width, out), (out,)
        dense = f"d{layer}"
        nodes.append(helper.make_node("Gemm", [last, f"w{layer}", f"b{layer}"], [dense]))
        last = dense
        if activation and layer + 2 < len(widths):
            nodes.append(helper.make_node(activation, [dense], [f"a{layer}"]))
            last = f"a{layer}"
    return nodes, last, weights(**shapes)


def dense(name, widths, activation=None, **how):
    nodes, last, drawn = dense_layers(widths, activation)
    nodes.append(helper.make_node("Identity", [last], ["y"]))
    return Model(name, nodes, [("x", [1, widths[0]])], ("y", [1, widths[-1]]), drawn, **how)


def convolution():
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["c"], kernel_shape=[3, 3], strides=[1, 1], pads=[0, 0, 0, 0], dilations=[1, 1]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("Flatten", ["r"], ["f"]),
        helper.make_node("Gemm", ["f", "w", "b"], ["y"]),
    ]
    drawn = weights(k=(2, 1, 3, 3), w=(18, 2), b=(2,))
    return Model("convolution", nodes, [("x", [1, 1, 5, 5])], ("y", [1, 2]), drawn)


def several_inputs():
    nodes = [
        helper.make_node("Gemm", ["p", "u", "b"], ["l"]),
        helper.make_node("Gemm", ["q", "v", "b"], ["r"]),
        helper.make_node("Mul", ["l", "r"], ["m"]),
        helper.make_node("Relu", ["m"], ["y"]),
    ]
    drawn = weights(u=(3, 4), v=(2, 4), b=(4,))
    return Model("several_inputs", nodes, [("p", [1, 3]), ("q", [1, 2])], ("y", [1, 4]), drawn)


def pooled():
    nodes = [
        helper.make_node("MaxPool", ["x"], ["p"], kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("Gemm", ["f", "w", "b"], ["y"]),
    ]
    return Model("pooled", nodes, [("x", [1, 1, 4, 4])], ("y", [1, 2]), weights(w=(4, 2), b=(2,)))


MODELS = [
    dense("linear", [5, 3]),
    dense("relu", [6, 7, 4], "Relu"),
    dense("sigmoid", [4, 5, 2], "Sigmoid"),
    dense("tanh", [4, 5, 2], "Tanh"),
    dense("larger", [16, 24, 10], "Relu", logrows=16),
    dense("hidden_inputs", [4, 4, 2], "Relu", visibility=("hashed", "public", "fixed")),
    dense("committed_weights", [4, 4, 2], "Relu", visibility=("public", "public", "polycommit")),
    convolution(),
    several_inputs(),
    pooled(),
]
# The ones whose circuits differ most and prove fastest.
SMALL = ("linear", "tanh")
