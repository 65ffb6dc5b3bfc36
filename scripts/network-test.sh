#!/usr/bin/env bash
# Starts a network of four validators and a full node, and runs the numbered scenarios of zombienet/ on it, one after another.
set -euo pipefail
. "$(dirname "$0")/env.sh"
. "$ROOT/scripts/processes.sh"

# Seconds until all nodes run; they start one after another, and compile the runtime while they do.
LAUNCH=600
wanted=()
keep=
table=yes
export OPG_NETWORK_PORT=9980
while [ $# -gt 0 ]; do
	case "$1" in
		--port)
			OPG_NETWORK_PORT="${2:-}"
			[[ "$OPG_NETWORK_PORT" =~ ^[1-9][0-9]{3,4}$ ]] && [ "$OPG_NETWORK_PORT" -le 44000 ] || die "--port takes a number from 1000 to 44000."
			shift 2
			;;
		--keep)
			keep=yes
			shift
			;;
		--no-table)
			table=
			shift
			;;
		-h | --help)
			usage "network-test.sh [NUMBER]... [--port N] [--keep] [--no-table]
  NUMBER      run only these scenarios, such as 1 3; all of them by default
  --port N    the first of the ports to use: N to N+15, and N+21000 to N+21005; $OPG_NETWORK_PORT by default
  --keep      leave the network running, and say where it listens
  --no-table  leave docs/benchmarks.md as it is

builds no node: run scripts/test.sh or scripts/demo.sh first. Takes about 25 minutes, and the first time as long again for a runtime to
upgrade to. What was found is in .opg/network/results."
			exit
			;;
		[0-9]*)
			[[ "$1" =~ ^[0-9]{1,4}$ ]] || die "'$1' is no number of a scenario."
			wanted+=("$(printf '%04d' "$((10#$1))")")
			shift
			;;
		*) die "unknown option '$1': see --help." ;;
	esac
done
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/test.sh or scripts/demo.sh first."
[ -x "$OPG_BIN" ] || die "there is no opg yet: run scripts/test.sh or scripts/demo.sh first."

scenarios=()
for file in "$ROOT"/zombienet/[0-9]*.zndsl; do
	name="$(basename "$file" .zndsl)"
	if [ ${#wanted[@]} -eq 0 ] || [[ " ${wanted[*]} " = *" ${name%%-*} "* ]]; then scenarios+=("$name"); fi
done
[ ${#scenarios[@]} -gt 0 ] || die "there is no scenario ${wanted[*]}."

"$ROOT/scripts/network-tools.sh"
if [[ " ${scenarios[*]} " = *-upgrade-* ]]; then
	"$ROOT/scripts/upgraded-runtime.sh"
	export OPG_UPGRADE="$ROOT/.opg/upgrade/runtime.wasm"
fi

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for offset in {0..5} {10..15} {21000..21005}; do
	port_is_free $((OPG_NETWORK_PORT + offset)) ||
		die "port $((OPG_NETWORK_PORT + offset)) is taken: end what listens there, or give another --port."
done

export OPG_NETWORK="$ROOT/.opg/network"
export OPG_LOG="${OPG_LOG:-info}"
RUN="$OPG_NETWORK/run"
ZOMBIENET="$ROOT/.opg/zombienet/node_modules/.bin/zombienet"
rm -rf "$RUN" "$OPG_NETWORK/results" "$OPG_NETWORK/started"
mkdir -p "$RUN" "$OPG_NETWORK/results"

# Ends the network's processes, and those scenarios started: by number, and only what runs in this network's folder.
processes() {
	local pid
	for pid in $(pgrep -f -- "--base-path $RUN/" || true); do
		if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$NODE_BIN --chain $RUN/"; then echo "$pid"; fi
	done
}
spawned=
# shellcheck disable=SC2317
clean_up() {
	local code=$? pid
	trap - EXIT INT TERM
	if [ -n "$keep" ] && [ $code -eq 0 ]; then
		say "the network keeps running: ws://127.0.0.1:$OPG_NETWORK_PORT, process $spawned"
		exit 0
	fi
	if [ -n "$spawned" ]; then
		kill -9 "$spawned" 2>/dev/null || true
		wait "$spawned" 2>/dev/null || true
	fi
	for pid in $(processes); do kill "$pid" 2>/dev/null || true; done
	for _ in {1..50}; do
		[ -n "$(processes)" ] || break
		sleep 0.2
	done
	for pid in $(processes); do kill -9 "$pid" 2>/dev/null || true; done
	[ $code -eq 0 ] || echo "logs: $RUN" >&2
	exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say "writing the chain's specification"
"$NODE_BIN" build-spec --chain local --raw --disable-default-bootnode >"$OPG_NETWORK/chain.json" 2>"$OPG_NETWORK/build-spec.log" ||
	die "the specification could not be written: see .opg/network/build-spec.log."

say "starting four validators and a full node"
"$ZOMBIENET" --provider native --dir "$RUN" --force --logType text spawn "$ROOT/zombienet/network.toml" >"$OPG_NETWORK/spawn.log" 2>&1 &
spawned=$!
for ((second = 0; second < LAUNCH; second++)); do
	[ ! -s "$RUN/zombie.json" ] || break
	kill -0 "$spawned" 2>/dev/null || die "the network did not start: see .opg/network/spawn.log."
	sleep 1
done
[ -s "$RUN/zombie.json" ] || die "the network did not start within $LAUNCH s: see .opg/network/spawn.log and the logs in .opg/network/run."
say "the network runs: ws://127.0.0.1:$OPG_NETWORK_PORT, logs in .opg/network/run"

failed=()
for name in "${scenarios[@]}"; do
	say "scenario $name"
	began=$SECONDS code=0
	"$ZOMBIENET" --provider native --logType silent test "$ROOT/zombienet/$name.zndsl" "$RUN/zombie.json" \
		>"$OPG_NETWORK/results/$name.log" 2>&1 || code=$?
	grep -E '^    (so|NOT SO|[a-zA-Z].*): ' "$OPG_NETWORK/results/$name.log" || true
	node "$ROOT/zombienet/results.js" note "$name" "$code" "$((SECONDS - began))"
	if [ $code -eq 0 ]; then
		say "scenario $name passed in $((SECONDS - began)) s"
	else
		say "scenario $name FAILED: see .opg/network/results/$name.log"
		failed+=("$name")
	fi
done

if [ -n "$table" ]; then
	node "$ROOT/zombienet/results.js" table "$ROOT/docs/benchmarks.md"
	say "table: docs/benchmarks.md"
fi
[ ${#failed[@]} -eq 0 ] || die "${#failed[@]} of ${#scenarios[@]} scenarios failed: ${failed[*]}"
echo "network: ${#scenarios[@]} of ${#scenarios[@]} scenarios passed"
