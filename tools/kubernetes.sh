#!/bin/sh
# Builds etcd, kube-apiserver and kube-controller-manager into the folder $1,
# from the module in tools/kubernetes. One program at a time, because each link
# takes up to 3 GB of memory; the folder appears only when all three are there.
set -e
dir=$1
[ ! -x "$dir/kube-apiserver" ] || exit 0
mkdir -p "$(dirname "$dir")"
new=$(mktemp -d "$dir.XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 1' HUP INT TERM
cd "$(dirname "$0")/kubernetes"
version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
minor=${version#v1.}
named="-X k8s.io/component-base/version.gitVersion=$version -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=${minor%%.*}"
build() {
	echo "building $1 (once; its binary is kept in $dir)"
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w $named" -o "$new/$1" "$2"
}
build etcd go.etcd.io/etcd/server/v3
build kube-controller-manager k8s.io/kubernetes/cmd/kube-controller-manager
build kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver
mv "$new" "$dir"
