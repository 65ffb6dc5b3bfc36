#!/usr/bin/env bash
# A fresh node becomes an elected validator with `opg validator setup`, as docs/validators.md tells, and finality needs its votes.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

# The identity that belongs to the well-known network key below.
KEY=0000000000000000000000000000000000000000000000000000000000000001
PEER=12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp
# Eras of a minute.
PACE='{"epochSlots": 20, "sessionsPerEra": 1, "bondingEras": 2, "haste": 1440}'

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/validator.sh    about six minutes; builds nothing: run scripts/test.sh or scripts/demo.sh first"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-validator.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

# The local network with one of its four validators, which is all that one machine needs, and a place for a second.
"$NODE_BIN" export-chain-spec --chain local 2>/dev/null | "$VENV_PYTHON" -c '
import json, sys
spec = json.load(sys.stdin)
patch = spec["genesis"]["runtimeGenesis"]["patch"]
patch["clock"]["pace"] = json.loads(sys.argv[1])
patch["session"]["keys"] = patch["session"]["keys"][:1]
patch["staking"]["stakers"] = patch["staking"]["stakers"][:1]
patch["staking"]["validatorCount"] = 2
spec["bootNodes"] = []
json.dump(spec, sys.stdout)' "$PACE" >"$FOLDER/chain.json"

p2p="$(free_port)"
declare -A URL=()
for name in alice newcomer; do URL[$name]="$(free_port)"; done
launch alice "$FOLDER" --chain "$FOLDER/chain.json" --alice --validator --force-authoring --base-path "$FOLDER/alice" \
	--node-key "$KEY" --port "$p2p" --rpc-port "${URL[alice]}"

"$NODE_BIN" key generate-node-key --chain "$FOLDER/chain.json" --base-path "$FOLDER/newcomer" >/dev/null 2>&1
launch newcomer "$FOLDER" --chain "$FOLDER/chain.json" --validator --base-path "$FOLDER/newcomer" \
	--port "$(free_port)" --rpc-port "${URL[newcomer]}" --bootnodes "/ip4/127.0.0.1/tcp/$p2p/p2p/$PEER"
for name in alice newcomer; do URL[$name]="ws://127.0.0.1:${URL[$name]}"; done
say "one validator and a newcomer are starting"

opg() { "$OPG_BIN" --url "${URL[newcomer]}" --dev eve --json "$@"; }
best() { "$OPG_BIN" --url "${URL[$1]}" status --json | json 'it["best"]'; }
final() { "$OPG_BIN" --url "${URL[$1]}" status --json | json 'it["finalized"]'; }
state() { opg validator status | json 'it["state"]'; }
synced() { [ "$(best newcomer)" -gt 0 ] && [ "$(best newcomer)" -ge "$(($(best alice) - 2))" ]; }
wait_for 400 "the newcomer to catch up" synced
[ "$(state)" = none ] || die "the newcomer is '$(state)' before it did anything."

code=0
"$OPG_BIN" --url "${URL[newcomer]}" --dev eve --json validator setup --stake 2000000OPG 2>"$FOLDER/poor.json" || code=$?
[ $code -eq 1 ] && [ "$(json 'it["error"]["kind"]' <"$FOLDER/poor.json")" = balance ] ||
	die "more was staked than there is: $(cat "$FOLDER/poor.json")"

opg validator setup --stake 100000OPG --commission 5% >"$FOLDER/setup.json"
keys="$(json 'it["keys"]' <"$FOLDER/setup.json")"
[ "$(json 'it["state"]' <"$FOLDER/setup.json")" = waiting ] || die "it does not stand for election: $(cat "$FOLDER/setup.json")"
[ "$(opg validator status | json 'it["keys_in_node"]')" = True ] || die "the node does not have the keys it made."
say "set up: keys proven and set, staked, standing for election"

opg validator setup --stake 120000OPG --commission 5% >"$FOLDER/again.json"
[ "$(json '[it["added"], it["stake"]]' <"$FOLDER/again.json")" = '["20000 OPG", "120000 OPG"]' ] ||
	die "a second setup did not raise the stake: $(cat "$FOLDER/again.json")"
[ "$(json 'it["keys"]' <"$FOLDER/again.json")" = "$keys" ] || die "a second setup changed the keys."
say "set up again: the stake was raised, the keys stay"

elected() { [ "$(state)" = validating ]; }
wait_for 400 "the newcomer's election" elected
say "elected: $(opg validator status | json 'it["places"]') places for $(opg validator status | json 'it["candidates"]') candidates"

from="$(best alice)"
finalized() { [ "$(final alice)" -gt "$from" ]; }
wait_for 120 "finality by both" finalized
earned() { [ "$(opg validator status | json 'it["points"]')" -gt 0 ]; }
wait_for 200 "a block of the newcomer" earned
say "it makes blocks, and finality goes on with its votes"
echo "validator: elected with $(opg validator status | json 'it["stake"]') at stake, $(opg validator status | json 'it["points"]') points in era $(opg validator status | json 'it["era"]')"
