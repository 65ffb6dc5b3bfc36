# shellcheck shell=bash
# What scripts with several node processes share: start, stop and wait. Source it after env.sh, do not run it.

NODE_BIN="$CARGO_TARGET_DIR/release/opg-node"
OPG_BIN="$CARGO_TARGET_DIR/release/opg"
export NODE_BIN OPG_BIN

declare -A PIDS=()

free_port() { "$VENV_PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# json EXPRESSION: evaluates a Python expression of `it`, the JSON on standard input, and prints the result.
json() {
	"$VENV_PYTHON" -c '
import json, sys
it = json.load(sys.stdin)
value = eval(sys.argv[1])
print(json.dumps(value) if isinstance(value, (dict, list)) else value)' "$1"
}

# launch NAME FOLDER ARGUMENTS...: starts a node in the background; its log is FOLDER/NAME.log. It looks for no others nearby: every
# development chain has the same genesis, and those of another run would be taken for peers.
launch() {
	local name="$1" folder="$2"
	shift 2
	"$NODE_BIN" --no-prometheus --no-telemetry --no-mdns --onnxruntime "$OPG_ONNXRUNTIME" --name "$name" "$@" >>"$folder/$name.log" 2>&1 &
	PIDS[$name]=$!
}

# kill_hard NAME...: ends nodes at once, as a crash would.
kill_hard() {
	local name
	for name in "$@"; do
		kill -9 "${PIDS[$name]}" 2>/dev/null || true
		wait "${PIDS[$name]}" 2>/dev/null || true
		unset "PIDS[$name]"
	done
}

stop_all() {
	local name
	for name in "${!PIDS[@]}"; do
		kill "${PIDS[$name]}" 2>/dev/null || true
	done
	for name in "${!PIDS[@]}"; do
		for _ in {1..50}; do
			kill -0 "${PIDS[$name]}" 2>/dev/null || break
			sleep 0.2
		done
		kill -9 "${PIDS[$name]}" 2>/dev/null || true
	done
}

# True while every node that was launched, and not killed since, still runs; else names the first that does not.
all_live() {
	local name
	for name in "${!PIDS[@]}"; do
		kill -0 "${PIDS[$name]}" 2>/dev/null || {
			echo "the node '$name' has stopped" >&2
			return 1
		}
	done
}

# wait_for SECONDS WHAT COMMAND...: tries the command until it succeeds.
wait_for() {
	local until=$((SECONDS + $1)) what="$2"
	shift 2
	until "$@" >/dev/null 2>&1; do
		all_live || die "waited for $what in vain."
		[ $SECONDS -lt $until ] || die "waited too long for $what."
		sleep 0.5
	done
}
