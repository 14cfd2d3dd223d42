package kube

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// Variable names, in the environment, the folder of the programs; the default
// is where make kubernetes puts them.
const Variable = "PADDOCK_KUBERNETES"

// The programs of a control plane.
const (
	etcd       = "etcd"
	apiServer  = "kube-apiserver"
	controller = "kube-controller-manager"
)

// binaries returns the folder of the programs. The error says what is missing
// and what to run.
func binaries() (string, error) {
	dir := os.Getenv(Variable)
	if dir == "" {
		var err error
		if dir, err = Built("kubernetes"); err != nil {
			return "", err
		}
	}
	for _, name := range []string{etcd, apiServer, controller} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return "", fmt.Errorf("%s is not in %s; run make kubernetes, which builds it once", name, dir)
		}
	}
	return dir, nil
}

// Built returns where the programs of a module below tools/ are kept once they
// are built: in the user's cache, by a digest of the module's go.sum.
func Built(module string) (string, error) {
	sum, err := read(filepath.Join("tools", module, "go.sum"))
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(sum)
	return filepath.Join(cache, "paddock", module+"-"+hex.EncodeToString(digest[:])[:12]), nil
}

// read reads a file of the repository, from any folder in it.
func read(name string) ([]byte, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if up := filepath.Dir(dir); err != nil && up != dir {
			dir = up
			continue
		}
		return b, err
	}
}
