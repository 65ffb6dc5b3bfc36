#!/usr/bin/env bash
# Builds the IPFS daemon (Kubo) and runs it on loopback, by itself: no bootstrap peers, no routing, nothing it could tell the world.
set -euo pipefail
. "$(dirname "$0")/env.sh"

IPFS_HOME="$ROOT/.opg/ipfs"
export IPFS_BIN="$IPFS_HOME/ipfs"
export IPFS_PATH="${IPFS_PATH:-$IPFS_HOME/repo}"
PORT="${OPG_IPFS_PORT:-5001}"
MIN_GO=1.26.5

build() {
	if [ -x "$IPFS_BIN" ] && cmp -s "$ROOT/scripts/kubo/go.sum" "$IPFS_HOME/go.sum"; then
		say "Kubo: there"
		return
	fi
	command -v go >/dev/null || die "Go $MIN_GO or newer is needed to build Kubo: install it (https://go.dev/dl), then run this again."
	say "Kubo: building (about ten minutes on two cores the first time)"
	mkdir -p "$IPFS_HOME"
	(cd "$ROOT/scripts/kubo" && go build -mod=mod -o "$IPFS_BIN" github.com/ipfs/kubo/cmd/ipfs) ||
		die "Kubo did not build: see go's message above, then run this again."
	cp "$ROOT/scripts/kubo/go.sum" "$IPFS_HOME/go.sum"
	say "Kubo: $("$IPFS_BIN" --version)"
}

# A repository with loopback addresses only.
init() {
	[ -f "$IPFS_PATH/config" ] || "$IPFS_BIN" init --empty-repo --profile=test >/dev/null
	"$IPFS_BIN" config Addresses.API "/ip4/127.0.0.1/tcp/$PORT"
	"$IPFS_BIN" config Addresses.Gateway ""
	"$IPFS_BIN" config --json Addresses.Swarm '[]'
	"$IPFS_BIN" config --json Bootstrap '[]'
	"$IPFS_BIN" config Routing.Type none
	"$IPFS_BIN" config --json Swarm.DisableNatPortMap true
	"$IPFS_BIN" config --json Discovery.MDNS.Enabled false
	"$IPFS_BIN" config --json AutoConf.Enabled false
}

case "${1:-}" in
	build) build ;;
	run)
		build
		init
		say "Kubo: http://127.0.0.1:$PORT"
		exec "$IPFS_BIN" daemon
		;;
	-h | --help)
		usage "ipfs.sh build | run    run: in the foreground, RPC on port ${PORT} (OPG_IPFS_PORT), data in IPFS_PATH or .opg/ipfs/repo"
		;;
	*) die "say build or run: see --help." ;;
esac
