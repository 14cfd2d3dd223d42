#!/bin/sh
# Builds the Vault that tests use into the folder $1, from the module in tools/vault.
set -e
dir=$1
[ ! -x "$dir/vault" ] || exit 0
mkdir -p "$(dirname "$dir")"
new=$(mktemp -d "$dir.XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 1' HUP INT TERM
cd "$(dirname "$0")/vault"
echo "building vault (once; its binary is kept in $dir)"
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$new/vault" .
mv "$new" "$dir"
