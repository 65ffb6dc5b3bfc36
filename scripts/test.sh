#!/usr/bin/env bash
# Sets up, then runs every test: format, scripts, unit, property and wiring tests, and a short run on a real node.
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
started="$(date +%s)"
cd "$ROOT"

for script in scripts/*.sh scripts/long/*.sh; do
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

# In the background, so that stopping this script stops the run and its node too.
say "smoke run (at most $SMOKE_LIMIT s)"
timeout "$SMOKE_LIMIT" scripts/demo.sh --rows 40 &
smoke=$!
trap 'kill "$smoke" 2>/dev/null || true; wait "$smoke" || true; exit 130' INT TERM
code=0
wait "$smoke" || code=$?
trap - INT TERM
[ $code -ne 124 ] || die "the smoke run took longer than $SMOKE_LIMIT s: see .opg/demo/node.log."
[ $code -eq 0 ] || die "the smoke run failed: see its last lines above."

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
