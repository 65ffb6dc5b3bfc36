"""Proves models with EZKL, and holds `opg proof verify` against EZKL's own verifier on the proofs and on tampered ones."""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import time

from ezkl_models import MODELS, SMALL

HERE = pathlib.Path(__file__).resolve().parent
R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
SEED = "differential"
# EZKL's verifiers take these, which nobody may: see docs/proofs.md.
EZKL_TAKES = ("trailing",)


def tampered(proof, inputs, commitments, draw, many):
    """Name, proof and public inputs (as integers) of what must be refused."""
    size = len(proof)

    def with_word(at, value):
        return proof[:at] + value.to_bytes(32, "big") + proof[at + 32 :]

    word = lambda at: int.from_bytes(proof[at : at + 32], "big")
    for _ in range(many):
        at = draw.randrange(size)
        yield f"bit of byte {at}", proof[:at] + bytes([proof[at] ^ 1 << draw.randrange(8)]) + proof[at + 1 :], inputs
    first = draw.randrange(commitments - 1) * 64
    yield "swapped", proof[:first] + proof[first + 64 : first + 128] + proof[first : first + 64] + proof[first + 128 :], inputs
    at = draw.randrange(commitments) * 64
    yield "generator", with_word(at, 1)[: at + 32] + (2).to_bytes(32, "big") + proof[at + 64 :], inputs
    yield "identity", proof[:at] + bytes(64) + proof[at + 64 :], inputs
    at = commitments * 64 + draw.randrange((size - 128 - commitments * 64) // 32) * 32
    yield "evaluation plus one", with_word(at, (word(at) + 1) % R), inputs
    if word(at) + R < 2**256:
        yield "evaluation plus r", with_word(at, word(at) + R), inputs
    yield "truncated", proof[:-32], inputs
    yield "trailing", proof + bytes(32), inputs
    for at in {0, len(inputs) - 1, draw.randrange(len(inputs))}:
        yield f"input {at} plus one", proof, [*inputs[:at], (inputs[at] + 1) % R, *inputs[at + 1 :]]
    yield "input missing", proof, inputs[:-1]
    yield "input added", proof, [*inputs, 0]
    if inputs[0] + R < 2**256:
        yield "input plus r", proof, [inputs[0] + R, *inputs[1:]]


class Proved:
    """A model that was proved, and what it says of files."""

    def __init__(self, model, folder, args):
        self.model, self.args = model, args
        self.folder = folder / model.name
        self.folder.mkdir(parents=True, exist_ok=True)
        model.write(self.folder)
        start = time.monotonic()
        words = [args.python, HERE / "ezkl_prove.py", self.folder, args.srs(model.logrows), "/".join(model.visibility), model.logrows]
        with open(self.folder / "log", "w") as log:
            self.own = subprocess.Popen(
                [str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        while (line := self.own.stdout.readline()) and line != "ready\n":
            pass
        if not line:
            raise SystemExit(f"{model.name} was not proved: see {self.folder / 'log'}")
        self.seconds = time.monotonic() - start
        self.proof = json.loads((self.folder / "proof.json").read_text())

    def by_ezkl(self, file):
        try:
            self.own.stdin.write(f"{file}\n")
            self.own.stdin.flush()
            while (line := self.own.stdout.readline()) not in ("", "valid\n", "invalid\n"):
                pass
        except BrokenPipeError:
            line = ""
        if not line:
            raise SystemExit(f"EZKL's verifier of {self.model.name} ended: see {self.folder / 'log'}")
        return line == "valid\n"

    def by_opg(self, file, key=None):
        key = key or self.folder / "vka.bytes"
        words = ["proof", "verify", "--system", "ezkl", "--key", key, "--srs", self.args.verifier, "--proof", file]
        done = subprocess.run([self.args.opg, *map(str, words)], capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(f"opg proof verify: exit {done.returncode}, {done.stdout}{done.stderr}")
        return done.returncode == 0

    def disagreements(self, many):
        proof = bytes(self.proof["proof"])
        inputs = [int.from_bytes(bytes.fromhex(word.removeprefix("0x")), "little") for word in self.proof["instances"][0]]
        own = self.folder / "proof.json"
        if not self.by_opg(own) or not self.by_ezkl(own):
            yield f"{self.model.name}: its proof is not believed"
        commitments = self.commitments()
        draw = random.Random(self.model.name)
        for name, changed, words in tampered(proof, inputs, commitments, draw, many):
            file = self.folder / "tampered.json"
            instances = [[word.to_bytes(32, "little").hex() for word in words]]
            file.write_text(json.dumps({**self.proof, "proof": list(changed), "hex_proof": "0x" + changed.hex(), "instances": instances}))
            if self.by_opg(file):
                yield f"{self.model.name}: {name} is believed"
            if self.by_ezkl(file) != (name in EZKL_TAKES):
                yield f"{self.model.name}: EZKL says something else of {name} than was seen before"
            self.judged += 1

    judged = 1

    def commitments(self):
        """Of a proof, from the key: the rounds after its header, 16 bits of bytes and 8 of challenges each."""
        artefact = (self.folder / "vka.bytes").read_bytes()
        word = lambda index: int.from_bytes(artefact[8 + 32 * index : 40 + 32 * index], "big")
        packed, points = word(33) >> 8, 0
        while packed:
            points, packed = points + (packed & 0xFFFF) // 64, packed >> 24
        return points

    def end(self):
        self.own.stdin.close()
        self.own.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opg", required=True, help="the command line to test")
    parser.add_argument("--python", required=True, help="a Python that has EZKL")
    parser.add_argument("--folder", required=True, type=pathlib.Path, help="where to work; what was proved there before is taken as it is")
    parser.add_argument("--small", action="store_true", help="two models only")
    parser.add_argument("--flips", type=int, default=40, help="bits of each proof to flip")
    args = parser.parse_args()
    models = [model for model in MODELS if not args.small or model.name in SMALL]
    args.folder.mkdir(parents=True, exist_ok=True)
    args.srs, args.verifier = lambda k: args.folder / f"insecure-{SEED}-k{k}.srs", args.folder / f"insecure-{SEED}.srs.json"
    # A string for each size: EZKL would cut a longer one down for each proof that it judges, which takes seconds.
    for k in {model.logrows for model in models}:
        if not args.srs(k).exists():
            subprocess.run([args.opg, "proof", "srs", "--insecure-seed", SEED, "--k", str(k), "--out", str(args.folder)], check=True)
    wrong, judged = [], 0
    for model in models:
        proved = Proved(model, args.folder, args)
        wrong += proved.disagreements(args.flips)
        proved.end()
        judged += proved.judged
        sizes = f"{len(proved.proof['proof'])} bytes, key {(proved.folder / 'vka.bytes').stat().st_size}"
        print(f"{model.name}: {proved.judged} proofs judged; {sizes}; made in {proved.seconds:.0f} s", flush=True)
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        sys.exit(f"{len(wrong)} verdicts are not as they should be")
    verdict = "what holds is believed by both verifiers, what was tampered with by neither, but for trailing bytes, which EZKL takes"
    print(f"ezkl: {len(models)} models, {judged} proofs: {verdict}")


if __name__ == "__main__":
    main()
