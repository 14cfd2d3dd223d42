#!/bin/sh
# Walks the tour, and takes pictures of every page of the server that stays up.
# Words after the name go to web/shots.mjs.
set -eu
tmp=$(mktemp -d)
./bin/paddock tour --stay --data "$tmp/data" >"$tmp/out" 2>"$tmp/err" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

waited=0
until grep -q '^Sign in as ' "$tmp/out"; do
	kill -0 "$server" 2>/dev/null && [ "$waited" -lt 180 ] || { cat "$tmp/out" "$tmp/err" >&2; exit 1; }
	sleep 1
	waited=$((waited + 1))
done
link=$(sed -n 's/^Sign in as .*: \(http[^ ]*\)$/\1/p' "$tmp/out" | head -1)
node web/shots.mjs --base "${link%%/sign-in*}" --link "$link" "$@"
