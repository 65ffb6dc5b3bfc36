"""Holds the vectors of Groth16 and EZKL against `opg proof verify`, against snarkjs, and against a running chain."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

ALL_FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "primitives/verifiers/fixtures"
FIXTURES = ALL_FIXTURES / "groth16"
CIRCUITS = ("cubic_1", "poly_8", "dense_70")
EZKL = ALL_FIXTURES / "ezkl"
MODELS = ("mlp_4_8_3_fixed", "mlp_4_8_3_polycommit", "mlp_4_8_3_hashed", "sigmoid_6_5_2", "conv_1x6x6")
# Of the other models a chain is asked about the valid ones only, unless told to judge all.
THOROUGH = MODELS[0]
# Accounts of a development chain: each sends one transaction after the other.
ACCOUNTS = [f"//{name}{rest}" for name in ("Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie") for rest in ("", "//stash")]


class Case:
    """A vector, as files."""

    def __init__(self, circuit, given, folder):
        self.name = f"{circuit}/{given['name']}"
        self.accept = given["expect"] == "accept"
        self.at_registration = given["stage"] == "register"
        self.said = given["said"]["snarkjs"]
        self.key = {form: FIXTURES / circuit / f"{given['vk']}.{form}" for form in ("json", "hex")}
        self.public = self.write(folder, "public.json", json.dumps([str(int(word, 16)) for word in given["public"]]))
        self.proof = {"hex": self.write(folder, "proof.hex", given["proof"])}
        if len(given["proof"]) == 512:
            self.proof["json"] = self.write(folder, "proof.json", json.dumps(as_snarkjs(given["proof"])))

    def write(self, folder, ending, text):
        path = folder / f"{self.name.replace('/', '-')}.{ending}"
        path.write_text(text)
        return path

    def files(self, form):
        proof = self.proof.get(form, self.proof["hex"])
        return [*self.key_files(form), "--proof", proof, "--public", self.public]

    def key_files(self, form="json"):
        return ["--system", "groth16", "--key", self.key[form]]

    def key_bytes(self):
        return self.key["hex"].read_text()

    forms = ("json", "hex")


class EzklCase(Case):
    """A vector of EZKL, as files."""

    forms = ("json",)

    def __init__(self, model, given, folder):
        self.name = f"{model}/{given['name']}"
        self.accept = given["expect"] == "accept"
        self.at_registration = given["stage"] == "register"
        self.key = EZKL / model / given["vka"]
        self.proof = self.file(model, given["proof"], folder, "proof.hex")
        instances = given["instances"]
        words = instances if isinstance(instances, str) else "".join(word.removeprefix("0x") for word in instances)
        self.public = self.file(model, words, folder, "public.hex")
        self.on_chain = self.accept or model == THOROUGH

    def file(self, model, given, folder, ending):
        return EZKL / model / given if given.endswith(".json") else self.write(folder, ending, given)

    def files(self, form):
        return [*self.key_files(form), "--srs", EZKL / "srs.json", "--proof", self.proof, "--public", self.public]

    def key_files(self, form="json"):
        return ["--system", "ezkl", "--key", self.key]

    def key_bytes(self):
        return self.key.read_bytes()


def as_snarkjs(proof):
    a, b, c, d, e, f, g, h = (str(int(proof[i : i + 64], 16)) for i in range(0, 512, 64))
    return {
        "pi_a": [a, b, "1"],
        "pi_b": [[d, c], [f, e], ["1", "0"]],
        "pi_c": [g, h, "1"],
        "protocol": "groth16",
        "curve": "bn128",
    }


def cases(folder):
    for circuit in CIRCUITS:
        for given in json.loads((FIXTURES / circuit / "cases.json").read_text()):
            yield Case(circuit, given, folder)


def ezkl_cases(folder):
    for model in MODELS:
        for given in json.loads((EZKL / model / "cases.json").read_text()):
            yield EzklCase(model, given, folder)


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def locally(opg, case):
    """What is wrong with `opg proof verify` about a case; nothing if all is well."""
    for form in case.forms:
        done = run(opg, "proof", "verify", *case.files(form))
        expected = (0, "valid") if case.accept else (1, "invalid: ")
        if done.returncode != expected[0] or not done.stdout.startswith(expected[1]):
            yield f"{case.name} ({form}): exit {done.returncode}, {done.stdout}{done.stderr}"


def by_snarkjs(script, judged):
    """Where snarkjs says something else than the vectors say it does, and the cases in which it errs."""
    asked = [case for case in judged if "json" in case.proof]
    lines = "".join(json.dumps([str(case.key["json"]), str(case.proof["json"]), str(case.public)]) + "\n" for case in asked)
    done = subprocess.run(["node", script], input=lines, capture_output=True, text=True, check=False)
    said = done.stdout.split()
    if done.returncode or len(said) != len(asked):
        return [f"snarkjs: exit {done.returncode}, {len(said)} of {len(asked)} verdicts: {done.stderr[-500:]}"], []
    pairs = list(zip(asked, (word == "1" for word in said)))
    wrong = [f"{case.name}: snarkjs says {holds}, not {case.said}" for case, holds in pairs if holds != (case.said == "accept")]
    return wrong, [case.name for case, holds in pairs if holds != case.accept]


class Chain:
    """A chain on which each account sends what is given to it, in turn."""

    def __init__(self, opg, url):
        self.opg, self.url = opg, url

    def ask(self, account, *words):
        return run(self.opg, "--url", self.url, "--suri", account, "--json", "proof", *words)

    def spread(self, work, items):
        """Does `work(account, item)` for all items, by all accounts at once."""
        lanes = [(account, items[place :: len(ACCOUNTS)]) for place, account in enumerate(ACCOUNTS)]
        with ThreadPoolExecutor(len(lanes)) as pool:
            done = pool.map(lambda lane: [found for item in lane[1] for found in work(lane[0], item)], lanes)
            return [found for lane in done for found in lane]

    def registers(self, account, case):
        done = self.ask(account, "key", "register", *case.key_files())
        refused = done.returncode == 1 and "Proofs::Key(" in done.stderr
        if (not refused) if case.at_registration else done.returncode:
            yield f"the key of {case.name}: exit {done.returncode}, {done.stdout}{done.stderr}"

    def submits(self, account, case):
        done = self.ask(account, "submit", *case.files("json"))
        if case.accept:
            is_right = done.returncode == 0 and "statement" in json.loads(done.stdout)
        else:
            is_right = done.returncode == 1 and "Proofs::Proof(" in done.stderr
        if not is_right:
            yield f"{case.name}: exit {done.returncode}, {done.stdout}{done.stderr}"


def on_chain(chain, judged):
    # Some vectors take another circuit's key.
    keys = list({case.key_bytes(): case for case in judged}.values())
    wrong = chain.spread(chain.registers, keys)
    # A key that was refused has no statements; its proofs are refused for want of it.
    return wrong + chain.spread(chain.submits, judged)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opg", required=True, help="the command line to test")
    parser.add_argument("--snarkjs", help="the script that asks snarkjs")
    parser.add_argument("--url", help="a development chain's node")
    parser.add_argument("--all", action="store_true", help="ask the chain about every vector of EZKL")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="opg-vectors-") as folder:
        of_groth16 = list(cases(pathlib.Path(folder)))
        of_ezkl = list(ezkl_cases(pathlib.Path(folder)))
        judged = of_groth16 + of_ezkl
        accepted = sum(case.accept for case in judged)
        with ThreadPoolExecutor(4) as pool:
            wrong = [found for each in pool.map(lambda case: list(locally(args.opg, case)), judged) for found in each]
        told = [
            f"{len(of_groth16)} vectors of Groth16 and {len(of_ezkl)} of EZKL, {accepted} valid",
            "as they should be by `opg proof verify`",
        ]
        if args.snarkjs:
            found, errs = by_snarkjs(args.snarkjs, of_groth16)
            wrong += found
            told.append(f"snarkjs agrees but for {len(errs)} it takes ({', '.join(errs)})")
        if args.url:
            asked = of_groth16 + [case for case in of_ezkl if args.all or case.on_chain]
            wrong += on_chain(Chain(args.opg, args.url), asked)
            told.append(f"{len(asked)} as they should be on the chain")
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        sys.exit(f"{len(wrong)} verdicts are not as they should be")
    print(f"proofs: {'; '.join(told)}")


if __name__ == "__main__":
    main()
