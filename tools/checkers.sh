#!/bin/sh
# Builds the five programs that bench/check is measured against into the folder
# $1, from the modules in tools/checkers: one at a time, for they are large.
# More arguments name those that are wanted; none means all.
set -e
dir=$1
shift
tools=$(cd "$(dirname "$0")/checkers" && pwd)
mkdir -p "$dir"
new=$(mktemp -d "$dir/.building.XXXXXX")
trap 'chmod -R u+w "$new"; rm -rf "$new"' EXIT
trap 'exit 1' HUP INT TERM
export CGO_ENABLED=0 GOFLAGS=-p=1 GOCACHE="$new/cache" # the cache is of no use afterwards, and takes gigabytes

build() {
	[ ! -x "$dir/$1" ] || return 0
	echo "building $1 (once; it is kept in $dir)"
	(cd "$tools/$1" && nice go build -trimpath -ldflags "-s -w $3" -o "$new/$1" "$2")
	mv "$new/$1" "$dir/$1"
}

for name in ${*:-gitleaks actionlint conftest osv-scanner syft}; do
	case $name in
	gitleaks) build gitleaks github.com/zricethezav/gitleaks/v8 "-X github.com/zricethezav/gitleaks/v8/version.Version=v8.30.1" ;;
	actionlint) build actionlint github.com/rhysd/actionlint/cmd/actionlint ;;
	conftest) build conftest github.com/open-policy-agent/conftest ;;
	osv-scanner) build osv-scanner github.com/google/osv-scanner/v2/cmd/osv-scanner ;;
	syft) build syft github.com/anchore/syft/cmd/syft "-X main.version=1.57.0" ;;
	*) echo "no such program: $name" >&2; exit 2 ;;
	esac
done
