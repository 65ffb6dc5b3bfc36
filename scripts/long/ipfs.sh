#!/usr/bin/env bash
# The blob store against a real IPFS daemon: ids, round trips, pins, and a node that serves a model it finds there.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/ipfs.sh    builds the daemon the first time; run scripts/test.sh or scripts/demo.sh before"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

"$ROOT/scripts/ipfs.sh" build
FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-ipfs.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

export IPFS_PATH="$FOLDER/repo" OPG_IPFS_PORT OPG_IPFS="$ROOT/.opg/ipfs/ipfs"
OPG_IPFS_PORT="$(free_port)"
export OPG_IPFS_URL="http://127.0.0.1:$OPG_IPFS_PORT"
start_daemon() {
	"$ROOT/scripts/ipfs.sh" run >>"$FOLDER/ipfs.log" 2>&1 &
	PIDS[ipfs]=$!
}
ipfs() { "$OPG_IPFS" "$@"; }
# Without the daemon, the program would answer this by itself.
daemon_answers() { ipfs --api "/ip4/127.0.0.1/tcp/$OPG_IPFS_PORT" id; }
start_daemon
wait_for 60 "the daemon" daemon_answers

say "the store's own tests"
(cd "$ROOT" && cargo test --release --locked -p opg-store --test kubo -- --ignored --test-threads 1)

say "a daemon that is killed in the middle of a transfer, and back"
opg_blob() { "$OPG_BIN" blob "$@" --store "ipfs=$OPG_IPFS_URL"; }
head -c 134217728 /dev/urandom >"$FOLDER/large"
id="$(opg_blob put "$FOLDER/large" | tail -n 1)"
[ "$id" = "$(ipfs add --quieter --cid-version 1 --raw-leaves "$FOLDER/large")" ] || die "the daemon calls the file something else than $id."
opg_blob get "$id" "$FOLDER/back" >"$FOLDER/get.log" 2>&1 &
getting=$!
kill_hard ipfs
pkill -9 -f "$OPG_IPFS daemon" || true
if wait "$getting"; then
	say "the transfer was over before the daemon was gone"
else
	grep -q "start it" "$FOLDER/get.log" || die "the client did not say what was wrong: $(tail -n 1 "$FOLDER/get.log")"
	[ ! -e "$FOLDER/back" ] || die "half a file was left behind."
	say "said: $(tail -n 1 "$FOLDER/get.log")"
fi
rm -f "$IPFS_PATH/api" "$IPFS_PATH/repo.lock"
start_daemon
wait_for 60 "the daemon again" daemon_answers
opg_blob get "$id" "$FOLDER/back"
cmp "$FOLDER/large" "$FOLDER/back" || die "the file came back as something else."

say "a node that finds a model with the daemon"
rpc="$(free_port)"
launch node "$FOLDER" --dev --tmp --accelerator cpu --port "$(free_port)" --rpc-port "$rpc" --store "ipfs=$OPG_IPFS_URL"
opg() { "$OPG_BIN" --url "ws://127.0.0.1:$rpc" --json "$@"; }
wait_for 90 "the chain" opg status
"$VENV_PYTHON" "$ROOT/scripts/model/make_counter.py" "$FOLDER"
model="$(opg model publish "$FOLDER/counter.onnx" --name counter --price 1OPG --store "ipfs=$OPG_IPFS_URL" | json 'it["model"]')"
served() { [ "$(opg model show "$model" | json 'len(it["served_by"])')" = 1 ]; }
wait_for 120 "a node that serves the model" served
opg infer "$model" --input '{"n": 3}' >/dev/null
say "long/ipfs.sh: passed"
