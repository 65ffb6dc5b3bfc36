#!/usr/bin/env bash
# Files kept for pay by nodes that show pieces by themselves: one keeps its copy and is paid ten times, one deletes it and loses bond and slot.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

# The identity that belongs to the well-known network key below.
KEY=0000000000000000000000000000000000000000000000000000000000000001
PEER=12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/storage.sh    builds nothing: run scripts/test.sh or scripts/demo.sh first"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-storage.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

rpc="$(free_port)" p2p="$(free_port)"
declare -A RPC=([charlie]="$(free_port)" [dave]="$(free_port)")
declare -A STORE=([charlie]=peers [dave]=none)
url="ws://127.0.0.1:$rpc"
opg() { "$OPG_BIN" --url "$url" --json "$@"; }

launch validator "$FOLDER" --chain dev --alice --force-authoring --base-path "$FOLDER/validator" \
	--node-key "$KEY" --port "$p2p" --rpc-port "$rpc"
for owner in charlie dave; do
	"$NODE_BIN" key insert --chain dev --base-path "$FOLDER/$owner" --scheme sr25519 --key-type opgw --suri "//${owner^}//worker"
	launch "$owner" "$FOLDER" --chain dev --base-path "$FOLDER/$owner" --role storage --store "${STORE[$owner]}" \
		--store-path "$FOLDER/$owner-blobs" --port "$(free_port)" --rpc-port "${RPC[$owner]}" --bootnodes "/ip4/127.0.0.1/tcp/$p2p/p2p/$PEER"
done
say "a validator, and the nodes of Charlie and Dave, which run no models"
wait_for 240 "the chain" opg status
for owner in charlie dave; do
	wait_for 240 "$owner's node" "$OPG_BIN" --url "ws://127.0.0.1:${RPC[$owner]}" status
done

head -c 3000000 /dev/urandom >"$FOLDER/file"
content="$(opg blob put "$FOLDER/file" | json 'it["content"]')"
# Dave's node fetches nothing from others: what it loses is lost.
"$OPG_BIN" --url "ws://127.0.0.1:${RPC[dave]}" blob put "$FOLDER/file" >/dev/null
order="$(opg storage order "$FOLDER/file" --copies 2 --periods 16 --price 1OPG | json 'it["order"]')"
say "order $order: two copies of 3 MB for sixteen periods"
opg --dev charlie storage take "$order" 0 "$FOLDER/file" >/dev/null
opg --dev dave storage take "$order" 1 "$FOLDER/file" >/dev/null
head -c 2999999 "$FOLDER/file" >"$FOLDER/other"
if opg --dev eve storage take "$order" 1 "$FOLDER/other" 2>"$FOLDER/refused"; then
	die "a slot was taken with another file."
fi
grep -q "order $order is for" "$FOLDER/refused" || die "the refusal does not say what was wrong: $(cat "$FOLDER/refused")"

here() { "$OPG_BIN" --url "ws://127.0.0.1:${RPC[charlie]}" blob get "$content" "$FOLDER/fetched"; }
wait_for 60 "the file at Charlie's node" here
cmp "$FOLDER/file" "$FOLDER/fetched" || die "Charlie's node fetched something else."
grep -q "blob $content came from peers" "$FOLDER/charlie.log" || die "Charlie's node did not fetch the file by itself."
say "Charlie's node has fetched the file from the validator's, told by nobody but the chain"

# What the order's purse has paid is what its keepers were paid: one OPG for each showing.
show() { opg storage list | json "it['orders'][0]$1"; }
purse() { show "['purse'].split()[0]" | tr -d _,; }
begin="$(purse)"
paid() { "$VENV_PYTHON" -c "import sys; sys.exit(not float('$begin') - float('$(purse)') >= $1)"; }
shown_by() { show "['keepers'][$1]['shown']"; }
taken="$(shown_by 1)"
dave_showed() { [ "$(shown_by 1)" -gt "$taken" ]; }
wait_for 120 "Dave's first showing" dave_showed
say "Dave's node has shown a piece and was paid; now it loses the file"
blob="$(find "$FOLDER/dave-blobs" -type f -name "$content" -path '*-blobs/??/*')"
head -c 3000000 /dev/zero >"$blob"
last="$(shown_by 1)"
if opg --dev eve storage evict "$order" 1 2>"$FOLDER/refused"; then die "a keeper was thrown out too early."; fi
grep -q NotInDefault "$FOLDER/refused" || die "the refusal does not say what was wrong: $(cat "$FOLDER/refused")"
evicted() { opg --dev eve storage evict "$order" 1; }
wait_for 300 "Dave's default" evicted
[ "$(show "['keepers']" | json 'len(it)')" = 1 ] || die "Dave still has the slot."
grep -q "is damaged" "$FOLDER/dave.log" || die "Dave's node did not notice what it lost."
say "Dave's node showed nothing after period $last and has lost the slot"
# At most so many of the showings were Dave's.
wait_for 300 "ten showings of Charlie's" paid $((10 + last - taken))
say "Charlie's node was paid ten times, and nobody typed a command for it"
closed() { opg storage close "$order"; }
wait_for 400 "the end of the order" closed
[ "$(opg storage list | json 'len(it["orders"])')" = 0 ] || die "the order is still there."
say "long/storage.sh: passed"
