package workerd

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/paddock-dev/paddock/internal/core"
)

// EnvBinary names the environment variable that points at a workerd binary.
const EnvBinary = "PADDOCK_WORKERD"

// Find returns the path of the workerd binary: path itself if given, else
// $PADDOCK_WORKERD, else node_modules beside the working directory or the
// running executable (and each folder above either), else $PATH.
//
// Errors: Unavailable, with how to install it.
func Find(path string) (string, error) {
	if path == "" {
		path = os.Getenv(EnvBinary)
	}
	if path != "" {
		return checked(path)
	}
	name := filepath.Join("node_modules", "@cloudflare", "workerd-linux-"+npmArch(), "bin", "workerd")
	for _, start := range startFolders() {
		for dir := start; ; dir = filepath.Dir(dir) {
			if found, err := checked(filepath.Join(dir, name)); err == nil {
				return found, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	if found, err := exec.LookPath("workerd"); err == nil {
		return checked(found)
	}
	return "", missing("workerd, the program that runs apps, was not found.", nil)
}

func startFolders() []string {
	var dirs []string
	if wd, err := os.Getwd(); err == nil {
		dirs = append(dirs, wd)
	}
	if exe, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(exe))
	}
	return dirs
}

func checked(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return "", missing("workerd, the program that runs apps, is not at "+path+".", err)
	}
	info, err := os.Stat(real)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return "", missing("workerd, the program that runs apps, cannot be run at "+path+".", err)
	}
	return real, nil
}

func missing(msg string, err error) error {
	return &core.Error{Code: core.Unavailable, Msg: msg, Err: err,
		Hint: "Run `npm ci --ignore-scripts` beside package.json, or set " + EnvBinary + " to the binary."}
}

func npmArch() string {
	if runtime.GOARCH == "amd64" {
		return "64"
	}
	return runtime.GOARCH
}
