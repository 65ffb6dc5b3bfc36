#!/usr/bin/env bash
# Shows that leaving wasm-opt out of the runtime's build changes no code: runs the real one over the built runtime and compares.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "long/wasm-opt.sh    needs npm and a built runtime"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

BLOB="$CARGO_TARGET_DIR/release/wbuild/opg-runtime/opg_runtime.compact.wasm"
[ -f "$BLOB" ] || die "there is no built runtime: run scripts/demo.sh or scripts/test.sh first."
command -v npm >/dev/null || die "this needs npm: install it, then run this again."

TOOLS="$ROOT/.opg/binaryen"
if [ ! -d "$TOOLS/node_modules/binaryen" ]; then
	say "fetching binaryen"
	mkdir -p "$TOOLS"
	npm install --silent --no-audit --no-fund --prefix "$TOOLS" binaryen@132.0.0
fi
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT

# What the builder would have done: level 0, strip DWARF, lower sign extension.
say "running wasm-opt over the runtime"
"$TOOLS/node_modules/.bin/wasm-opt" -O0 --mvp-features -g --strip-dwarf --signext-lowering "$BLOB" -o "$WORK/lowered.wasm"
# And the same without those passes: what is left is binaryen's own way of writing a module.
"$TOOLS/node_modules/.bin/wasm-opt" -O0 --mvp-features -g "$BLOB" -o "$WORK/copied.wasm"
if cmp -s "$WORK/lowered.wasm" "$WORK/copied.wasm"; then
	echo "wasm-opt: the builder's two passes change nothing in $(stat -c %s "$BLOB") bytes of runtime"
else
	die "the builder's passes do change this runtime: do not leave wasm-opt out with this toolchain."
fi
