#!/usr/bin/env bash
# Three nodes and no daemon: a model is put to one of them, and the two others fetch it from there, load it and answer.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

# The identity that belongs to the well-known network key below.
KEY=0000000000000000000000000000000000000000000000000000000000000001
PEER=12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/peers.sh    builds nothing: run scripts/test.sh or scripts/demo.sh first"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-peers.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

rpc="$(free_port)" p2p="$(free_port)"
declare -A RPC=([charlie]="$(free_port)" [dave]="$(free_port)")
url="ws://127.0.0.1:$rpc"
opg() { "$OPG_BIN" --url "$url" --json "$@"; }

launch validator "$FOLDER" --chain dev --alice --force-authoring --base-path "$FOLDER/validator" \
	--node-key "$KEY" --port "$p2p" --rpc-port "$rpc"
for owner in charlie dave; do
	"$NODE_BIN" key insert --chain dev --base-path "$FOLDER/$owner" --scheme sr25519 --key-type opgw --suri "//${owner^}//worker"
	launch "$owner" "$FOLDER" --chain dev --base-path "$FOLDER/$owner" --role inference --accelerator cpu \
		--port "$(free_port)" --rpc-port "${RPC[$owner]}" --bootnodes "/ip4/127.0.0.1/tcp/$p2p/p2p/$PEER"
done
say "a validator and the nodes of Charlie and Dave are starting"
wait_for 240 "the chain" opg status
for owner in charlie dave; do
	wait_for 240 "$owner's node" "$OPG_BIN" --url "ws://127.0.0.1:${RPC[$owner]}" status
done

"$VENV_PYTHON" "$ROOT/scripts/model/make_counter.py" "$FOLDER"
model="$(opg model publish "$FOLDER/counter.onnx" --name counter --price 1OPG | json 'it["model"]')"
content="$(opg model show "$model" | json 'it["content"]')"
say "model $model is with the validator alone, as $content"
served_by_two() { [ "$(opg model show "$model" | json 'len(it["served_by"])')" = 2 ]; }
wait_for 120 "two nodes that serve the model" served_by_two
for owner in charlie dave; do
	grep -q "blob $content came from peers" "$FOLDER/$owner.log" || die "$owner's node did not fetch the model from its peers."
	"$OPG_BIN" --url "ws://127.0.0.1:${RPC[$owner]}" blob get "$content" "$FOLDER/$owner.onnx"
	cmp "$FOLDER/counter.onnx" "$FOLDER/$owner.onnx" || die "$owner's node has other bytes."
done
say "both others have fetched, checked and loaded it"
declare -A seen=()
for _ in {1..20}; do
	node="$(opg infer "$model" --input '{"n": 3}' | json 'it["node"]')"
	seen[$node]=yes
	[ ${#seen[@]} -lt 2 ] || break
done
[ ${#seen[@]} -eq 2 ] || die "only one of the nodes answered in twenty requests."
say "long/peers.sh: passed, both answered"
