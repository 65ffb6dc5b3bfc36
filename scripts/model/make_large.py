"""Makes a model that looks up a row of a large table, with the table in a file beside it: ONNX's external data.

usage: make_large.py FOLDER BYTES    writes FOLDER/large.onnx and FOLDER/table.bin of about so many bytes.
"""

import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper

WIDTH = 64
ROWS_AT_A_TIME = 1 << 16


def value(row):
    """What the table has in a row."""
    return ((np.arange(WIDTH, dtype=np.int64) + row * WIDTH) % 65537).astype(np.float32)


def main(folder, size):
    folder, rows = Path(folder), int(size) // (WIDTH * 4)
    with open(folder / "table.bin", "wb") as file:
        for begin in range(0, rows, ROWS_AT_A_TIME):
            end = min(rows, begin + ROWS_AT_A_TIME)
            block = np.arange(begin * WIDTH, end * WIDTH, dtype=np.int64) % 65537
            file.write(block.astype(np.float32).tobytes())
    table = TensorProto(name="table", data_type=TensorProto.FLOAT, dims=[rows, WIDTH], data_location=TensorProto.EXTERNAL)
    for key, text in [("location", "table.bin"), ("offset", "0"), ("length", str(rows * WIDTH * 4))]:
        table.external_data.add(key=key, value=text)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "row"], ["values"], axis=0)],
        "large",
        [helper.make_tensor_value_info("row", TensorProto.INT64, [1])],
        [helper.make_tensor_value_info("values", TensorProto.FLOAT, [1, WIDTH])],
        [table],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    (folder / "large.onnx").write_bytes(model.SerializeToString())
    checker.check_model(str(folder / "large.onnx"))
    print(rows)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
