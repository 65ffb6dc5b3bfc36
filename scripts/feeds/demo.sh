#!/usr/bin/env bash
# A price feed from a local source, a model of volatility that runs on it by schedule, and what comes out traced back to the bytes observed.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

PRICES=8

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "feeds/demo.sh    about five minutes; builds nothing: scripts/demo.sh --feed builds first"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh --feed."

FOLDER="$ROOT/.opg/demo-feed"
rm -rf "$FOLDER"
mkdir -p "$FOLDER/sources"
code=0
trap 'code=$?; stop_all; [ $code -eq 0 ] || echo "logs: $FOLDER" >&2; exit $code' EXIT
trap 'exit 130' INT TERM

rpc="$(free_port)" port="$(free_port)"
opg() { "$OPG_BIN" --url "ws://127.0.0.1:$rpc" "$@"; }

"$VENV_PYTHON" "$ROOT/scripts/feeds/source.py" "$FOLDER/sources" "$port" 127.0.0.1 >"$FOLDER/source.log" 2>&1 &
PIDS[source]=$!
launch node "$FOLDER" --dev --tmp --role inference,data --feed-source-allow "127.0.0.1:$port" \
	--rpc-port "$rpc" --port "$(free_port)"
wait_for 120 "the chain" opg status
say "a node that runs models and observes feeds, and a source of prices: http://127.0.0.1:$port"

"$VENV_PYTHON" "$ROOT/scripts/model/make_volatility.py" "$FOLDER" "$PRICES"
model="$(opg --json model publish "$FOLDER/volatility.onnx" --name volatility --price 0.01OPG --tolerance "abs=1e-6,rel=1e-3" | json 'it["model"]')"

cat >"$FOLDER/prices.json" <<JSON
{
	"name": "prices", "period": 4, "heartbeat": 4, "max_age": 16, "jump": "20%",
	"seats": 1, "quorum": 1, "reward": "0.001OPG",
	"keys": [{ "name": "BTC/USD", "decimals": 2, "min": "1", "max": "10000000" }],
	"sources": [{ "url": "http://127.0.0.1:$port/all", "path": "/{key}" }]
}
JSON
feed="$(opg --json feed create "$FOLDER/prices.json" --purse 100OPG | json 'it["feed"]')"
opg feed curate "$feed"

served() { [ "$(opg --json model show "$model" | json 'len(it["served_by"])')" -gt 0 ]; }
wait_for 120 "a node that serves the model" served
fresh() { [ "$(opg --json feed show "$feed" | json 'it["keys"][0]["state"]')" = fresh ]; }
wait_for 300 "a fresh price" fresh
say "feed $feed tells a fresh price; the model takes the last $PRICES"
observed() { [ "$(opg --json feed history "$feed" --rounds 256 | json 'len(it["rounds"])')" -ge "$PRICES" ]; }
wait_for 600 "$PRICES rounds" observed
opg feed history "$feed"

workflow="$(opg --json workflow create volatility --model "$model" --input "$feed:BTC/USD*$PRICES" --every 20 --purse 10OPG | json 'it["workflow"]')"
derived() { [ "$(opg --json workflow show "$workflow" | json 'it["fresh"] is not None')" = True ]; }
wait_for 300 "a result" derived
opg workflow show "$workflow"
say "where it is from:"
opg workflow trace "$workflow"
opg --json workflow trace "$workflow" >"$FOLDER/traced.json"
opg feed trace "$feed" --round "$(json 'it["inputs"][-1]["round"]' <"$FOLDER/traced.json")"
content="$(json 'it["inputs"][-1]["seats"][0]["answers"][0]["content"]' <"$FOLDER/traced.json")"
opg blob get "$content" "$FOLDER/answer.json" >/dev/null
say "what the source answered when the newest of these prices was observed: $(cat "$FOLDER/answer.json")"
"$VENV_PYTHON" "$ROOT/scripts/feeds/check_workflow.py" "$FOLDER/traced.json" || die "the result does not follow from what was observed."
opg workflow stop "$workflow"
say "scripts/feeds/demo.sh: passed"
