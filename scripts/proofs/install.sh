#!/usr/bin/env bash
# Installs the locked snarkjs into .opg/proofs, unless it is there.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

INTO="$ROOT/.opg/proofs"
mkdir -p "$INTO"
cp "$ROOT/scripts/proofs/snarkjs.mjs" "$ROOT/scripts/proofs/package.json" "$INTO/"
if cmp -s "$ROOT/scripts/proofs/package-lock.json" "$INTO/installed.json" && [ -d "$INTO/node_modules/snarkjs" ]; then
	exit 0
fi
say "snarkjs: fetching (64 MB unpacked)"
cp "$ROOT/scripts/proofs/package-lock.json" "$INTO/"
(cd "$INTO" && npm ci --silent --no-audit --no-fund) ||
	die "npm could not install scripts/proofs/package-lock.json: check the network and npm's configuration, then run this again."
# Written last: it says that all of the above went well.
cp "$ROOT/scripts/proofs/package-lock.json" "$INTO/installed.json"
