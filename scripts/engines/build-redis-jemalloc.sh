#!/bin/sh
# Builds a redis-server that accepts `CONFIG SET activedefrag yes`: Debian's source package of redis, compiled with the
# jemalloc that is bundled in it (Debian's own binaries use the system's jemalloc, which lacks the defragmentation hint).
#
#   scripts/engines/build-redis-jemalloc.sh        prints the path of the built redis-server as its only line on stdout
#
# Needs apt-get, dpkg-source (dpkg-dev), gcc, make; not root. The source comes from the Debian archive that the machine
# already uses; apt's own lists and configuration are not touched. A built server is kept and reused.
#   REDIS_HEADROOM_ENGINES   folder for built engines (default: $XDG_CACHE_HOME or ~/.cache, /redis-headroom/engines)
#   JOBS                     parallel compile jobs (default 2)
set -eu

engines=${REDIS_HEADROOM_ENGINES:-${XDG_CACHE_HOME:-$HOME/.cache}/redis-headroom/engines}
target=$engines/redis-jemalloc
say() { echo "build-redis-jemalloc: $*" >&2; }

if [ -x "$target/redis-server" ]; then
  echo "$target/redis-server"
  exit 0
fi
for tool in apt-get dpkg-source gcc make; do
  command -v "$tool" >/dev/null || { say "$tool is missing. Needed: apt-get, dpkg-dev, gcc, make (Debian or Ubuntu)."; exit 1; }
done

work=$(mktemp -d "${TMPDIR:-/tmp}/redis-jemalloc.XXXXXX")
server_pid=
clean_up() {
  [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM
mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial"

# The distribution's own entries, asked for sources instead of binaries. Third-party archives rarely carry sources.
. /etc/os-release
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
  [ -f "$list" ] && grep -qE "(^|[[:space:]])$VERSION_CODENAME([[:space:]]|\$)" "$list" || continue
  sed -E 's/^Types:.*/Types: deb-src/; s/^deb[[:space:]]/deb-src /' "$list" >"$work/sources/$(basename "$list")"
done
apt() {
  apt-get -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/sources" -o Dir::State::Lists="$work/lists" \
    -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" "$@" >>"$work/log" 2>&1
}
fail() { say "$1; the last lines of its output:"; tail -n 30 "$work/log" >&2; exit 1; }

cd "$work"
say "fetching the source package"
apt update || fail "apt-get update failed"
apt source --download-only redis || fail "apt-get source redis failed"
dpkg-source -x redis_*.dsc source >>"$work/log" 2>&1 || fail "the source package did not unpack"

say "compiling (about two minutes)"
# Debian's patch tests `USE_SYSTEM_JEMALLOC == yes` in the C preprocessor, where both words count as 0 while undefined and so
# are equal. Defined as 1 they differ, and the bundled jemalloc is used.
nice make -C source/src -j"${JOBS:-2}" MALLOC=jemalloc BUILD_TLS=no REDIS_CFLAGS=-DUSE_SYSTEM_JEMALLOC=1 \
  redis-server redis-cli >>"$work/log" 2>&1 || fail "the compilation failed"

say "checking that it accepts activedefrag"
source/src/redis-server --port 0 --unixsocket "$work/s" --save '' --dir "$work" --daemonize no >>"$work/log" 2>&1 &
server_pid=$!
tries=0
until source/src/redis-cli -s "$work/s" ping >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || fail "the built server does not answer"
  sleep 0.1
done
answer=$(source/src/redis-cli -s "$work/s" config set activedefrag yes)
[ "$answer" = OK ] || { say "the built server refuses activedefrag: $answer"; exit 1; }
kill "$server_pid"
wait "$server_pid" 2>/dev/null || true
server_pid=

mkdir -p "$target"
cp source/src/redis-cli "$target/redis-cli"
cp source/src/redis-server "$target/redis-server.new"
mv "$target/redis-server.new" "$target/redis-server"
say "$("$target/redis-server" --version)"
echo "$target/redis-server"
