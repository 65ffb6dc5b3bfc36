#!/usr/bin/env bash
# Builds this tree's runtime once more with its version raised by one, as .opg/upgrade/runtime.wasm: what a running chain upgrades to.
set -euo pipefail
. "$(dirname "$0")/env.sh"

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "upgraded-runtime.sh    about 5 minutes with a build directory to start from, else 15; nothing if nothing changed"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

cd "$ROOT"
UPGRADE="$ROOT/.opg/upgrade"
SOURCE="$UPGRADE/source"
# Not the common one: there the raised runtime would take the place of the one the node was built with.
TARGET="$CARGO_TARGET_DIR/upgrade"
PARTS=(Cargo.toml Cargo.lock runtime pallets primitives node)

version="$(sed -n 's/^\tspec_version: \([0-9]*\),$/\1/p' runtime/src/lib.rs)"
[[ "$version" =~ ^[0-9]+$ ]] || die "runtime/src/lib.rs does not name one spec_version."
raised=$((version + 1))

# What the runtime is made of, by its content.
sum="$(find Cargo.lock runtime pallets primitives -type f -not -path '*/target/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)"
if [ "$(cat "$UPGRADE/built-from" 2>/dev/null)" = "$sum" ] && [ -s "$UPGRADE/runtime.wasm" ]; then
	say "raised runtime: there, version $raised"
	exit
fi

rm -rf "$SOURCE" "$UPGRADE/built-from"
mkdir -p "$SOURCE"
for part in "${PARTS[@]}"; do
	tar -c --exclude=target "$part" | tar -x -C "$SOURCE"
done
sed -i "s/^\tspec_version: $version,\$/\tspec_version: $raised,/" "$SOURCE/runtime/src/lib.rs"
changed="$(diff -r -q --exclude=target runtime "$SOURCE/runtime" | wc -l)"
[ "$changed" -eq 1 ] || die "the copy differs in $changed files of the runtime instead of one."

say "building the runtime with version $raised instead of $version"
# Quieter than the tests and nodes beside it.
(
	cd "$SOURCE"
	unset SKIP_WASM_BUILD
	WASM_BUILD_WORKSPACE_HINT="$SOURCE" CARGO_TARGET_DIR="$TARGET" nice -n 19 cargo build --release --locked -p opg-runtime
) || die "the raised runtime could not be built: see above."
cp "$TARGET/release/wbuild/opg-runtime/opg_runtime.compact.compressed.wasm" "$UPGRADE/runtime.wasm"
# Written last: it says that all of the above went well.
echo "$sum" >"$UPGRADE/built-from"
say "raised runtime: .opg/upgrade/runtime.wasm, $(stat -c %s "$UPGRADE/runtime.wasm") bytes"
