#!/usr/bin/env bash
# Builds the runtime with its own arithmetic of proofs too, and holds it against the one that asks the node: verdicts and times.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/engines.sh    builds a second runtime: half an hour on two cores the first time"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac
cd "$ROOT"

blob() { echo "$1/release/wbuild/opg-runtime/opg_runtime.compact.wasm"; }
say "building the runtime that asks the node"
cargo build --release --locked -p opg-runtime
say "building the runtime with its own arithmetic"
cargo build --release --locked -p opg-runtime --features pure-proofs --target-dir "$CARGO_TARGET_DIR/pure-proofs"
OPG_HOST_WASM="$(blob "$CARGO_TARGET_DIR")"
OPG_PURE_WASM="$(blob "$CARGO_TARGET_DIR/pure-proofs")"
export OPG_HOST_WASM OPG_PURE_WASM
! cmp -s "$OPG_HOST_WASM" "$OPG_PURE_WASM" || die "both builds are the same: the feature pure-proofs did not reach the runtime."
say "comparing"
cargo test --release --locked -p pallet-proofs --test engines -- --ignored --nocapture
echo "engines: both runtimes gave every vector the same verdict"
