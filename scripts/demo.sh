#!/usr/bin/env bash
# Sets up, builds, starts a one-node chain and runs a trained model on it end to end: from nothing to checked answers.
set -euo pipefail
. "$(dirname "$0")/env.sh"

rows=all
keep=
feed=
prove=
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
		--feed)
			feed=yes
			shift
			;;
		--prove)
			prove=yes
			shift
			;;
		-h | --help)
			usage "demo.sh [--rows N] [--keep] [--prove] | --feed    --rows: ask only the first N held-out rows; --keep: leave the node running; --prove: have an answer proved with EZKL and checked by the chain as well; --feed: run a model on a price feed instead"
			exit
			;;
		*) die "unknown option '$1': see --help." ;;
	esac
done

cd "$ROOT"
DEMO="$ROOT/.opg/demo"
# What the demo's model and circuit take on two busy cores, and twice that.
SET_UP_LIMIT=300
ABS=1e-5
REL=1e-4

"$ROOT/scripts/setup.sh" ${prove:+--ezkl}
# Again, for what the set-up wrote down.
# shellcheck source=env.sh
. "$ROOT/scripts/env.sh"
[ -z "$prove" ] || export OPG_EZKL="$ROOT/.opg/ezkl/bin/python"

say "building (half an hour the first time on two cores)"
cargo build --release --workspace --locked
say "built"
if [ -n "$feed" ]; then
	exec "$ROOT/scripts/feeds/demo.sh"
fi
SECONDS=0

. "$ROOT/scripts/processes.sh"
# shellcheck disable=SC2317
clean_up() {
	local code=$?
	trap - EXIT
	if [ $code -ne 0 ] && [ -f "$DEMO/demo.log" ]; then
		echo "the end of .opg/demo/demo.log, the node's log:" >&2
		tail -n 20 "$DEMO/demo.log" >&2
	fi
	if [ -z "$keep" ] || [ $code -ne 0 ]; then
		stop_all
	fi
	exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$DEMO"
rm -f "$DEMO/demo.log"
rpc_port="$(free_port)"
url="ws://127.0.0.1:$rpc_port"
opg() { "$OPG_BIN" --url "$url" "$@"; }
launch demo "$DEMO" --dev --tmp --rpc-port "$rpc_port" --port "$(free_port)" --log "${OPG_LOG:-info}"
say "node started: $url, log in .opg/demo/demo.log"

"$VENV_PYTHON" scripts/model/train_digits.py "$DEMO"

first_block() { [ "$(opg status --json | json 'it["best"]')" -gt 0 ]; }
wait_for 60 "the first block" first_block

opg model publish "$DEMO/digits.onnx" --name digits --price 0.01OPG --royalty 5% \
	--tolerance "abs=$ABS,rel=$REL" --json >"$DEMO/published.json"
model="$(json 'it["model"]' <"$DEMO/published.json")"
say "published as model $model"

served() { [ "$(opg model show "$1" --json | json 'len(it["served_by"])')" -gt 0 ]; }
wait_for 60 "a node that serves the model" served "$model"

head -n 1 "$DEMO/rows.jsonl" >"$DEMO/first-row.json"
opg infer "$model" --input "$DEMO/first-row.json" --json >"$DEMO/first-answer.json" ||
	die "the first request did not settle: see .opg/demo/first-answer.json."
say "first settled answer after $SECONDS s"

if [ -n "$prove" ]; then
	head -n 20 "$DEMO/rows.jsonl" >"$DEMO/samples.jsonl"
	say "setting the same model's circuit up with EZKL and publishing it with its key"
	opg model publish "$DEMO/digits.onnx" --name digits-proved --price 0.05OPG --royalty 5% \
		--tolerance "abs=$ABS,rel=$REL" --prove --samples "$DEMO/samples.jsonl" --json >"$DEMO/provable.json"
	provable="$(json 'it["model"]' <"$DEMO/provable.json")"
	say "published as model $provable; the node makes its key again before it serves it"
	wait_for "$SET_UP_LIMIT" "a node that can prove the model" served "$provable"
	opg infer "$provable" --input "$DEMO/first-row.json" --trust proved --json >"$DEMO/proved-answer.json" ||
		die "the proved request did not settle: see .opg/demo/proved-answer.json and .opg/demo/demo.log."
	"$VENV_PYTHON" scripts/model/show_proof.py "$DEMO"
fi

if [ "$rows" = all ]; then
	cp "$DEMO/rows.jsonl" "$DEMO/asked.jsonl"
else
	head -n "$rows" "$DEMO/rows.jsonl" >"$DEMO/asked.jsonl"
fi
asked="$(wc -l <"$DEMO/asked.jsonl")"

opg status --json >"$DEMO/before.json"
say "asking for $asked rows; a node starts with one request at a time and earns more by answering in time"
inferred=0
opg infer "$model" --input "$DEMO/asked.jsonl" --json >"$DEMO/answers.jsonl" || inferred=$?
opg status --json >"$DEMO/after.json"

say "who paid and who was paid:"
"$VENV_PYTHON" scripts/model/show_payments.py "$DEMO/before.json" "$DEMO/after.json"
if [ -n "$keep" ]; then
	say "the node keeps running: $url, process ${PIDS[demo]}"
fi
say "answers from the chain next to plain ONNX Runtime:"
"$VENV_PYTHON" scripts/model/check_answers.py "$DEMO" --rows "$asked" --abs "$ABS" --rel "$REL"
[ "$inferred" -eq 0 ] || die "'opg infer' ended with exit code $inferred though every answer is there."
