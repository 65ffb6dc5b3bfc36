#!/usr/bin/env bash
# One validator, two inference nodes: the one with the job is killed and the other settles; both are killed and the fee returns.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

# Turns of the model's loop: a job of well over ten seconds.
TURNS=60000
# The identity that belongs to the well-known network key below.
KEY=0000000000000000000000000000000000000000000000000000000000000001
PEER=12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/node-failure.sh    builds nothing: run scripts/test.sh or scripts/demo.sh first"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-node-failure.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

rpc="$(free_port)" p2p="$(free_port)"
declare -A RPC=([charlie]="$(free_port)" [dave]="$(free_port)")
url="ws://127.0.0.1:$rpc"
opg() { "$OPG_BIN" --url "$url" --json "$@"; }

launch validator "$FOLDER" --chain dev --alice --force-authoring --base-path "$FOLDER/validator" \
	--node-key "$KEY" --port "$p2p" --rpc-port "$rpc"

start_worker() {
	local owner="$1" seed="//${1^}//worker"
	"$NODE_BIN" key insert --chain dev --base-path "$FOLDER/$owner" --scheme sr25519 --key-type opgw --suri "$seed"
	launch "$owner" "$FOLDER" --chain dev --base-path "$FOLDER/$owner" --role inference --accelerator cpu --run-limit 100 \
		--port "$(free_port)" --rpc-port "${RPC[$owner]}" --bootnodes "/ip4/127.0.0.1/tcp/$p2p/p2p/$PEER"
}
start_worker charlie
start_worker dave
say "a validator and the nodes of Charlie and Dave are starting"

wait_for 60 "the chain" opg status
for owner in charlie dave; do
	wait_for 60 "$owner's node" "$OPG_BIN" --url "ws://127.0.0.1:${RPC[$owner]}" status
done

"$VENV_PYTHON" scripts/model/make_counter.py "$FOLDER"
model="$(opg model publish "$FOLDER/counter.onnx" --name counter --price 1OPG \
	--store-url "ws://127.0.0.1:${RPC[charlie]}" --store-url "ws://127.0.0.1:${RPC[dave]}" | json 'it["model"]')"
served_by_two() { [ "$(opg model show "$model" | json 'len(it["served_by"])')" = 2 ]; }
wait_for 120 "two nodes that serve the model" served_by_two
say "both nodes serve model $model"

# Asks in the background; the outcome is in $FOLDER/answer.json.
ask() {
	opg infer "$model" --input "{\"n\": $TURNS}" --deadline "$1" >"$FOLDER/answer.json" 2>"$FOLDER/answer.err" &
	asked=$!
}

# Waits until a node has request $1 and prints the node's owner.
owner_of_job() {
	local node=
	for _ in {1..120}; do
		node="$(opg request show "$1" 2>/dev/null | json 'it.get("node")' 2>/dev/null || true)"
		case "$node" in
			1) echo charlie && return ;;
			2) echo dave && return ;;
		esac
		sleep 0.5
	done
	die "request $1 was never given to a node."
}
settled_or_not() { json 'it["state"]' <"$FOLDER/answer.json"; }

say "first: the node with the job is killed in the middle of it"
ask 60
first="$(owner_of_job 0)"
sleep 5
kill_hard "$first"
say "killed $first's node in mid-job"
wait "$asked" || die "the request did not settle: $(cat "$FOLDER/answer.json" "$FOLDER/answer.err")"
by="$(json 'it["node"]' <"$FOLDER/answer.json")"
[ "$(settled_or_not)" = settled ] || die "the request ended as $(settled_or_not)."
[ "$(json 'it["output"]["count"]' <"$FOLDER/answer.json")" = "$TURNS" ] || die "the answer is wrong: $(cat "$FOLDER/answer.json")"
say "settled by node $by with the right answer, $(json 'it["blocks"]' <"$FOLDER/answer.json") blocks after it was asked"

start_worker "$first"
wait_for 120 "$first's node to serve again" served_by_two
say "second: both nodes are killed"
held() { opg status | json '[a["held"] for a in it["accounts"] if "you" in a["name"]][0]'; }
before="$(held)"
ask 40
one="$(owner_of_job 1)"
kill_hard charlie dave
say "killed both; $one's node had the job"
code=0
wait "$asked" || code=$?
[ $code -eq 3 ] || die "'opg infer' ended with $code instead of 3: $(cat "$FOLDER/answer.json" "$FOLDER/answer.err")"
[ "$(settled_or_not)" = expired ] || die "the request ended as $(settled_or_not)."
[ "$(held)" = "$before" ] || die "the fee is still held: $(held), before $before."
stuck="$(opg request list | json 'sum(r["state"] in ("waiting", "assigned") for r in it)')"
[ "$stuck" = 0 ] || die "$stuck requests are stuck."
say "refunded by the deadline"
echo "node-failure: 1 settled by the other node, 1 refunded, $stuck stuck"
