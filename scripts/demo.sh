#!/usr/bin/env bash
# Sets up, builds, starts a one-node chain and runs a trained model on it end to end: from nothing to checked answers.
set -euo pipefail
. "$(dirname "$0")/env.sh"

rows=all
keep=
while [ $# -gt 0 ]; do
	case "$1" in
		--rows)
			rows="${2:-}"
			[[ "$rows" =~ ^[1-9][0-9]*$ ]] || die "--rows takes a number from 1 on."
			shift 2
			;;
		--keep)
			keep=yes
			shift
			;;
		-h | --help)
			usage "demo.sh [--rows N] [--keep]    --rows: ask only the first N held-out rows; --keep: leave the node running"
			exit
			;;
		*) die "unknown option '$1': see --help." ;;
	esac
done

cd "$ROOT"
DEMO="$ROOT/.opg/demo"
OPG="$CARGO_TARGET_DIR/release/opg"
ABS=1e-5
REL=1e-4
node=

# Prints one field of the JSON on standard input; fails if it is missing or empty.
field() {
	"$VENV_PYTHON" -c '
import json, sys
value = json.load(sys.stdin).get(sys.argv[1])
print(value)
sys.exit(value in (None, "", [], {}))' "$1" 2>/dev/null
}

free_port() { "$VENV_PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

node_lives() { kill -0 "$node" 2>/dev/null; }

# shellcheck disable=SC2317
clean_up() {
	local code=$?
	trap - EXIT
	# Where this script was stopped from outside (130, 143), the node may have been stopped along with it.
	if [ -n "$node" ] && [ $code -ne 130 ] && [ $code -ne 143 ] && ! node_lives; then
		echo "the node is gone; the end of $DEMO/node.log:" >&2
		tail -n 20 "$DEMO/node.log" >&2
		code=1
	elif [ -n "$node" ] && { [ -z "$keep" ] || [ $code -ne 0 ]; }; then
		[ $code -eq 0 ] || echo "the node's log: $DEMO/node.log" >&2
		kill "$node" 2>/dev/null || true
		for _ in {1..50}; do
			node_lives || break
			sleep 0.2
		done
		kill -9 "$node" 2>/dev/null || true
	fi
	exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

ask() { timeout 20 "$OPG" --url "$url" "$@" --json 2>/dev/null; }

# wait_for SECONDS WHAT COMMAND...: tries the command until it succeeds.
wait_for() {
	local until=$((SECONDS + $1)) what="$2"
	shift 2
	until "$@" >/dev/null; do
		node_lives || die "the node stopped while waiting for $what."
		[ $SECONDS -lt $until ] || die "waited too long for $what."
		sleep 0.5
	done
}

"$ROOT/scripts/setup.sh"
# Again, for what the set-up wrote down.
# shellcheck source=env.sh
. "$ROOT/scripts/env.sh"

say "building (half an hour the first time on two cores)"
cargo build --release --workspace --locked
say "built"
SECONDS=0

mkdir -p "$DEMO"
rpc_port="$(free_port)"
url="ws://127.0.0.1:$rpc_port"
"$CARGO_TARGET_DIR/release/opg-node" --dev --tmp --rpc-port "$rpc_port" --port "$(free_port)" --no-prometheus \
	--onnxruntime "$OPG_ONNXRUNTIME" --log "${OPG_LOG:-info}" >"$DEMO/node.log" 2>&1 &
node=$!
say "node started: $url, log in .opg/demo/node.log"

"$VENV_PYTHON" scripts/model/train_digits.py "$DEMO"

first_block() { [ "$(ask status | field best || echo 0)" -gt 0 ]; }
wait_for 60 "the first block" first_block

"$OPG" --url "$url" model publish "$DEMO/digits.onnx" --name digits --price 0.01OPG --royalty 5% \
	--tolerance "abs=$ABS,rel=$REL" --json >"$DEMO/published.json"
model="$(field model <"$DEMO/published.json")" || die "'opg model publish' gave no model: see $DEMO/published.json."
say "published as model $model"

served() { ask model show "$model" | field served_by; }
wait_for 60 "a node that serves the model" served

head -n 1 "$DEMO/rows.jsonl" >"$DEMO/first-row.json"
"$OPG" --url "$url" infer "$model" --input "$DEMO/first-row.json" --json >"$DEMO/first-answer.json"
[ "$(field state <"$DEMO/first-answer.json")" = settled ] || die "the first request did not settle: see $DEMO/first-answer.json."
say "first settled answer after $SECONDS s"

if [ "$rows" = all ]; then
	cp "$DEMO/rows.jsonl" "$DEMO/asked.jsonl"
else
	head -n "$rows" "$DEMO/rows.jsonl" >"$DEMO/asked.jsonl"
fi
asked="$(wc -l <"$DEMO/asked.jsonl")"

ask status >"$DEMO/before.json" || die "'opg status' does not answer."
say "asking for $asked rows; a node starts with one request at a time and earns more by answering in time"
inferred=0
"$OPG" --url "$url" infer "$model" --input "$DEMO/asked.jsonl" --json >"$DEMO/answers.jsonl" || inferred=$?
ask status >"$DEMO/after.json" || die "'opg status' does not answer."

say "who paid and who was paid:"
"$VENV_PYTHON" scripts/model/show_payments.py "$DEMO/before.json" "$DEMO/after.json"
if [ -n "$keep" ]; then
	say "the node keeps running: $url, process $node"
fi
say "answers from the chain next to plain ONNX Runtime:"
"$VENV_PYTHON" scripts/model/check_answers.py "$DEMO" --rows "$asked" --abs "$ABS" --rel "$REL"
[ "$inferred" -eq 0 ] || die "'opg infer' ended with exit code $inferred though every answer is there."
