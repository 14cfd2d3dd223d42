#!/bin/sh
# Fails when generated Go code is not what its sources make.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
root=$PWD

git ls-files -co --exclude-standard '*.templ' | while read -r page; do
	mkdir -p "$tmp/$(dirname "$page")"
	cp "$page" "$tmp/$page"
done
cp go.mod "$tmp/go.mod"
(cd "$tmp" && "$root/bin/tools/templ" generate -path internal/door/web >"$tmp/templ.log" 2>&1) || { cat "$tmp/templ.log" >&2; exit 1; }
bad=0
for page in $(cd "$tmp" && find . -name '*_templ.go'); do
	cmp -s "$tmp/$page" "$page" || { echo "$page is not what its .templ file makes" >&2; bad=1; }
done
for made in $(git ls-files -co --exclude-standard '*_templ.go'); do
	[ -f "$tmp/$made" ] || { echo "$made has no .templ file" >&2; bad=1; }
done
(cd internal/adapter/store && "$root/bin/tools/sqlc" diff) || bad=1
[ "$bad" = 0 ] || { echo "run: make generate" >&2; exit 1; }
