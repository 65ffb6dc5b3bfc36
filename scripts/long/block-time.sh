#!/usr/bin/env bash
# Measures whether four validators on this machine hold blocks of 3 s while requests settle; writes a table and a plot to docs/benchmarks.md.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

minutes=30
rate=5
port=
write=yes
while [ $# -gt 0 ]; do
	case "$1" in
		--minutes | --rate)
			[[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || die "$1 takes a number from 1 on."
			if [ "$1" = --minutes ]; then minutes="$2"; else rate="$2"; fi
			shift 2
			;;
		--port)
			[[ "${2:-}" =~ ^[1-9][0-9]{3,4}$ ]] && [ "$2" -le 44000 ] || die "--port takes a number from 1000 to 44000."
			port="$2"
			shift 2
			;;
		--no-table)
			write=
			shift
			;;
		-h | --help)
			usage "long/block-time.sh [--minutes N] [--rate N] [--port N] [--no-table]
  --minutes N  how long to measure; $minutes by default
  --rate N     requests asked a second; $rate by default
  --port N     listen on N to N+3 and N+21000 to N+21003; on any free ports by default
  --no-table   leave docs/ as it is

builds nothing: run scripts/test.sh first. Nothing else should run on the machine. The raw measurement is .opg/block-time/result.json."
			exit
			;;
		*) die "unknown option '$1': see --help." ;;
	esac
done
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/test.sh first."

# Seconds after which the measurement begins even if not as many requests settle as are asked.
WARM_UP=240
# The identity that belongs to Alice's network key, which is the number 1.
PEER=12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp
NAMES=(alice bob charlie dave)
# Blocks whose states are kept: the measurement reads the events of all of them at its end.
KEPT=$((20 * minutes + 512))
# Who owns the node whose jobs the validator of that name runs.
declare -A OWNER=([alice]=Eve [bob]=Ferdie)

PLOTS="$ROOT/.opg/plots"
FOLDER="$ROOT/.opg/block-time"
"$ROOT/scripts/network-tools.sh"
if ! cmp -s "$ROOT/scripts/requirements-plots.txt" "$PLOTS/requirements.txt"; then
	say "plotting library: installing into .opg/plots (about 40 MB to fetch)"
	"$VENV_PYTHON" -m venv --clear "$PLOTS"
	"$PLOTS/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: -r "$ROOT/scripts/requirements-plots.txt" ||
		die "pip could not install scripts/requirements-plots.txt: check the network and pip's configuration, then run this again."
	# Written last: it says that all of the above went well.
	cp "$ROOT/scripts/requirements-plots.txt" "$PLOTS/requirements.txt"
fi

rm -rf "$FOLDER"
mkdir -p "$FOLDER"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2; exit $code' EXIT
trap 'exit 130' INT TERM

declare -A RPC=()
urls=()
for number in "${!NAMES[@]}"; do
	name="${NAMES[$number]}"
	if [ -n "$port" ]; then rpc=$((port + number)) p2p=$((port + 21000 + number)); else rpc="$(free_port)" p2p="$(free_port)"; fi
	RPC[$name]="$rpc"
	urls+=("ws://127.0.0.1:$rpc")
	more=(--node-key "$(printf '%064x' $((number + 1)))")
	if [ "$name" = alice ]; then
		boot="/ip4/127.0.0.1/tcp/$p2p/p2p/$PEER"
	else
		more+=(--bootnodes "$boot")
	fi
	if [ -n "${OWNER[$name]:-}" ]; then
		"$NODE_BIN" key insert --chain local --base-path "$FOLDER/$name" --scheme sr25519 --key-type opgw --suri "//${OWNER[$name]}//worker"
		more+=(--role inference --accelerator cpu)
	fi
	launch "$name" "$FOLDER" --chain local "--$name" --base-path "$FOLDER/$name" --trie-cache-size 67108864 --state-pruning "$KEPT" \
		--port "$p2p" --rpc-port "$rpc" "${more[@]}"
done
say "four validators are starting, two of which run models"
opg() { "$OPG_BIN" --url "${urls[0]}" --dev alice --json "$@"; }
for name in "${NAMES[@]}"; do
	wait_for 600 "$name's node" "$OPG_BIN" --url "ws://127.0.0.1:${RPC[$name]}" status
done

"$VENV_PYTHON" "$ROOT/scripts/model/make_counter.py" "$FOLDER"
model="$(opg model publish "$FOLDER/counter.onnx" --name counter --price 0.01OPG --store-url "${urls[1]}" | json 'it["model"]')"
served_by_two() { [ "$(opg model show "$model" | json 'len(it["served_by"])')" = "${#OWNER[@]}" ]; }
wait_for 600 "both nodes to serve the model" served_by_two
opg infer "$model" --input '{"n": 3}' --deadline 100 --finalized >"$FOLDER/first.json" || die "the first request did not settle: see $FOLDER/first.json."
say "a first request settled; asking $rate a second and warming up, $WARM_UP s at most"

joined="$(IFS=,; echo "${urls[*]}")"
node "$ROOT/zombienet/block-time.js" measure "$joined" "$rate" "$minutes" "$WARM_UP" "$FOLDER/result.json" ||
	die "the measurement failed: see above."
all_live || die "a node has stopped."
[ -n "$write" ] || exit 0
"$PLOTS/bin/python" "$ROOT/scripts/plots/block_time.py" "$FOLDER/result.json" "$ROOT/docs/block-time.png"
node "$ROOT/zombienet/block-time.js" table "$FOLDER/result.json" "$ROOT/docs/benchmarks.md" block-time.png ||
	die "an aim was not held: see docs/benchmarks.md."
echo "block-time: every aim held over $minutes minutes"
