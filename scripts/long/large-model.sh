#!/usr/bin/env bash
# A model of nearly 2 GiB whose weights lie beside it: published in chunks, the upload killed and gone on with, loaded by a node, and asked.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

BYTES=2000000000
case "${1:-}" in
	"") ;;
	--bytes) BYTES="${2:?--bytes takes a number}" ;;
	-h | --help)
		usage "long/large-model.sh [--bytes N]    builds nothing: run scripts/test.sh or scripts/demo.sh first; takes 10 GiB of disk and 16 GiB of memory"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
[ -x "$NODE_BIN" ] || die "there is no opg-node yet: run scripts/demo.sh first."

FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/opg-large.XXXXXX")"
export TMPDIR="$FOLDER"
code=0
trap 'code=$?; stop_all; [ $code -ne 0 ] && echo "logs: $FOLDER" >&2 || rm -rf "$FOLDER"; exit $code' EXIT
trap 'exit 130' INT TERM

rows="$("$VENV_PYTHON" "$ROOT/scripts/model/make_large.py" "$FOLDER" "$BYTES")"
say "a table of $rows rows, $(stat -c %s "$FOLDER/table.bin") bytes, beside a model of $(stat -c %s "$FOLDER/large.onnx")"

rpc="$(free_port)"
launch node "$FOLDER" --dev --tmp --accelerator cpu --engine-memory 12288 --store-path "$FOLDER/blobs" --port "$(free_port)" --rpc-port "$rpc"
opg() { "$OPG_BIN" --url "ws://127.0.0.1:$rpc" "$@"; }
wait_for 240 "the chain" opg status

publish() { opg model publish "$FOLDER/large.onnx" --name large --price 1OPG --exact; }
publish >"$FOLDER/first.out" 2>&1 &
first=$!
# Of a file that is being put only the chunks that came take room.
has_begun() { [ "$(du -k "$FOLDER"/blobs/incoming/*.part 2>/dev/null | cut -f 1)" -gt $((BYTES / 1024 / 10)) ]; }
wait_for 300 "a tenth of the upload" has_begun
kill -9 "$first"
wait "$first" 2>/dev/null || true
[ -z "$(find "$FOLDER/blobs" -path '*/blobs/??/*' -type f -size +1M)" ] || die "the upload was over before it could be killed."
publish >"$FOLDER/second.out" 2>&1 || die "the model was not published: $(tail -n 1 "$FOLDER/second.out")"
grep -q "chunks are there already" "$FOLDER/second.out" || die "the upload began anew: $(cat "$FOLDER/second.out")"
say "the upload was killed and went on: $(grep "there already" "$FOLDER/second.out")"
served() { [ "$(opg --json model show 0 | json 'len(it["served_by"])')" = 1 ]; }
wait_for 300 "the node that loads the model" served
say "the node has loaded it"
row=$((rows - 3))
expected="$("$VENV_PYTHON" -c "
import sys
sys.path.insert(0, '$ROOT/scripts/model')
import make_large
print(make_large.value($row).tolist())")"
answer="$(opg --json infer 0 --input "{\"row\": [$row]}" --deadline 100 | json 'it["output"]["values"][0]')"
[ "$(echo "$answer" | tr -d ' ')" = "$(echo "$expected" | tr -d ' ')" ] || die "the answer is $answer, not $expected."
say "long/large-model.sh: passed"
