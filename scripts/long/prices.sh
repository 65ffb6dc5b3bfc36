#!/usr/bin/env bash
# Measures what the parts of a request's life cost on the real runtime, and what economics and usage take of it; writes docs/benchmarks.md. Then
# holds the time of a feed's largest round against its weight.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/prices.sh    nothing else should run on the machine"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

cd "$ROOT"
say "building"
cargo test --release --workspace --locked --test prices --no-run
cargo test --release --locked -p pallet-feeds --lib --no-run
say "measuring"
OPG_PRICES_FILE="$ROOT/docs/benchmarks/prices.json" cargo test --release --workspace --locked --test prices -- --ignored
"$VENV_PYTHON" "$ROOT/scripts/prices/table.py"
say "measuring a round of a feed"
cargo test --release --locked -p pallet-feeds --lib -- --ignored --nocapture take_no_longer_than_they_weigh
