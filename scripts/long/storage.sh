#!/usr/bin/env bash
# A file kept for pay on a development chain: one keeper shows what it is asked and is paid, one is silent and loses bond and slot.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

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

rpc="$(free_port)"
url="ws://127.0.0.1:$rpc"
launch node "$FOLDER" --dev --tmp --accelerator cpu --port "$(free_port)" --rpc-port "$rpc"
opg() { "$OPG_BIN" --url "$url" --json "$@"; }
wait_for 90 "the chain" opg status

head -c 3000000 /dev/urandom >"$FOLDER/file"
order="$(opg storage order "$FOLDER/file" --copies 2 --periods 10 --price 1OPG | json 'it["order"]')"
say "order $order: two copies of 3 MB for ten periods"
opg --dev charlie storage take "$order" 0 "$FOLDER/file" >/dev/null
opg --dev dave storage take "$order" 1 "$FOLDER/file" >/dev/null
head -c 2999999 "$FOLDER/file" >"$FOLDER/other"
if opg --dev eve storage take "$order" 1 "$FOLDER/other" 2>"$FOLDER/refused"; then
	die "a slot was taken with another file."
fi
grep -q "order $order is for" "$FOLDER/refused" || die "the refusal does not say what was wrong: $(cat "$FOLDER/refused")"

"$OPG_BIN" --url "$url" --json --dev charlie storage keep "$FOLDER/file" >"$FOLDER/kept" 2>"$FOLDER/keep.err" &
PIDS[keeper]=$!
shown() { [ "$(wc -l <"$FOLDER/kept")" -ge "$1" ]; }
wait_for 120 "the first showing" shown 1
say "Charlie has shown the piece it was asked for; Dave is silent"
if opg --dev eve storage evict "$order" 1 2>"$FOLDER/refused"; then die "a keeper was thrown out too early."; fi
grep -q NotInDefault "$FOLDER/refused" || die "the refusal does not say what was wrong: $(cat "$FOLDER/refused")"
wait_for 300 "five showings" shown 5
opg --dev eve storage take "$order" 1 "$FOLDER/file" >/dev/null
keepers() { opg storage list | json "[k['keeper'] for k in it['orders'][0]['keepers']]"; }
say "Eve has taken Dave's slot: $(keepers)"
wait_for 300 "nine showings" shown 9
closed() { opg storage close "$order"; }
wait_for 300 "the end of the order" closed
[ "$(opg storage list | json 'len(it["orders"])')" = 0 ] || die "the order is still there."
say "long/storage.sh: passed, $(wc -l <"$FOLDER/kept") showings"
