#!/usr/bin/env bash
# Installs what the network tests run, as zombienet/package-lock.json pins it, into .opg/zombienet; what is there already stays.
set -euo pipefail
. "$(dirname "$0")/env.sh"

MIN_NODE=20.19

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "network-tools.sh    needs Node.js $MIN_NODE or newer and npm; about 330 MB"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

TOOLS="$ROOT/.opg/zombienet"

command -v node >/dev/null && command -v npm >/dev/null ||
	die "this needs Node.js and npm: install Node.js $MIN_NODE or newer, then run this again."
version="$(node --version)"
at_least "${version#v}" "$MIN_NODE" || die "Node.js $MIN_NODE or newer is needed and node is $version: install another, then run this again."

if cmp -s "$ROOT/zombienet/package-lock.json" "$TOOLS/installed.json"; then
	say "network tools: all there"
	exit
fi
say "network tools: installing into .opg/zombienet (330 packages, about 330 MB)"
mkdir -p "$TOOLS"
rm -f "$TOOLS/installed.json"
cp "$ROOT/zombienet/package.json" "$ROOT/zombienet/package-lock.json" "$TOOLS/"
# No package's own scripts: nothing here needs to be compiled or fetched from elsewhere.
npm ci --prefix "$TOOLS" --ignore-scripts --prefer-offline --no-audit --no-fund --silent ||
	die "npm could not install zombienet/package-lock.json: check the network and npm's configuration, then run this again."
# Written last: it says that all of the above went well.
cp "$ROOT/zombienet/package-lock.json" "$TOOLS/installed.json"
say "network tools: ready"
