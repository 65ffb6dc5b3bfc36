"""Writes the table of proofs in docs/benchmarks.md from docs/benchmarks/proofs.json, which `opg bench proofs --json` printed."""

import json
import pathlib

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- proofs: written by scripts/proofs/table.py -->", "<!-- end of proofs -->"
# Circuits by their public inputs, and how the names of their figures end.
CIRCUITS = [(1, "_inputs1"), (8, ""), (70, "_inputs70")]
TIMES = [
    ("ark-groth16, one", "groth16_arkworks_us"),
    ("gnark, one", "groth16_gnark_us"),
    ("snarkjs, one", "groth16_snarkjs_us"),
    ("ours, one", "groth16_single_us"),
    ("ours, of a batch of 8", "groth16_batch8_us"),
    ("ours, of a batch of 64", "groth16_batch64_us"),
    ("ours, of a batch of 256", "groth16_batch256_us"),
    ("ours, one, machine code beside Wasm", "groth16_native_single_us"),
    ("ours, one, Wasm with the node's arithmetic", "groth16_host_single_us"),
    ("ours, one, Wasm alone", "groth16_wasm_single_us"),
    ("ours, of a batch of 64, Wasm with the node's arithmetic", "groth16_host_batch64_us"),
    ("ours, of a batch of 64, Wasm alone", "groth16_wasm_batch64_us"),
]
TARGETS = [
    ("one, by arkworks' time", "groth16_single_over_arkworks", "at most 1.15"),
    ("one of a batch of 64, by one alone", "groth16_batch64_over_single", "at most 0.40"),
    ("one, Wasm with the node's arithmetic, by machine code", "groth16_host_over_native", "at most 1.25"),
]


# Models of EZKL, and how the names of their figures end.
MODELS = [
    ("4-8-3", ""),
    ("4-8-3, committed weights", "_mlp_4_8_3_polycommit"),
    ("4-8-3, hashed weights", "_mlp_4_8_3_hashed"),
    ("6-5-2, sigmoid", "_sigmoid_6_5_2"),
    ("convolution", "_conv_1x6x6"),
]
EZKL_TIMES = [
    ("EZKL's own verifier, one", "ezkl_own_verify_ms"),
    ("ours, one, machine code", "ezkl_native_ms"),
    ("ours, one, Wasm with the node's arithmetic", "ezkl_host_ms"),
    ("ours, one, Wasm alone", "ezkl_wasm_ms"),
    ("ours, of a batch of 16, machine code", "ezkl_batch16_per_proof_ms"),
    ("ours, of a batch of 16, Wasm with the node's arithmetic", "ezkl_host_batch16_per_proof_ms"),
    ("ours, of a batch of 16, Wasm alone", "ezkl_wasm_batch16_per_proof_ms"),
]


def ezkl_table(figures):
    yield ""
    yield "| milliseconds, model of EZKL: | " + " | ".join(name for name, _ in MODELS) + " |"
    yield "|---|" + "---|" * len(MODELS)
    for what, name in EZKL_TIMES:
        times = (f"{figures[name + suffix]:.2f}" if name + suffix in figures else "–" for _, suffix in MODELS)
        yield f"| {what} | " + " | ".join(times) + " |"
    yield ""
    yield "Targets for the 4-8-3 model: at most 3 ms in machine code and 10 ms in Wasm alone."


def cell(figures, name):
    return f"{figures[name]:,.0f}" if name in figures else "–"


def tables(figures):
    yield "| microseconds, public inputs: | " + " | ".join(str(inputs) for inputs, _ in CIRCUITS) + " |"
    yield "|---|" + "---|" * len(CIRCUITS)
    for what, name in TIMES:
        yield f"| {what} | " + " | ".join(cell(figures, name + suffix) for _, suffix in CIRCUITS) + " |"
    yield ""
    yield "| ratio, public inputs: | " + " | ".join(str(inputs) for inputs, _ in CIRCUITS) + " | target |"
    yield "|---|" + "---|" * (len(CIRCUITS) + 1)
    for what, name, target in TARGETS:
        ratios = (f"{figures[name + suffix]:.2f}" if name + suffix in figures else "–" for _, suffix in CIRCUITS)
        yield f"| {what} | " + " | ".join(ratios) + f" | {target} |"
    if "ezkl_native_ms" in figures:
        yield from ezkl_table(figures)
    if "groth16_per_block" in figures:
        yield ""
        yield (
            f"Proofs per block, in batches of 64 with 8 public inputs: {figures['groth16_per_block']} in the middle of "
            f"{figures['groth16_blocks']} full blocks, {figures['groth16_per_s']:.0f} a second. They took "
            f"{100 * figures['groth16_per_block_share']:.0f} % of the weight that transactions may take: another batch is charged more than "
            f"the rest before it runs, and gives most of it back after."
        )


def main():
    figures = json.loads((DOCS / "benchmarks/proofs.json").read_text())
    page = DOCS / "benchmarks.md"
    text = page.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(tables(figures)) + f"\n{END}{after}")


if __name__ == "__main__":
    main()
