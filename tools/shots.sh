#!/bin/sh
# Walks the tour, and takes pictures of every page of the server that stays up:
# the maker's pages, and the platform engineer's approvals and audit log.
set -eu
out=docs/screenshots
tmp=$(mktemp -d)
./bin/paddock tour --stay --data "$tmp/data" >"$tmp/out" 2>"$tmp/err" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

waited=0
until grep -q '^Press Ctrl-C' "$tmp/out"; do
	kill -0 "$server" 2>/dev/null && [ "$waited" -lt 180 ] || { cat "$tmp/out" "$tmp/err" >&2; exit 1; }
	sleep 1
	waited=$((waited + 1))
done
platform=$(sed -n 's/^Sign in as pia.*: \(http[^ ]*\)$/\1/p' "$tmp/out")
maker=$(sed -n 's/^Sign in as the maker.*: \(http[^ ]*\)$/\1/p' "$tmp/out")
base=${maker%%/sign-in*}

rm -rf "$out"
mkdir -p "$out"
node web/shots.mjs --base "$base" --link "$maker" --out "$out" \
	--path /apps/candidate-tracker --path /apps/candidate-tracker/changes/2 --path /apps/candidate-tracker/changes/3
rm -f "$out"/audit-*.png "$out"/approvals-*.png
node web/shots.mjs --base "$base" --link "$platform" --out "$out" --only \
	--path /audit --path /approvals --path /evidence --path '/components?q=react' --path '/?q=a&sort=recent'
# The tracker's own pages stand for all apps and changes.
rm -f "$out"/app-*.png "$out"/change-*.png
for picture in "$out"/*.png; do
	pngquant --force --skip-if-larger --quality 60-95 --output "$picture" "$picture" || true
done
