#!/usr/bin/env bash
# Starts a development chain and goes through it with polkadot.js as the apps do: a short pass, or with --whole also what takes eras.
set -euo pipefail
. "$(dirname "$0")/env.sh"
. "$ROOT/scripts/processes.sh"

pass=short
case "${1:-}" in
	"") ;;
	--whole) pass=whole ;;
	-h | --help)
		usage "polkadotjs.sh [--whole]    --whole: on a chain of short eras, about ten minutes; builds nothing: run scripts/demo.sh or scripts/test.sh first"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

MIN_NODEJS=18
SUITE="$ROOT/scripts/polkadotjs"
RECORD="$ROOT/.opg/polkadotjs"
# Eras of a minute, and stakes that return after two of them.
PACE='{"epochSlots": 20, "sessionsPerEra": 1, "bondingEras": 2, "haste": 1440}'

[ -x "$NODE_BIN" ] && [ -x "$OPG_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."
[ -x "$VENV_PYTHON" ] || die "there is no .opg/venv yet: run scripts/setup.sh first."

libraries() {
	if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
		apt_install nodejs npm
	fi
	at_least "$(node --version | tr -d v)" "$MIN_NODEJS" ||
		die "Node.js $MIN_NODEJS or newer is needed and node is $(node --version): install it, then run this again."
	if cmp -s "$SUITE/package-lock.json" "$SUITE/node_modules/.installed"; then
		say "JavaScript packages: all there"
		return
	fi
	say "JavaScript packages: installing into scripts/polkadotjs/node_modules (about 30 MB to fetch)"
	(cd "$SUITE" && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error) ||
		die "npm could not install scripts/polkadotjs/package-lock.json: check the network and npm's configuration, then run this again."
	# Written last: it says that all of the above went well.
	cp "$SUITE/package-lock.json" "$SUITE/node_modules/.installed"
}
libraries

mkdir -p "$RECORD"
rm -f "$RECORD/node.log" "$RECORD/$pass.json"
code=0
trap 'code=$?; stop_all; [ $code -eq 0 ] || echo "the node'"'"'s log: .opg/polkadotjs/node.log" >&2; exit $code' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

chain=dev
if [ $pass = whole ]; then
	chain="$RECORD/chain.json"
	"$NODE_BIN" export-chain-spec --chain dev 2>/dev/null | "$VENV_PYTHON" -c '
import json, sys
spec = json.load(sys.stdin)
spec["genesis"]["runtimeGenesis"]["patch"]["clock"]["pace"] = json.loads(sys.argv[1])
json.dump(spec, sys.stdout)' "$PACE" >"$chain"
fi

"$VENV_PYTHON" scripts/model/make_counter.py "$RECORD"
rpc_port="$(free_port)"
url="ws://127.0.0.1:$rpc_port"
# All states are kept, since every block is looked at in the end.
launch node "$RECORD" --dev --chain "$chain" --tmp --state-pruning archive --rpc-port "$rpc_port" --port "$(free_port)"
first_block() { [ "$("$OPG_BIN" --url "$url" status --json | json 'it["best"]')" -gt 0 ]; }
wait_for 300 "the first block" first_block
say "node started: $url, log in .opg/polkadotjs/node.log"

arguments=(--url "$url" --out "$RECORD/$pass.json" --model "$RECORD/counter.onnx" --opg "$OPG_BIN")
[ $pass = short ] || arguments+=(--whole)
node "$SUITE/suite.js" "${arguments[@]}" || die "some steps failed: see above, and .opg/polkadotjs/$pass.json."
say "polkadot.js: passed; what was found is in .opg/polkadotjs/$pass.json"
