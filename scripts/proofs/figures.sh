#!/usr/bin/env bash
# Measures verifiers side by side, other people's too, and prints all figures as one JSON object in the last line.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "proofs/figures.sh    a quarter of an hour the first time; snarkjs is left out without npm, gnark without Go"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

FIXTURE="$ROOT/primitives/verifiers/fixtures/groth16/poly_8"
cd "$ROOT"
found=()
# measure WHAT COMMAND...: keeps the last line that the command prints.
measure() {
	local what="$1" line
	shift
	say "measuring: $what" >&2
	line="$("$@" | tail -n 1)" || die "could not measure $what."
	found+=("$line")
}

# A filter that names no benchmark leaves criterion out.
measure "arkworks and ours in machine code" cargo bench --locked -p opg-verifiers --bench groth16 -- figures
measure "ours in Wasm, with and without the node's arithmetic" env -u SKIP_WASM_BUILD cargo bench --locked -p opg-engines --bench engines
if command -v npm >/dev/null && command -v node >/dev/null; then
	scripts/proofs/install.sh >&2
	measure snarkjs node .opg/proofs/snarkjs.mjs time "$FIXTURE/vk.json" "$FIXTURE/proof0.json" "$FIXTURE/public0.json"
fi
scripts/proofs/install-ezkl.sh >&2
measure "EZKL's own verifier" .opg/ezkl/bin/python scripts/proofs/own_verify.py
if command -v go >/dev/null; then
	mkdir -p .opg/proofs
	(cd scripts/proofs/gnark && go build -o "$ROOT/.opg/proofs/gnark" .) || die "gnark did not build: see above."
	measure gnark .opg/proofs/gnark "$FIXTURE"
fi

printf '%s\n' "${found[@]}" | "$VENV_PYTHON" -c '
import json, sys
figures = {}
for line in sys.stdin:
    figures.update(json.loads(line))
print(json.dumps(figures))'
