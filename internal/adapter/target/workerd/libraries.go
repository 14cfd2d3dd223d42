package workerd

import (
	"debug/elf"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// libraryFolders is where the system keeps shared libraries.
var libraryFolders = []string{
	"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
	"/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
	"/lib64", "/usr/lib64", "/lib", "/usr/lib",
}

// sandboxLib is where libraries lie inside the sandbox.
const sandboxLib = "/lib/app"

// libraries lists the files that the binary needs to start, as read-only
// binds: its loader at the loader's own path, and each shared library once.
func libraries(binary string) ([]bind, error) {
	loader, needed, err := needs(binary)
	if err != nil {
		return nil, core.Errorf(core.Unavailable, "workerd at %s cannot be read as a program: %w", binary, err).
			Hinted("Install it again with `npm ci --ignore-scripts`.")
	}
	var binds []bind
	if loader != "" {
		binds = append(binds, bind{Source: loader, Target: loader})
	}
	seen := map[string]bool{}
	for len(needed) > 0 {
		name := needed[0]
		needed = needed[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		path := findLibrary(name, filepath.Dir(loader))
		if path == "" {
			return nil, core.Errorf(core.Unavailable, "The system library %s, which workerd needs, was not found.", name).
				Hinted("Apps need a Linux system with glibc 2.27 or newer.")
		}
		binds = append(binds, bind{Source: path, Target: filepath.Join(sandboxLib, name)})
		_, more, err := needs(path)
		if err != nil {
			return nil, core.Hidden("Reading system library "+path, err)
		}
		needed = append(needed, more...)
	}
	return binds, nil
}

// needs reads the loader and the direct library names out of an ELF file.
func needs(path string) (loader string, libs []string, err error) {
	f, err := elf.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			b, err := io.ReadAll(io.LimitReader(p.Open(), 4096))
			if err != nil {
				return "", nil, err
			}
			loader = strings.TrimRight(string(b), "\x00")
		}
	}
	libs, err = f.ImportedLibraries()
	return loader, libs, err
}

func findLibrary(name, loaderFolder string) string {
	for _, dir := range append([]string{loaderFolder}, libraryFolders...) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}
