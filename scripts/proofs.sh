#!/usr/bin/env bash
# Holds every proof vector against the command line, against snarkjs, and against a running chain.
set -euo pipefail
. "$(dirname "$0")/env.sh"
. "$ROOT/scripts/processes.sh"

given=()
case "${1:-}" in
	"") ;;
	--all) given+=(--all) ;;
	-h | --help)
		usage "proofs.sh [--all]    asks the chain about every vector of EZKL, or about one model's and all valid ones; builds nothing: run scripts/test.sh or scripts/demo.sh first; snarkjs is left out where there is no npm"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-proofs.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

rpc="$(free_port)"
url="ws://127.0.0.1:$rpc"
# The chain accepts the reference string that the vectors of EZKL were made for.
"$NODE_BIN" export-chain-spec --chain dev 2>/dev/null | "$VENV_PYTHON" -c '
import json, sys
spec, srs = json.load(sys.stdin), json.load(open(sys.argv[1]))
words = [*srs["g1"], *(srs[point][part] for point in ("g2", "neg_s_g2") for part in ("x_c1", "x_c0", "y_c1", "y_c0"))]
points = "0x" + "".join(word.removeprefix("0x") for word in words)
patch = spec["genesis"]["runtimeGenesis"]["patch"]
patch["proofs"]["referenceStrings"].append([points, "INSECURE: that of the vectors"])
json.dump(spec, sys.stdout)' "$ROOT/primitives/verifiers/fixtures/ezkl/srs.json" >"$FOLDER/chain.json"
launch proofs "$FOLDER" --dev --chain "$FOLDER/chain.json" --tmp --rpc-port "$rpc" --port "$(free_port)"

given+=(--opg "$OPG_BIN" --url "$url")
if command -v npm >/dev/null && command -v node >/dev/null; then
	"$ROOT/scripts/proofs/install.sh"
	given+=(--snarkjs "$ROOT/.opg/proofs/snarkjs.mjs")
else
	say "snarkjs: left out, there is no npm"
fi
first_block() { [ "$("$OPG_BIN" --url "$url" status --json | json 'it["best"]')" -gt 0 ]; }
wait_for 60 "the first block" first_block
"$VENV_PYTHON" "$ROOT/scripts/proofs/check_vectors.py" "${given[@]}"
