#!/usr/bin/env bash
# The blob store against a real IPFS daemon: ids, round trips, pins, a kill while bytes flow, a gateway that lies, a node that finds a model.
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

say "a daemon that is killed while bytes flow"
head -c 134217728 /dev/urandom >"$FOLDER/large"
opg_blob() { "$OPG_BIN" blob "$@" --store "ipfs=$OPG_IPFS_URL"; }
id="$(opg_blob put "$FOLDER/large" | tail -n 1)"
[ "$id" = "$(ipfs --api "/ip4/127.0.0.1/tcp/$OPG_IPFS_PORT" add --quieter --cid-version 1 --raw-leaves "$FOLDER/large")" ] ||
	die "the daemon calls the file something else than $id."
# Bytes pass through a proxy that stands still after 32 MiB: then the transfer is under way for certain.
proxy_port="$(free_port)" mark="$FOLDER/mark"
"$VENV_PYTHON" "$ROOT/scripts/storage/cutting_proxy.py" "$proxy_port" "$OPG_IPFS_PORT" 33554432 "$mark" &
PIDS[proxy]=$!
is_open() { (: >"/dev/tcp/127.0.0.1/$1"); }
wait_for 20 "the proxy" is_open "$proxy_port"
cut_blob() { "$OPG_BIN" --json blob "$@" --store "ipfs=http://127.0.0.1:$proxy_port"; }
kill_daemon() {
	kill_hard ipfs
	rm -f "$IPFS_PATH/api" "$IPFS_PATH/repo.lock"
}
restart_daemon() {
	start_daemon
	wait_for 60 "the daemon again" daemon_answers
}
# attempt NAME COMMAND...: begins it and returns when its bytes stand still; `outcome NAME` says what came of it.
attempt() {
	local name="$1"
	shift
	rm -f "$mark"
	"$@" >"$FOLDER/$name.out" 2>"$FOLDER/$name.err" &
	attempt_pid=$!
	wait_for 60 "the middle of the transfer" test -e "$mark"
}
outcome() {
	local code=0
	wait "$attempt_pid" || code=$?
	if [ $code -ne 0 ]; then
		[ "$(json 'it["error"]["kind"]' <"$FOLDER/$1.err")" = store ] || die "no typed error: $(cat "$FOLDER/$1.err")"
		grep -q "start it" "$FOLDER/$1.err" || die "the client did not say what to do: $(cat "$FOLDER/$1.err")"
	fi
	return $code
}
mkdir "$FOLDER/target"
nothing_left() { [ -z "$(ls -A "$FOLDER/target")" ] || die "something was left behind: $(ls -A "$FOLDER/target")"; }

attempt get cut_blob get "$id" "$FOLDER/target/file"
kill_daemon
if outcome get; then die "a file came from a daemon that was gone."; fi
nothing_left
say "get, no daemon any more: $(json 'it["error"]["message"]' <"$FOLDER/get.err")"
restart_daemon

attempt again cut_blob get "$id" "$FOLDER/target/file"
kill_daemon
restart_daemon
if outcome again; then
	cmp "$FOLDER/large" "$FOLDER/target/file" || die "the file came back as something else."
	say "get, daemon back: the rest came, and the file is whole"
	rm "$FOLDER/target/file"
else
	say "get, daemon back too late: $(json 'it["error"]["message"]' <"$FOLDER/again.err")"
fi
nothing_left

head -c 134217728 /dev/urandom >"$FOLDER/other"
attempt put cut_blob put "$FOLDER/other"
kill_daemon
if outcome put; then die "a file was put to a daemon that was gone."; fi
say "put, no daemon any more: $(json 'it["error"]["message"]' <"$FOLDER/put.err")"
restart_daemon
other="$(cut_blob put "$FOLDER/other" | json 'it["content"]')"
for file in large other; do
	opg_blob get "$([ $file = large ] && echo "$id" || echo "$other")" "$FOLDER/target/file"
	cmp "$FOLDER/$file" "$FOLDER/target/file" || die "$file came back as something else."
	rm "$FOLDER/target/file"
done
say "both files are whole with the daemon that came back"

say "a gateway that lies"
liar_port="$(free_port)"
"$VENV_PYTHON" "$ROOT/scripts/storage/lying_gateway.py" "$liar_port" "$FOLDER/large" &
PIDS[liar]=$!
wait_for 20 "the gateway" is_open "$liar_port"
lied_blob() { "$OPG_BIN" --json blob "$@" --store "ipfs=http://127.0.0.1:$liar_port"; }
if lied_blob get "$id" "$FOLDER/target/file" 2>"$FOLDER/liar.err"; then die "wrong bytes were taken."; fi
grep -q "not $id; whoever gave them is wrong or lying" "$FOLDER/liar.err" || die "the client did not see the lie: $(cat "$FOLDER/liar.err")"
nothing_left
if lied_blob put "$FOLDER/large" 2>"$FOLDER/liar.err"; then die "a wrong name was believed."; fi
grep -q "not $id; whoever gave them is wrong or lying" "$FOLDER/liar.err" || die "the client did not see the lie: $(cat "$FOLDER/liar.err")"
kill_hard proxy liar
say "wrong bytes and wrong names are refused, and nothing is stored"

say "a node that finds a model with the daemon"
rpc="$(free_port)"
launch node "$FOLDER" --dev --tmp --accelerator cpu --port "$(free_port)" --rpc-port "$rpc" --store "ipfs=$OPG_IPFS_URL"
opg() { "$OPG_BIN" --url "ws://127.0.0.1:$rpc" --json "$@"; }
wait_for 240 "the chain" opg status
"$VENV_PYTHON" "$ROOT/scripts/model/make_counter.py" "$FOLDER"
model="$(opg model publish "$FOLDER/counter.onnx" --name counter --price 1OPG --store "ipfs=$OPG_IPFS_URL" | json 'it["model"]')"
served() { [ "$(opg model show "$model" | json 'len(it["served_by"])')" = 1 ]; }
wait_for 120 "a node that serves the model" served
opg infer "$model" --input '{"n": 3}' >/dev/null

say "an input that is sealed for the node"
if opg infer "$model" --input '{"n": 3}' --seal 2>"$FOLDER/refused"; then die "an input was sealed for a node without a key."; fi
[ "$(json 'it["error"]["kind"]' <"$FOLDER/refused")" = sealing ] || die "no typed error: $(cat "$FOLDER/refused")"
node="$(opg model show "$model" | json 'it["served_by"][0]')"
opg --dev bob node sealing-key "$node" >/dev/null
opg infer "$model" --input '{"n": 3}' --seal >/dev/null
sealed=
for id in $(ipfs --api "/ip4/127.0.0.1/tcp/$OPG_IPFS_PORT" pin ls --type recursive --quiet); do
	[ "$(ipfs --api "/ip4/127.0.0.1/tcp/$OPG_IPFS_PORT" cat --length 12 "$id" 2>/dev/null | tr -d '\0')" = "opg/sealed/1" ] && sealed="$id"
done
[ -n "$sealed" ] || die "the daemon has no sealed input."
say "the daemon has the input as ciphertext, $sealed, and the node answered it"
say "long/ipfs.sh: passed"
