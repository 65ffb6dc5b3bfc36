#!/usr/bin/env bash
# Fills blocks with requests, draws and answers, and sets the time each took beside the weight it declared.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

requests=3000
while [ $# -gt 0 ]; do
	case "$1" in
		--requests)
			requests="${2:-}"
			[[ "$requests" =~ ^[1-9][0-9]*$ ]] || die "--requests takes a number from 1 on."
			shift 2
			;;
		-h | --help)
			usage "long/full-block.sh [--requests N]    builds nothing: run scripts/demo.sh first"
			exit
			;;
		*) die "unknown option '$1': see --help." ;;
	esac
done
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-full-block.XXXXXX")"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

rpc="$(free_port)"
opg() { "$OPG_BIN" --url "ws://127.0.0.1:$rpc" --json "$@"; }
launch full "$FOLDER" --dev --base-path "$FOLDER/full" --rpc-port "$rpc" --port "$(free_port)" \
	--pool-limit 65536 --pool-kbytes 262144 -lruntime::system=debug
wait_for 60 "the chain" opg status
"$VENV_PYTHON" scripts/model/train_digits.py "$FOLDER"
model="$(opg model publish "$FOLDER/digits.onnx" --name digits --price 0.01OPG | json 'it["model"]')"
is_served() { [ "$(opg model show "$model" | json 'len(it["served_by"])')" = 1 ]; }
wait_for 60 "a node that serves the model" is_served

"$VENV_PYTHON" - "$FOLDER" "$requests" <<'PYTHON'
import itertools, pathlib, sys
folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
rows = (folder / "rows.jsonl").read_text().splitlines()
asked = itertools.islice(itertools.cycle(rows), count)
(folder / "asked.jsonl").write_text("".join(f"{row}\n" for row in asked))
PYTHON
say "asking $requests times at once"
opg infer "$model" --input "$FOLDER/asked.jsonl" --in-flight "$requests" --deadline 1000 --out "$FOLDER/answers.jsonl" ||
	die "not every request settled: see $FOLDER/answers.jsonl."
stop_all

"$VENV_PYTHON" - "$FOLDER/full.log" <<'PYTHON'
import re, sys
log = open(sys.argv[1], encoding="utf-8", errors="replace").read()
declared = {}
for line in log.splitlines():
    found = re.search(r"\[(\d+)\] \d+ extrinsics, block size", line)
    if found:
        weights = re.findall(r"Weight\(ref_time: (\d+), proof_size: \d+\)", line)
        if len(weights) >= 3:
            declared[int(found[1])] = sum(map(int, weights[:3])) / 1e9
took = {int(n): int(ms) for n, ms in re.findall(r"Prepared block for proposing at (\d+) \((\d+) ms\)", log)}
full = sorted(((declared[n], took[n], n) for n in declared if n in took), reverse=True)[:5]
print("  block   declared ms   took ms   took/declared")
for weight, ms, number in full:
    print(f"  {number:5d}   {weight:11.0f}   {ms:7d}   {ms / weight:13.2f}")
if not full or full[0][0] < 500:
    sys.exit("no block was full enough to tell")
worst = max(ms / weight for weight, ms, _ in full)
print(f"full-block: the fullest blocks took at most {worst:.2f} of the weight they declared")
sys.exit(worst > 1)
PYTHON
