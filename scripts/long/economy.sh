#!/usr/bin/env bash
# An app sells passes and pays for a newcomer on a development chain, over three epochs; the chain's counts of it are counted again.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/economy.sh    about eight minutes; builds nothing: run scripts/test.sh or scripts/demo.sh first"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

# A week becomes 60 blocks, three minutes.
HASTE=3360
PRICE=0.01OPG

FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-economy.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

opg() { "$OPG_BIN" --url "$url" --json "$@"; }
# as NAME ARGUMENTS...: as a development account, or as the newcomer.
as() {
	local name="$1"
	shift
	if [ "$name" = newcomer ]; then opg --suri //economy//newcomer "$@"; else opg --dev "$name" "$@"; fi
}
# refused KIND[|KIND] COMMAND...: the command must fail, with an error of this kind.
refused() {
	local kind="$1" found
	shift
	if "$@" >"$FOLDER/out" 2>"$FOLDER/refused"; then die "this was not refused: $*"; fi
	found="$(json 'it["error"]["kind"]' <"$FOLDER/refused" 2>/dev/null)" || found="$(cat "$FOLDER/refused")"
	[[ "|$kind|" == *"|$found|"* ]] || die "'$*' was refused as '$found', not as '$kind'."
	say "refused, $found: $(json 'it["error"]["message"]' <"$FOLDER/refused")"
}
same() { [ "$1" = "$2" ] || die "$3 is $1, not $2."; }
# ask NAME FOOTING NUMBER...: asks the counter to count so far; every answer must be right.
ask() {
	local name="$1" footing="$2" rows
	shift 2
	rows="$FOLDER/$name.jsonl"
	printf '{"n": %s}\n' "$@" >"$rows"
	as "$name" infer "$model" --app "$footing" --input "$rows" >"$FOLDER/$name.answers" 2>"$FOLDER/$name.err" ||
		die "a request of $name through app $footing did not settle: $(cat "$FOLDER/$name.answers" "$FOLDER/$name.err")"
	same "$(json '[answer["output"]["count"] for answer in it]' <<<"[$(paste -sd, "$FOLDER/$name.answers")]")" \
		"[$(sed 's/ /, /g' <<<"$*")]" "what $name was answered"
}
# together COMMAND... [-- COMMAND...]...: side by side; each must succeed.
together() {
	local asking=() command=() word
	for word in "$@" --; do
		if [ "$word" = -- ]; then
			"${command[@]}" &
			asking+=($!)
			command=()
		else
			command+=("$word")
		fi
	done
	for word in "${asking[@]}"; do wait "$word"; done
}
epoch() { opg stats usage --epochs 1 | json 'it["epoch"]'; }
in_epoch() { [ "$(epoch)" -ge "$1" ]; }
left_of() { as "$1" app access "$app" | json "it['$2']['left']"; }

"$VENV_PYTHON" "$ROOT/scripts/model/make_counter.py" "$FOLDER"
"$NODE_BIN" export-chain-spec --chain dev 2>/dev/null | "$VENV_PYTHON" -c '
import json, sys
spec = json.load(sys.stdin)
spec["genesis"]["runtimeGenesis"]["patch"]["clock"]["pace"]["haste"] = int(sys.argv[1])
json.dump(spec, sys.stdout)' "$HASTE" >"$FOLDER/chain.json"
rpc="$(free_port)"
url="ws://127.0.0.1:$rpc"
# All states are kept: the audit reads every block's events.
launch node "$FOLDER" --dev --chain "$FOLDER/chain.json" --tmp --state-pruning archive --accelerator cpu \
	--port "$(free_port)" --rpc-port "$rpc"
first_block() { [ "$(opg status | json 'it["best"]')" -gt 0 ]; }
wait_for 120 "the first block" first_block

model="$(opg model publish "$FOLDER/counter.onnx" --name counter --price "$PRICE" --royalty 5% | json 'it["model"]')"
served() { [ "$(opg model show "$model" | json 'len(it["served_by"])')" -gt 0 ]; }
wait_for 120 "a node that serves the model" served
say "model $model is served; a request costs $(opg estimate "$model" --input '{"n": 1}' | json 'it["total"]') in all"

app="$(as charlie app register chat | json 'it["app"]')"
refused price as charlie app sell "$app" --price 0.01OPG --epochs 1 --quota 3
refused not-owner as dave app sell "$app" --price 5OPG --epochs 1 --quota 3
refused offer-unknown as eve app buy "$app"
as charlie app sell "$app" --price 5OPG --epochs 1 --quota 3 --transferable >/dev/null
refused no-pass as eve infer "$model" --app "$app:pass" --input '{"n": 1}'
refused price as eve app buy "$app" --max-price 4OPG
as eve app buy "$app" --max-price 5OPG >/dev/null
say "Eve has bought a pass for three requests"

as dave app fund "$app" 10OPG >/dev/null
refused no-credit as newcomer infer "$model" --app "$app:credit" --input '{"n": 1}'
newcomer="$(as newcomer app access "$app" | json 'it["account"]')"
refused purse-empty as charlie app credit "$app" "$newcomer" --amount 1OPG --epochs 4 --endowment 11OPG
as charlie app credit "$app" "$newcomer" --amount 1OPG --epochs 4 --endowment 0.1OPG >/dev/null
refused not-sponsored as newcomer infer "$model" --app "$app:credit" --input '{"n": 1}'
as charlie app sponsor "$app" --models "$model" --cap 1OPG >/dev/null
refused not-sponsored as eve infer "$model" --app "$app:sponsored-pass" --input '{"n": 1}'
refused model-unknown as charlie app sponsor "$app" --models 999 --cap 1OPG
say "the app pays for a newcomer who owned nothing"

together ask newcomer "$app:credit" 1 2 -- ask eve "$app:pass" 3 4 -- ask dave "$app" 5
same "$(left_of eve pass)" 1 "what is left of Eve's pass"
say "five requests have settled: on a pass, on a credit, and paid by whoever asked"

# Taken back before a node has it, a request gives its place in the pass back. The node may be quicker: then another is tried.
returned=
for try in {1..8}; do
	before="$(left_of eve pass)"
	[ "$before" -gt 0 ] || { as eve app buy "$app" >/dev/null && before="$(left_of eve pass)"; }
	as eve infer "$model" --app "$app:pass" --input "{\"n\": $((10 + try))}" >"$FOLDER/taken-back" 2>&1 &
	asking=$!
	waiting() { as eve request list --mine --limit 1 | json '[r["request"] for r in it if r["state"] == "waiting"][0]'; }
	while kill -0 "$asking" 2>/dev/null; do
		request="$(waiting 2>/dev/null)" || { sleep 0.3 && continue; }
		if as eve request cancel "$request" >/dev/null 2>&1; then returned=yes; fi
		break
	done
	wait "$asking" || true
	[ -z "$returned" ] || break
done
[ -n "$returned" ] || die "no request could be taken back before a node had it."
same "$(left_of eve pass)" "$before" "what is left of Eve's pass after she took a request back"
say "Eve has taken a request back: its place in the pass is there again"

left="$(left_of eve pass)"
[ "$left" = 0 ] || ask eve "$app:pass" $(seq "$left")
refused quota-exhausted as eve infer "$model" --app "$app:pass" --input '{"n": 1}'

same "$(epoch)" 0 "the epoch after the first one's requests (a machine too slow for HASTE $HASTE?)"
wait_for 400 "the next epoch" in_epoch 1
# What is over is soon removed.
refused "pass-expired|no-pass" as eve infer "$model" --app "$app:pass" --input '{"n": 1}'
as ferdie app buy "$app" >/dev/null
together ask newcomer "$app:credit" 7 -- ask dave "$app" 8 -- ask ferdie "$app:pass" 9
ferdie="$(as ferdie app access "$app" | json 'it["account"]')"
as ferdie app transfer "$app" "$newcomer" >/dev/null
refused no-pass as ferdie infer "$model" --app "$app:pass" --input '{"n": 1}'
refused nothing-due as dave growth claim
say "in the next epoch the newcomer and Dave are back, and Ferdie is new"

wait_for 400 "the epoch after that" in_epoch 2
rebate="$(as dave growth claim | json 'it["amount"]')"
refused nothing-due as dave growth claim
refused nothing-due as newcomer growth claim
say "Dave, who came back, is given back $rebate; the newcomer, who paid nothing, nothing"

cohorts() { opg stats retention "$@" | json '[[c["start"], c["age"], c["accounts"]] for c in it["cohorts"]]'; }
for of in "" "--model $model" "--app $app"; do
	# shellcheck disable=SC2086
	same "$(cohorts $of)" "[[0, 0, 3], [0, 1, 2], [0, 2, 0], [1, 0, 1], [1, 1, 0]]" "who came back, $of"
done
usage="$(opg stats usage --app "$app")"
same "$(json '[[e["active"], e["new"], e["returning"]] for e in it["epochs"]]' <<<"$usage")" "[[3, 3, 0], [3, 1, 2], [0, 0, 0]]" "who was active"
service="$(opg stats service)"
same "$(json 'sum(e["cancelled"] for e in it["epochs"])' <<<"$service")" 1 "how many requests were taken back"
same "$(json 'sum(sum(e["blocks"]) for e in it["epochs"]) == sum(e["settled"] for e in it["epochs"])' <<<"$service")" True "whether every answer is in the histogram"
[ "$("$OPG_BIN" --url "$url" stats retention --csv | wc -l)" = 6 ] || die "the cohorts are not one row each."
"$OPG_BIN" --url "$url" stats usage
echo
"$OPG_BIN" --url "$url" stats retention --app "$app"
echo
"$OPG_BIN" --url "$url" stats service
echo

# What was final when it was asked is counted; the last requests are by now.
counted="$(opg stats audit)" || die "the counts do not match the events: $counted"
same "$(json 'it["matches"]' <<<"$counted")" True "whether the counts match"
events="$(json 'it["events"]' <<<"$counted")"
[ "$events" -ge 20 ] || die "the audit saw only $events events."
opg stats audit --app "$app" >/dev/null || die "the app's counts do not match the events."
"$OPG_BIN" --url "$url" stats audit

refused app-in-use as charlie app remove "$app"
as charlie app withdraw "$app" 9OPG >/dev/null
as charlie app retire "$app" >/dev/null
refused app-retired as eve app buy "$app"
refused app-in-use as charlie app remove "$app"
say "long/economy.sh: passed, $events events counted again"
