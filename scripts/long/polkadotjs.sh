#!/usr/bin/env bash
# The whole polkadot.js suite on a chain of short eras: what the short pass has, rewards, and stakes that return.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/polkadotjs.sh    builds nothing: run scripts/test.sh first; 'node scripts/polkadotjs/table.js' puts the result into docs/benchmarks.md"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

"$ROOT/scripts/polkadotjs.sh" --whole
