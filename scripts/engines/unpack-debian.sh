#!/bin/sh
# Unpacks another Debian suite's server with all its libraries into a folder, without installing anything:
#
#   scripts/engines/unpack-debian.sh SUITE [redis|valkey]     e.g. bullseye (Redis 6.0), trixie (Redis 8.0), trixie valkey (8.1)
#
# Prints the path of a `redis-server` that runs it as its only line on stdout. Needs apt-get and dpkg; not root. The packages come
# from the Debian archive that the machine already uses; apt's own lists and configuration are not touched.
#   REDIS_HEADROOM_ENGINES   folder for engines (default: $XDG_CACHE_HOME or ~/.cache, /redis-headroom/engines)
set -eu

suite=${1:?usage: unpack-debian.sh SUITE [redis|valkey]}
engine=${2:-redis}
engines=${REDIS_HEADROOM_ENGINES:-${XDG_CACHE_HOME:-$HOME/.cache}/redis-headroom/engines}
target=$engines/debian-$suite-$engine
say() { echo "unpack-debian: $*" >&2; }

if [ -x "$target/redis-server" ]; then
  echo "$target/redis-server"
  exit 0
fi
case $suite$engine in *[!a-z]*) say "suite and engine are words like trixie and valkey, found: $suite $engine"; exit 2 ;; esac
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || { say "$tool is missing; this needs Debian or Ubuntu."; exit 1; }
done

work=$(mktemp -d "${TMPDIR:-/tmp}/unpack-debian.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial" "$work/unpacked"
: >"$work/status"
fail() { say "$1; the last lines of its output:"; tail -n 15 "$work/log" >&2; exit 1; }

# The distribution's own entries, with its name replaced.
. /etc/os-release
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
  [ -f "$list" ] && grep -qE "(^|[[:space:]])$VERSION_CODENAME([[:space:]]|\$)" "$list" || continue
  sed "s/$VERSION_CODENAME/$suite/g" "$list" >"$work/sources/$(basename "$list")"
done
apt() {
  apt-get -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/sources" -o Dir::State::Lists="$work/lists" \
    -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" \
    -o Debug::NoLocking=1 -o APT::Default-Release= "$@" >>"$work/log" 2>&1
}

say "fetching $engine-server of $suite and its libraries"
apt update || say "apt-get update was not complete; going on with what it got"
apt install -y --download-only --no-install-recommends "$engine-server" || fail "$engine-server of $suite could not be fetched"
for package in "$work"/cache/archives/*.deb; do dpkg-deb -x "$package" "$work/unpacked"; done

# Only the server and the libraries it can load are kept; the program is started by the dynamic loader that belongs to it.
server=$(find "$work/unpacked/usr/bin" -name "$engine-server" | head -n 1)
loader=$(find "$work/unpacked" -path '*/lib*/*' -name 'ld-linux-*.so.*' | head -n 1)
[ -n "$server" ] && [ -n "$loader" ] || { say "the packages of $suite hold no $engine-server"; exit 1; }
mkdir -p "$work/engine/lib"
cp -L "$server" "$work/engine/$engine-server.bin"
find "$work/unpacked" -path '*/lib/*' -name '*.so*' ! -path '*/gconv/*' -exec cp -L {} "$work/engine/lib/" \; 2>/dev/null || true
cat >"$work/engine/redis-server" <<WRAPPER
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
exec "\$here/lib/$(basename "$loader")" --library-path "\$here/lib" "\$here/$engine-server.bin" "\$@"
WRAPPER
chmod +x "$work/engine/redis-server" "$work/engine/lib/$(basename "$loader")"
version=$("$work/engine/redis-server" --version) || { say "the unpacked $engine-server does not run"; exit 1; }

mkdir -p "$engines"
rm -rf "$target"
mv "$work/engine" "$target"
say "$version"
echo "$target/redis-server"
