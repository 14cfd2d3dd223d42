#!/bin/sh
# Builds OPA Gatekeeper into the folder $1, from the module in tools/gatekeeper,
# with the definitions of its resources beside it.
set -e
dir=$1
[ ! -x "$dir/gatekeeper" ] || exit 0
mkdir -p "$(dirname "$dir")"
new=$(mktemp -d "$dir.XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 1' HUP INT TERM
cd "$(dirname "$0")/gatekeeper"
echo "building gatekeeper (once; its binary is kept in $dir)"
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$new/gatekeeper" github.com/open-policy-agent/gatekeeper/v3
cp "$(go list -m -f '{{.Dir}}' github.com/open-policy-agent/gatekeeper/v3)/deploy/gatekeeper.yaml" "$new/"
chmod u+w "$new/gatekeeper.yaml"
mv "$new" "$dir"
