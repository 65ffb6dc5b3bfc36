#!/usr/bin/env bash
# Sets up, then runs every test: format, scripts, unit, property and wiring tests, and short runs on a real node.
set -euo pipefail
. "$(dirname "$0")/env.sh"

long=
case "${1:-}" in
	"") ;;
	--long) long=yes ;;
	-h | --help)
		usage "test.sh [--long]    --long: the heavy suites of scripts/long as well"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

SMOKE_LIMIT=360
# Two minutes on a quiet machine, the first time one more for its packages.
POLKADOTJS_LIMIT=600
started="$(date +%s)"
cd "$ROOT"

for script in scripts/*.sh scripts/long/*.sh scripts/proofs/*.sh; do
	[ ! -f "$script" ] || bash -n "$script" || die "$script is not valid bash."
done

scripts/setup.sh
# Again, for what the set-up wrote down.
# shellcheck source=env.sh
. "$ROOT/scripts/env.sh"

if cargo fmt --version >/dev/null 2>&1; then
	cargo fmt --all -- --check || die "the format differs from rustfmt's: run 'cargo fmt --all'."
	say "format: as it should be"
else
	say "format: not checked, there is no rustfmt"
fi

say "tests"
cargo test --release --workspace --locked
say "binaries for the smoke run"
cargo build --release --workspace --locked

# on_a_node NAME SECONDS LOG COMMAND...: in the background, so that stopping this script stops the run and its node too.
on_a_node() {
	local name="$1" limit="$2" log="$3" run code=0
	shift 3
	say "$name (at most $limit s)"
	timeout "$limit" "$@" &
	run=$!
	# shellcheck disable=SC2064
	trap "kill $run 2>/dev/null || true; wait $run || true; exit 130" INT TERM
	wait "$run" || code=$?
	trap - INT TERM
	[ $code -ne 124 ] || die "the $name took longer than $limit s: see $log."
	[ $code -eq 0 ] || die "the $name failed: see its last lines above."
}
on_a_node "smoke run" "$SMOKE_LIMIT" .opg/demo/demo.log scripts/demo.sh --rows 40
on_a_node "polkadot.js pass" "$POLKADOTJS_LIMIT" .opg/polkadotjs/node.log scripts/polkadotjs.sh

say "proofs: every vector on the command line, by snarkjs and on a chain"
scripts/proofs.sh
say "proofs: small models proved with EZKL, judged by its own verifier too"
scripts/long/ezkl.sh --small

if [ -n "$long" ]; then
	ran=0
	for script in scripts/long/*.sh; do
		[ -x "$script" ] || continue
		say "long: $script"
		"$script"
		ran=$((ran + 1))
	done
	[ $ran -gt 0 ] || say "long: scripts/long holds nothing yet"
fi

echo "scripts/test.sh: passed in $(($(date +%s) - started)) s"
