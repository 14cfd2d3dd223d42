package run

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// listenUnix listens on dir/name. A socket address holds 108 bytes at most, so
// the folder is named by descriptor; the socket is open to the app's user,
// who reaches it only through the folder.
func listenUnix(dir, name string) (net.Listener, error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: fmt.Sprintf("/proc/self/fd/%d/%s", folder.Fd(), name)})
	if err != nil {
		return nil, err
	}
	// The name is no longer valid once the folder is closed; the instance
	// removes the whole folder instead.
	l.SetUnlinkOnClose(false)
	if err := os.Chmod(filepath.Join(dir, name), 0o666); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}
