#!/usr/bin/env bash
# Gives the compiler what it needs to build the runtime to Wasm: by rustup, or else with the distribution's toolchain.
set -euo pipefail
. "$(dirname "$0")/env.sh"

TARGET=wasm32v1-none
MIN_RUST=1.92
SYSROOT=/usr
STD="$SYSROOT/lib/rustlib/$TARGET"
PACKAGES=(rustc-web cargo-web rust-web-src rust-web-llvm)

has_core() { compgen -G "$1/libcore-*.rlib" >/dev/null; }

# What the build takes from here on is kept in .opg/env.
record() {
	if [ -f "$ROOT/.opg/env" ]; then
		sed -i '/WASM_BUILD_TOOLCHAIN=/d' "$ROOT/.opg/env"
	fi
	if [ "$1" != ordinary ]; then
		mkdir -p "$ROOT/.opg"
		echo "export WASM_BUILD_TOOLCHAIN=$1" >>"$ROOT/.opg/env"
	fi
}

distro_rustc() { env -u RUSTUP_TOOLCHAIN "$SYSROOT/bin/rustc" "$@"; }

# The libraries fit only the compiler that built them: its version is kept beside them.
distro_ready() {
	has_core "$STD/lib" && [ -x "$SYSROOT/bin/cargo" ] &&
		[ "$(cat "$STD/built-by" 2>/dev/null)" = "$(distro_rustc -vV 2>/dev/null)" ]
}

distro_install() {
	local missing=()
	for package in "${PACKAGES[@]}"; do
		dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
	done
	[ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
	# rust-lld is a link to the linker of the same LLVM, in a package of its own.
	if [ -L "$SYSROOT/bin/rust-lld" ] && [ ! -e "$SYSROOT/bin/rust-lld" ]; then
		apt_install "$(basename "$(readlink "$SYSROOT/bin/rust-lld")")"
	fi
	local version
	version="$(distro_rustc --version | cut -d ' ' -f 2)"
	at_least "$version" "$MIN_RUST" ||
		die "the distribution's Rust is $version, $MIN_RUST or newer is needed: enable its security updates, then run this again."
	[ "$(distro_rustc --print sysroot)" = "$SYSROOT" ] ||
		die "$SYSROOT/bin/rustc is not the distribution's compiler: remove what stands in its place, then run this again."
}

# A crate that uses nothing but core and alloc, so that cargo builds these two from source.
distro_build() {
	local work
	work="$(mktemp -d)"
	# shellcheck disable=SC2064
	trap "rm -rf '$work'" EXIT
	mkdir "$work/src"
	printf '[package]\nname = "empty"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n' >"$work/Cargo.toml"
	printf '#![no_std]\nextern crate alloc;\n' >"$work/src/lib.rs"
	say "building core and alloc for $TARGET (about half a minute)"
	# Without bitcode the runtime's link-time optimisation finds nothing to work on.
	(cd "$work" && env -u RUSTUP_TOOLCHAIN -u RUSTC_WRAPPER -u CARGO_ENCODED_RUSTFLAGS \
		RUSTC_BOOTSTRAP=1 RUSTC="$SYSROOT/bin/rustc" RUSTFLAGS=-Cembed-bitcode=yes \
		"$SYSROOT/bin/cargo" build --quiet --release --target "$TARGET" --target-dir "$work/target" -Zbuild-std=core,alloc) ||
		die "core and alloc did not build for $TARGET: see the compiler's message above."
	distro_rustc -vV >"$work/built-by"
	as_root rm -rf "$STD"
	as_root mkdir -p "$STD/lib"
	for crate in core alloc compiler_builtins; do
		as_root cp "$work/target/$TARGET/release/deps/lib$crate"-*.rlib "$STD/lib/"
	done
	as_root cp "$work/built-by" "$STD/"
}

# The ordinary toolchain builds the node, this one the runtime; where it is the ordinary one there is nothing to link.
distro_link() {
	if [ "$(rustc --print sysroot)" = "$SYSROOT" ]; then
		record ordinary
		return
	fi
	command -v rustup >/dev/null ||
		die "rustc comes neither from rustup nor from the distribution: install rustup, then run this again."
	rustup toolchain list | grep -q '^distro\b' || rustup toolchain link distro "$SYSROOT"
	record distro
}

distro() {
	if ! distro_ready; then
		distro_install
		if ! distro_ready; then distro_build; fi
	fi
	distro_link
	say "Wasm target: $TARGET of the distribution's toolchain"
}

case "${1:-}" in
	"") ;;
	--distro)
		distro
		exit
		;;
	-h | --help)
		usage "wasm-target.sh [--distro]    --distro: the distribution's toolchain even where rustup would do"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

if has_core "$(rustc --print target-libdir --target "$TARGET" 2>/dev/null)" && [ "$(rustc --print sysroot)" != "$SYSROOT" ]; then
	record ordinary
	say "Wasm target: $TARGET is there"
elif distro_ready; then
	distro
elif command -v rustup >/dev/null && timeout 600 rustup target add "$TARGET"; then
	record ordinary
	say "Wasm target: $TARGET added by rustup"
else
	say "Wasm target: rustup cannot add $TARGET; taking the distribution's toolchain"
	distro
fi
