#!/usr/bin/env bash
# Ten inference nodes of ten owners answer under a quorum while some lie, collude, copy, withhold or are killed; an answer is disputed.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

HOSTILE_BIN="$CARGO_TARGET_DIR/release/opg-hostile-node"
OWNERS=(bob charlie dave eve ferdie bob-stash charlie-stash dave-stash eve-stash ferdie-stash)
# The identity that belongs to the well-known network key below.
KEY=0000000000000000000000000000000000000000000000000000000000000001
PEER=12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp
# Questions asked at once.
ROWS=6
scenarios=()

while [ $# -gt 0 ]; do
	case "$1" in
		lie | collude | copy | withhold | kill | dispute) scenarios+=("$1") ;;
		-h | --help)
			usage "long/quorum.sh [lie|collude|copy|withhold|kill|dispute]...    all of them by default; builds nothing: run scripts/test.sh first"
			exit
			;;
		*) die "unknown scenario '$1': see --help." ;;
	esac
	shift
done
[ ${#scenarios[@]} -gt 0 ] || scenarios=(lie collude copy withhold kill dispute)
[ -x "$HOSTILE_BIN" ] || die "there is no opg-hostile-node yet: run scripts/test.sh first."

FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-quorum.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

opg() { "$OPG_BIN" --url "$url" --json "$@"; }
number_of() {
	local number
	for number in "${!OWNERS[@]}"; do
		[ "${OWNERS[$number]}" != "$1" ] || { echo "$number" && return; }
	done
}
# field OWNER FIELD: what the chain says of an owner's node.
field() { opg node status "$(number_of "$1")" | json "it['$2']"; }
bonds_of_others() { opg node status | json "{n['node']: n['bond'] for n in it if n['node'] not in [$1]}"; }

# start_node OWNER [MISCHIEF]: an inference node of an owner, honest unless told otherwise.
start_node() {
	local owner="$1" mischief="${2:-}" binary="$NODE_BIN" name="${1%-stash}" stash=
	[ "$name" = "$owner" ] || stash=//stash
	[ -z "$mischief" ] || binary="$HOSTILE_BIN"
	"$NODE_BIN" key insert --chain dev --base-path "$RUN/$owner" --scheme sr25519 --key-type opgw --suri "//${name^}$stash//worker"
	NODE_BIN="$binary" OPG_MISCHIEF="$mischief" OPG_HOSTILE_MEET="$RUN/meeting" \
		OPG_HOSTILE_RPC="ws://127.0.0.1:${RPC[$owner]}" \
		launch "$owner" "$RUN" --chain dev --base-path "$RUN/$owner" --role inference --accelerator cpu \
		--port "$(free_port)" --rpc-port "${RPC[$owner]}" --bootnodes "/ip4/127.0.0.1/tcp/$P2P/p2p/$PEER"
}

# start_network SCENARIO [OWNER=MISCHIEF]...: a fresh chain, ten nodes, and a model that all of them serve.
start_network() {
	local scenario="$1" owner pair stores=()
	shift
	declare -gA RPC=() MISCHIEF=()
	RUN="$FOLDER/$scenario" P2P="$(free_port)"
	mkdir -p "$RUN/meeting"
	for pair in "$@"; do MISCHIEF[${pair%%=*}]="${pair#*=}"; done
	local rpc
	rpc="$(free_port)"
	url="ws://127.0.0.1:$rpc"
	launch validator "$RUN" --chain dev --alice --force-authoring --base-path "$RUN/validator" \
		--node-key "$KEY" --port "$P2P" --rpc-port "$rpc"
	wait_for 120 "the chain" opg status
	for owner in "${OWNERS[@]}"; do
		RPC[$owner]="$(free_port)"
		stores+=(--store-url "ws://127.0.0.1:${RPC[$owner]}")
		start_node "$owner" "${MISCHIEF[$owner]:-}"
	done
	# Ten nodes compile the runtime at once here.
	for owner in "${OWNERS[@]}"; do
		wait_for 300 "$owner's node" "$OPG_BIN" --url "ws://127.0.0.1:${RPC[$owner]}" status
	done
	say "a validator and ten nodes run"
	model="$(opg model publish "$FOLDER/counter.onnx" --name counter --price 0.01OPG "${stores[@]}" | json 'it["model"]')"
	wait_for 180 "ten nodes that serve the model" served_by_all
	say "all of them serve the model"
	BONDS="$(opg node status | json "{n['node']: n['bond'] for n in it}")"
	asked=0
}
served_by_all() { [ "$(opg model show "$model" | json 'len(it["served_by"])')" = "${#OWNERS[@]}" ]; }

# Asks one round of questions under a quorum and fails unless each of them settled with the right answer.
ask_round() {
	local row answers="$RUN/answers.jsonl"
	for ((row = 0; row < ROWS; row++)); do echo "{\"n\": $((asked + row + 1))}"; done >"$RUN/asked.jsonl"
	opg infer "$model" --trust quorum:2of3 --input "$RUN/asked.jsonl" --out "$answers" >/dev/null 2>"$RUN/infer.err" ||
		die "not every question was answered: $(tail -3 "$RUN/infer.err") $(head -c 2000 "$answers")"
	"$VENV_PYTHON" - "$answers" "$asked" "$ROWS" <<'PYTHON' || die "an answer is wrong: see $answers."
import json, sys
answers = [json.loads(line) for line in open(sys.argv[1])]
first, count = int(sys.argv[2]) + 1, int(sys.argv[3])
assert [a["state"] for a in answers] == ["settled"] * count, answers
assert sorted(a["output"]["count"] for a in answers) == list(range(first, first + count)), answers
PYTHON
	cat "$answers" >>"$RUN/all.jsonl"
	asked=$((asked + ROWS))
	say "$asked questions answered rightly"
}

# rounds MOST COMMAND...: asks until the command succeeds.
rounds() {
	local most="$1" round
	shift
	for ((round = 1; round <= most; round++)); do
		ask_round
		if "$@"; then return; fi
	done
	die "$asked answers were right, but '$*' did not come true."
}
is_barred() { [ "$(field "$1" barred)" != "[]" ]; }
lost_bond() { [ "$(field "$1" bond)" != "$(json "it['$(number_of "$1")']" <<<"$BONDS")" ]; }
both_barred() { is_barred bob && is_barred charlie; }

# others_are_whole NUMBERS: nobody lost any of its bond but the nodes named.
others_are_whole() {
	local now
	now="$(bonds_of_others "$1")"
	[ "$(json "[n for n, bond in it[0].items() if it[1][n] != bond]" <<<"[$now, $BONDS]")" = "[]" ] ||
		die "an honest node lost some of its bond: before $BONDS, now $now."
}

lie() {
	start_network lie bob=lie
	rounds 12 is_barred bob
	lost_bond bob || die "the liar lost no bond."
	others_are_whole 0
	echo "quorum: a lying node was caught and lost bond (now $(field bob bond)); $asked of $asked questions settled with the right answer"
}

collude() {
	start_network collude bob=collude charlie=collude
	rounds 40 both_barred
	others_are_whole 0,1
	echo "quorum: two colluding nodes on one panel were slashed, nobody else was; $asked of $asked questions settled with the right answer"
}

copy() {
	start_network copy bob=copy
	rounds 12 copied_in_vain
	others_are_whole 0
	echo "quorum: a copying node was drawn and missed $(field bob missed) times, and was paid for none of the answers; $asked of $asked questions settled with the right answer"
}
# A re-run of a settled answer, which is public, can be copied; what that costs is another matter (docs/security.md).
copied_in_vain() { [ "$(field bob missed)" -ge 2 ] && ! was_paid_for_an_answer bob; }
was_paid_for_an_answer() { "$VENV_PYTHON" -c '
import json, sys
sys.exit(not any(int(sys.argv[2]) in json.loads(line)["nodes"] for line in open(sys.argv[1])))' "$RUN/all.jsonl" "$(number_of "$1")"; }

withhold() {
	start_network withhold bob=withhold
	rounds 12 lost_bond bob
	others_are_whole 0
	echo "quorum: a node that committed and did not reveal lost bond (now $(field bob bond)); $asked of $asked questions settled with the right answer"
}

killed() {
	start_network killed
	(sleep 9 && kill -9 "${PIDS[bob]}") &
	local killer=$!
	ask_round
	wait "$killer"
	unset "PIDS[bob]"
	ask_round
	others_are_whole ""
	echo "quorum: a node was killed in mid-job; $asked of $asked questions settled with the right answer within their deadline"
}

dispute() {
	local request disputed
	start_network dispute
	request="$(opg infer "$model" --input '{"n": 1}' | json 'it["request"]')"
	disputed="$(opg request dispute "$request")"
	[ "$(json 'it["verdict"]' <<<"$disputed")" = upheld ] || die "a right answer was not upheld: $disputed"
	others_are_whole ""
	echo "quorum: a right answer of one node was disputed, run again by three others and upheld; nobody lost bond"
}

"$VENV_PYTHON" scripts/model/make_counter.py "$FOLDER"
for scenario in "${scenarios[@]}"; do
	say "scenario: $scenario"
	case "$scenario" in kill) killed ;; *) "$scenario" ;; esac
	stop_all
	PIDS=()
done
echo "quorum: ${scenarios[*]} passed"
