#!/usr/bin/env bash
# Fuzzes everything that decodes what strangers send, each target for a while; fails with the inputs that broke a law.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

CRATE="$ROOT/primitives/fuzz"
# Inputs, logs and findings. A run begins where the one before it ended.
KEPT="$ROOT/.opg/fuzz"
# At most so many bytes of input, seconds on one input, and MiB of memory.
LIMITS=(-max_len=65536 -timeout=10 -rss_limit_mb=2048)
# Seconds between two lines of progress.
EVERY=60

seconds=600
case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/fuzz.sh [SECONDS [TARGET]...]    for each target, $seconds and all by default; inputs are kept in .opg/fuzz"
		exit
		;;
	*[!0-9]* | 0*) die "'$1' is no number of seconds: see --help." ;;
	*) seconds="$1" && shift ;;
esac

targets=("$@")
for target in "${targets[@]}"; do
	[ -f "$CRATE/fuzz_targets/$target.rs" ] || die "there is no target '$target' in primitives/fuzz/fuzz_targets."
done
if [ ${#targets[@]} -eq 0 ]; then
	for file in "$CRATE"/fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
fi

HOST="$(rustc -vV | sed -n 's/^host: //p')"
# A directory of its own: these flags would undo every other build. Naming the host as target keeps them from build scripts.
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/fuzz"
BINARIES="$CARGO_TARGET_DIR/$HOST/release"
# What libFuzzer has to see: a counter for each edge, where it lies, and what is compared.
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module \
-Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares"

declare -A RUNNING=()
code=0
stop_all() {
	local target
	for target in "${!RUNNING[@]}"; do kill "${RUNNING[$target]}" 2>/dev/null || true; done
	wait
}
trap 'code=$?; stop_all; exit $code' EXIT
trap 'exit 130' INT TERM

# prepare TARGET: its folders and seeds; what broke it before and does no longer becomes an input like any other.
prepare() {
	local target="$1" folder="$KEPT/$1" finding
	[ -x "$BINARIES/$target" ] || die "nothing was built for '$target': name it as a binary in primitives/fuzz/Cargo.toml."
	mkdir -p "$folder/inputs" "$folder/findings"
	rm -rf "$folder/seeds"
	mkdir "$folder/seeds"
	OPG_FUZZ_SEEDS="$folder/seeds" "$BINARIES/$target" -runs=0 >"$folder/log" 2>&1 ||
		die "'$target' wrote no seeds: see $folder/log."
	for finding in "$folder/findings"/*; do
		[ -f "$finding" ] || continue
		if "$BINARIES/$target" "${LIMITS[@]}" "$finding" >"$folder/log" 2>&1; then mv "$finding" "$folder/inputs/"; fi
	done
}

start() {
	local target="$1" folder="$KEPT/$1" words=()
	[ ! -f "$CRATE/dictionaries/$target.dict" ] || words=("-dict=$CRATE/dictionaries/$target.dict")
	"$BINARIES/$target" "${LIMITS[@]}" "${words[@]}" -max_total_time="$seconds" -print_final_stats=1 \
		-artifact_prefix="$folder/findings/" "$folder/inputs" "$folder/seeds" >"$folder/log" 2>&1 &
	RUNNING[$target]=$!
	say "$target: runs for $seconds s"
}

# Takes a target off the running ones if it has ended.
collect() {
	local target="$1" code=0
	if kill -0 "${RUNNING[$target]}" 2>/dev/null; then return; fi
	wait "${RUNNING[$target]}" || code=$?
	unset "RUNNING[$target]"
	[ $code -eq 0 ] || [ "$(found "$target")" -gt 0 ] || die "'$target' did not run: see $KEPT/$target/log."
	say "$target: ended"
}

found() { find "$KEPT/$1/findings" -type f | wc -l; }
# last TARGET WORD: the number that followed WORD last in the target's log.
last() { grep -ao "$2 *[0-9]*" "$KEPT/$1/log" | tail -n 1 | grep -o '[0-9]*$' || echo 0; }

say "building the targets: ${targets[*]}"
(cd "$CRATE" && cargo build --release --bins --target "$HOST")
for target in "${targets[@]}"; do prepare "$target"; done

cores="$(nproc)"
waiting=("${targets[@]}")
ticks=0
while :; do
	for target in "${!RUNNING[@]}"; do collect "$target"; done
	while [ ${#RUNNING[@]} -lt "$cores" ] && [ ${#waiting[@]} -gt 0 ]; do
		start "${waiting[0]}"
		waiting=("${waiting[@]:1}")
	done
	[ ${#RUNNING[@]} -gt 0 ] || break
	sleep 1
	ticks=$((ticks + 1))
	[ $((ticks % EVERY)) -eq 0 ] || continue
	for target in "${!RUNNING[@]}"; do
		say "$target: $(last "$target" '^#') executions, coverage $(last "$target" cov:), $(last "$target" exec/s:) each second"
	done
done

findings=0
for target in "${targets[@]}"; do
	count="$(found "$target")"
	findings=$((findings + count))
	echo "fuzz: $target: $(last "$target" stat::number_of_executed_units:) executions, coverage $(last "$target" cov:), $count findings"
done
for target in "${targets[@]}"; do
	for finding in "$KEPT/$target/findings"/*; do
		[ -f "$finding" ] || continue
		printf 'fuzz: %s broke on %s\n  repeat it: %s %s\n' "$target" "$finding" "$BINARIES/$target" "$finding" >&2
	done
done
[ $findings -eq 0 ] || die "$findings findings: repeat them as above, and see the logs in $KEPT/TARGET/log."
echo "fuzz: ${targets[*]} ran $seconds s each without a finding"
