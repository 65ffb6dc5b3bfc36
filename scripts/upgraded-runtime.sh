#!/usr/bin/env bash
# Builds this tree's runtime once more with its version raised by one, as .opg/upgrade/runtime.wasm: what a running chain upgrades to.
set -euo pipefail
. "$(dirname "$0")/env.sh"

case "${1:-}" in
	"") ;;
	-h | --help)
		usage "upgraded-runtime.sh    about 5 minutes where the runtime was built before, else 10; nothing if nothing changed"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

cd "$ROOT"
UPGRADE="$ROOT/.opg/upgrade"
SOURCE="$UPGRADE/source"
# Not the common one: there the raised runtime would take the place of the one the node was built with.
TARGET="$CARGO_TARGET_DIR/upgrade"
PROJECT=release/wbuild/opg-runtime

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
mkdir -p "$SOURCE/raised/src"
tar -c --exclude=target Cargo.toml Cargo.lock runtime pallets primitives node | tar -x -C "$SOURCE"
sed -i "s/^\tspec_version: $version,\$/\tspec_version: $raised,/" "$SOURCE/runtime/src/lib.rs"
changed="$( (diff -r -q --exclude=target runtime "$SOURCE/runtime" || true) | wc -l)"
[ "$changed" -eq 1 ] || die "the copy differs in $changed files of the runtime instead of one."

# A crate that only builds the runtime's Wasm, as runtime/build.rs does, without the native runtime and all it needs.
sed -i 's/^members = \[$/members = [\n\t"raised",/' "$SOURCE/Cargo.toml"
cat >"$SOURCE/raised/Cargo.toml" <<-'TOML'
	[package]
	name = "raised"
	version = "0.1.0"
	edition.workspace = true
	publish = false

	[build-dependencies]
	substrate-wasm-builder = { workspace = true, default-features = true }
TOML
cat >"$SOURCE/raised/build.rs" <<-'RUST'
	//! Builds the runtime beside this crate to Wasm.
	fn main() {
		let copy = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it lies in the copy");
		substrate_wasm_builder::WasmBuilder::new()
			.with_project(copy.join("runtime/Cargo.toml"))
			.expect("the copy has a runtime")
			.import_memory()
			.export_heap_base()
			.build();
	}
RUST
echo '//! Nothing: the build script does the work.' >"$SOURCE/raised/src/lib.rs"

# What the runtime's own build compiled of others' crates need not be compiled again.
if [ -d "$CARGO_TARGET_DIR/$PROJECT/target" ] && [ ! -d "$TARGET/$PROJECT/target" ]; then
	mkdir -p "$TARGET/$PROJECT"
	cp -a "$CARGO_TARGET_DIR/$PROJECT/target" "$TARGET/$PROJECT/"
fi

say "building the runtime with version $raised instead of $version"
# Quieter than the tests and nodes beside it.
(
	cd "$SOURCE"
	unset SKIP_WASM_BUILD
	WASM_BUILD_WORKSPACE_HINT="$SOURCE" CARGO_TARGET_DIR="$TARGET" nice -n 4 cargo build --release -p raised
) || die "the raised runtime could not be built: see above."
cmp -s <(grep ^checksum Cargo.lock) <(grep ^checksum "$SOURCE/Cargo.lock") || die "the copy was built from other crates than Cargo.lock names."
cp "$TARGET/$PROJECT/opg_runtime.compact.compressed.wasm" "$UPGRADE/runtime.wasm"
# Written last: it says that all of the above went well.
echo "$sum" >"$UPGRADE/built-from"
say "raised runtime: .opg/upgrade/runtime.wasm, $(stat -c %s "$UPGRADE/runtime.wasm") bytes"
