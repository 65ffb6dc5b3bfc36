#!/usr/bin/env bash
# Ten minutes of models that loop, eat memory, give another shape or NaN, and of killed engines: honest requests settle, no slot is missed.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

minutes=10
while [ $# -gt 0 ]; do
	case "$1" in
		--minutes)
			minutes="${2:-}"
			[[ "$minutes" =~ ^[1-9][0-9]*$ ]] || die "--minutes takes a number from 1 on."
			shift 2
			;;
		-h | --help)
			usage "long/faults.sh [--minutes N]    builds nothing: run scripts/test.sh first"
			exit
			;;
		*) die "unknown option '$1': see --help." ;;
	esac
done
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

FIXTURES="$ROOT/node/worker/tests/fixtures"
# The identity that belongs to the well-known network key below.
KEY=0000000000000000000000000000000000000000000000000000000000000001
PEER=12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp
FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-faults.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

rpc="$(free_port)" p2p="$(free_port)"
opg() { "$OPG_BIN" --url "ws://127.0.0.1:$rpc" --json "$@"; }
declare -A RPC=([charlie]="$(free_port)" [dave]="$(free_port)")

# The validator runs models as well, so that what they do to its machine they do to its slots.
launch validator "$FOLDER" --dev --base-path "$FOLDER/validator" --node-key "$KEY" --port "$p2p" --rpc-port "$rpc" \
	--accelerator cpu --engine-memory 2048
for owner in charlie dave; do
	"$NODE_BIN" key insert --chain dev --base-path "$FOLDER/$owner" --scheme sr25519 --key-type opgw --suri "//${owner^}//worker"
	launch "$owner" "$FOLDER" --chain dev --base-path "$FOLDER/$owner" --role inference --accelerator cpu --engine-memory 2048 \
		--port "$(free_port)" --rpc-port "${RPC[$owner]}" --bootnodes "/ip4/127.0.0.1/tcp/$p2p/p2p/$PEER"
done
wait_for 60 "the chain" opg status
for owner in charlie dave; do
	wait_for 60 "$owner's node" "$OPG_BIN" --url "ws://127.0.0.1:${RPC[$owner]}" status
done

# publish FILE NAME: prints the model's number once all three nodes serve it.
publish() {
	local model
	model="$(opg model publish "$1" --name "$2" --price 0.01OPG --store-url "ws://127.0.0.1:$rpc" \
		--store-url "ws://127.0.0.1:${RPC[charlie]}" --store-url "ws://127.0.0.1:${RPC[dave]}" | json 'it["model"]')"
	wait_for 120 "three nodes that serve $2" served_by_three "$model"
	echo "$model"
}
served_by_three() { [ "$(opg model show "$1" | json 'len(it["served_by"])')" = 3 ]; }

"$VENV_PYTHON" scripts/model/train_digits.py "$FOLDER"
digits="$(publish "$FOLDER/digits.onnx" digits)"
loop="$(publish "$FIXTURES/loop.onnx" loop)"
huge="$(publish "$FIXTURES/huge.onnx" huge)"
lies="$(publish "$FIXTURES/lies.onnx" lies)"
nan="$(publish "$FIXTURES/nan.onnx" nan)"
head -n 40 "$FOLDER/rows.jsonl" >"$FOLDER/asked.jsonl"
say "three nodes serve an honest model and four that do harm"

slots() {
	"$VENV_PYTHON" - "$rpc" <<'PYTHON'
import json, sys, urllib.request
ask = json.dumps({"id": 1, "jsonrpc": "2.0", "method": "chain_getHeader", "params": []}).encode()
request = urllib.request.Request(f"http://127.0.0.1:{sys.argv[1]}", ask, {"Content-Type": "application/json"})
header = json.load(urllib.request.urlopen(request))["result"]
# PreRuntime, "BABE", length, kind of claim, authority (4 bytes), slot (8 bytes).
seal = next(bytes.fromhex(log[2:]) for log in header["digest"]["logs"] if log.startswith("0x0642414245"))
at = 5 + (1 if seal[5] & 3 == 0 else 2) + 1 + 4
print(int(header["number"], 16), int.from_bytes(seal[at:at + 8], "little"))
PYTHON
}

# Asks for harm, one question of each kind at a time, and never minds how it ends.
do_harm() {
	while :; do
		opg infer "$loop" --input '{"times": [9223372036854775807]}' --deadline 40 >>"$FOLDER/harm.jsonl" 2>/dev/null &
		opg infer "$huge" --input '{"count": [4000000000]}' --deadline 40 >>"$FOLDER/harm.jsonl" 2>/dev/null &
		opg infer "$lies" --input '{"x": [1.0], "shape": [5]}' --deadline 40 >>"$FOLDER/harm.jsonl" 2>/dev/null &
		opg infer "$nan" --input '{"x": [-1.0]}' --deadline 40 >>"$FOLDER/harm.jsonl" 2>/dev/null &
		wait
	done
}

# Ends engines in the middle of what they do, a third of them by each signal.
kill_engines() {
	local signals=(SEGV KILL ABRT) turn=0
	while sleep 17; do
		pkill "-${signals[turn % 3]}" -f "opg-node engine" || true
		turn=$((turn + 1))
	done
}

read -r first_block first_slot < <(slots)
do_harm &
harm=$!
kill_engines &
killer=$!
trap 'code=$?; kill $harm $killer 2>/dev/null || true; pkill -P $harm 2>/dev/null || true; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
until=$((SECONDS + minutes * 60))
while [ $SECONDS -lt $until ]; do
	opg infer "$digits" --input "$FOLDER/asked.jsonl" --deadline 60 >>"$FOLDER/honest.jsonl" 2>"$FOLDER/honest.err" || true
	all_live || die "a node has stopped."
	say "$(wc -l <"$FOLDER/honest.jsonl") honest requests, $(wc -l <"$FOLDER/harm.jsonl") harmful ones"
done
read -r last_block last_slot < <(slots)
kill $harm $killer 2>/dev/null || true

"$VENV_PYTHON" - "$FOLDER" "$((last_block - first_block))" "$((last_slot - first_slot))" <<'PYTHON'
import collections, json, sys
folder, blocks, slots = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
read = lambda name: [json.loads(line) for line in open(f"{folder}/{name}") if line.startswith("{")]
honest, harm = read("honest.jsonl"), read("harm.jsonl")
settled = sum(answer.get("state") == "settled" for answer in honest)
ends = collections.Counter(f'{a.get("state")} {a.get("fault", "")}'.strip() for a in harm)
print(f"honest: {settled} of {len(honest)} settled; harmful: {dict(ends)}; {blocks} blocks in {slots} slots")
if not honest or settled < 0.99 * len(honest):
    sys.exit("fewer than 99 % of the honest requests settled")
if blocks != slots:
    sys.exit(f"{slots - blocks} slots were missed")
print(f"faults: {100 * settled / len(honest):.1f} % of honest requests settled, 0 slots missed")
PYTHON
