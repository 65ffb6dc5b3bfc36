#!/usr/bin/env bash
# Four data nodes observe a feed from local sources: one lies, one falls silent, too few are left, sources misbehave, and all recover.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/feeds.sh    about twenty minutes; builds nothing: run scripts/test.sh or scripts/demo.sh first"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

OWNERS=(bob charlie dave eve)
# Where each node finds the source: all ask the same name and port, and each is led to an address of its own.
declare -A SOURCE=([bob]=127.0.0.2 [charlie]=127.0.0.3 [dave]=127.0.0.4 [eve]=127.0.0.5)
declare -A NUMBER=([bob]=0 [charlie]=1 [dave]=2 [eve]=3)
# The identity that belongs to the well-known network key below.
KEY=0000000000000000000000000000000000000000000000000000000000000001
PEER=12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp

FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-feeds.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

rpc="$(free_port)" p2p="$(free_port)" port="$(free_port)"
url="ws://127.0.0.1:$rpc"
opg() { "$OPG_BIN" --url "$url" --json "$@"; }

mkdir "$FOLDER/sources"
openssl genpkey -algorithm ed25519 -out "$FOLDER/sources/key.pem"
signer="$(openssl pkey -in "$FOLDER/sources/key.pem" -pubout -outform DER | tail -c 32 | od -An -tx1 | tr -d ' \n')"
"$VENV_PYTHON" "$ROOT/scripts/feeds/source.py" "$FOLDER/sources" "$port" "${SOURCE[@]}" >"$FOLDER/source.log" 2>&1 &
PIDS[source]=$!
# behave OWNER MODE: how the source behaves towards an owner's node from now on.
behave() { echo "$2" >"$FOLDER/sources/${SOURCE[$1]}"; }

launch validator "$FOLDER" --chain dev --alice --force-authoring --base-path "$FOLDER/validator" \
	--node-key "$KEY" --port "$p2p" --rpc-port "$rpc"
wait_for 600 "the chain" opg status
declare -A rpcs=()
start_node() {
	local owner="$1"
	rpcs[$owner]="$(free_port)"
	launch "$owner" "$FOLDER" --chain dev --base-path "$FOLDER/$owner" --role data \
		--feed-source-pin "prices.test=${SOURCE[$owner]}" \
		--port "$(free_port)" --rpc-port "${rpcs[$owner]}" --bootnodes "/ip4/127.0.0.1/tcp/$p2p/p2p/$PEER"
}
for owner in "${OWNERS[@]}"; do
	"$NODE_BIN" key insert --chain dev --base-path "$FOLDER/$owner" --scheme sr25519 --key-type opgw --suri "//${owner^}//worker"
	start_node "$owner"
done

cat >"$FOLDER/prices.json" <<JSON
{
	"name": "prices", "period": 4, "heartbeat": 4, "max_age": 16, "jump": "20%",
	"seats": 4, "quorum": 3, "reward": "0.001OPG",
	"keys": [
		{ "name": "BTC/USD", "decimals": 2, "min": "1", "max": "10000000" },
		{ "name": "ETH/USD", "decimals": 2, "min": "1", "max": "1000000" }
	],
	"sources": [{ "url": "http://prices.test:$port/all", "path": "/{key}" }]
}
JSON
# The same from a source that signs what it says, and bytes of the first.
"$VENV_PYTHON" - "$FOLDER" "$signer" <<'PYTHON'
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
feed = json.loads((folder / "prices.json").read_text())
[source] = feed["sources"]
told = {name: part for name, part in feed.items() if name not in ("keys", "jump")}
(folder / "bytes.json").write_text(json.dumps(told | {"name": "bytes", "bytes": "seal", "sources": [{**source, "path": "/seal"}]}))
source |= {"url": source["url"].replace("/all", "/signed"), "ed25519": sys.argv[2]}
(folder / "signed.json").write_text(json.dumps(feed | {"name": "signed"}))
PYTHON
feed="$(opg feed create "$FOLDER/prices.json" --purse 100OPG | json 'it["feed"]')"
opg feed curate "$feed" >/dev/null
signed="$(opg feed create "$FOLDER/signed.json" --purse 100OPG | json 'it["feed"]')"
bytes="$(opg feed create "$FOLDER/bytes.json" --purse 100OPG | json 'it["feed"]')"

# shown EXPRESSION: what `opg feed show` says of the feed.
shown() { opg feed show "$feed" | json "$1"; }
state_is() { [ "$(shown "it['keys'][0]['state']")" = "$1" ]; }
observed_by() { [ "$(shown "len(it['nodes'])")" = "$1" ]; }
rounds() { opg feed history "$feed" --rounds 200 | json "$1"; }
reported() { rounds 'len(it["rounds"])'; }
# The last round but the newest, which may still get observations.
last_observers() { rounds 'it["rounds"][-2]["observers"]'; }
observers_are() { [ "$(last_observers)" = "$1" ]; }
bond() { opg node status "${NUMBER[$1]}" | json 'float(it["bond"].split()[0])'; }
score() { opg node status "${NUMBER[$1]}" | json 'it["score"]'; }
lost_bond() { [ "$(bond "$1")" != "50000.0" ]; }
# A price within the range in which honest sources have it.
is_right() { "$VENV_PYTHON" -c 'import sys; sys.exit(not 64000 <= float(sys.argv[1]) <= 64051)' "$(shown "it['keys'][0].get('value', 0)")"; }
# more_rounds COUNT: waits until so many more rounds were reported.
more_rounds() {
	local from
	from="$(rounds 'it["rounds"][-1]["round"]')"
	# A round is 12 seconds; a machine that does much else makes blocks late.
	wait_for $(($1 * 60 + 180)) "$1 more rounds" at_round $((from + $1))
}
at_round() { [ "$(rounds 'it["rounds"][-1]["round"]')" -ge "$1" ]; }

wait_for 900 "a committee of four" observed_by 4
wait_for 300 "a fresh price" state_is fresh
wait_for 300 "four observers in a round" observers_are 4
first="$(rounds 'it["rounds"][-1]["round"]')" had="$(reported)"
more_rounds 6
missing=$(($(rounds 'it["rounds"][-1]["round"]') - first - $(reported) + had))
[ "$missing" = 0 ] || die "$missing of the last rounds were not reported."
is_right || die "the price is not the source's: $(shown "it['keys']")"
say "four nodes observe: every round since $first is reported, BTC/USD $(shown "it['keys'][0]['value']")"

traced() {
	[ "$(opg feed trace "$feed" --store-url "ws://127.0.0.1:${rpcs[charlie]}" | json 'it["traced"] and sum(1 for seat in it["seats"] if seat["follows"])')" = 4 ]
}
wait_for 300 "a price that is traced to the bytes observed" traced
say "what all four saw follows from the bytes that one of them has kept"

signed_shown() { opg feed show "$signed" | json "$1"; }
is_vouched_for() { [ "$(signed_shown 'it["signed"] and it["keys"][0]["state"] == "fresh"')" = True ]; }
wait_for 300 "a price that its source has signed" is_vouched_for
say "of a source that signs the chain took what it signed: BTC/USD $(signed_shown "it['keys'][0]['value']")"
opg feed close "$signed" >/dev/null
sealed() { [ "$(opg feed show "$bytes" | json 'it["keys"][0].get("value")')" = 0x00c0ffee ]; }
wait_for 300 "bytes that the nodes saw alike" sealed

before="$(score bob)"
behave bob lie
lied=0
until lost_bond bob; do
	more_rounds 1
	is_right || die "a lie came through: $(shown "it['keys']")"
	lied=$((lied + 1))
	[ $lied -lt 40 ] || die "after $lied rounds the liar has not lost bond."
done
[ "$(score bob)" -lt "$before" ] || die "the liar's score did not fall: $before, now $(score bob)."
behave bob right
say "a lying node was outvoted for $lied rounds, its score fell from $before to $(score bob), its bond to $(bond bob)"
lost_bond charlie && die "an honest node lost bond."
sealed || die "the bytes are not what most saw: $(opg feed show "$bytes")"
opg feed close "$bytes" >/dev/null
say "bytes stayed what three of four saw"

for mode in stall flood garbage nan redirect; do
	behave charlie "$mode"
	more_rounds 2
	is_right || die "with a source that does '$mode' the price is wrong: $(shown "it['keys']")"
done
behave charlie right
say "a source that stalls, floods, gives garbage, NaN or redirects stopped no round"
wait_for 300 "four observers again" observers_are 4

kill_hard dave
more_rounds 4
observers_are 3 || die "a silent node is still counted: $(last_observers) observers."
say "a silent node stopped no round"

kill_hard eve
wait_for 600 "the numbers to turn stale" state_is stale
say "below a quorum the feed turned stale, since block $(shown "it['keys'][0]['since']")"
start_node dave
start_node eve
wait_for 600 "a fresh price again" state_is fresh
is_right || die "after the recovery the price is wrong: $(shown "it['keys']")"
wait_for 600 "four observers again" observers_are 4
"$OPG_BIN" --url "$url" feed history "$feed" --key BTC/USD
say "long/feeds.sh: passed, $(rounds 'it["rounds"][-1]["round"]') rounds, $(reported) reported"
