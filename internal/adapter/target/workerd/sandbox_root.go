package workerd

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// buildRoot mounts an empty file system, shows in it only the files the app
// needs, and makes it the root; the old root is out of reach afterwards.
func buildRoot(s spec) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	const flags = unix.MS_NOSUID | unix.MS_NODEV
	if err := unix.Mount("app", s.Root, "tmpfs", flags, "size=256k,nr_inodes=64,mode=755"); err != nil {
		return fmt.Errorf("mounting the root: %w", err)
	}
	for _, b := range s.Files {
		if err := bindFile(b, filepath.Join(s.Root, b.Target)); err != nil {
			return err
		}
	}
	self := filepath.Join(s.Root, sandboxSelf)
	if err := os.MkdirAll(filepath.Dir(self), 0o755); err != nil {
		return err
	}
	if err := os.Symlink(sandboxBinary, self); err != nil {
		return err
	}
	sockets := filepath.Join(s.Root, sandboxSockets)
	if err := os.MkdirAll(sockets, 0o755); err != nil {
		return err
	}
	if err := bindMount(s.Sockets, sockets, unix.MS_NOEXEC|unix.MS_NODEV); err != nil {
		return err
	}
	if err := unix.Mount("", s.Root, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|flags, ""); err != nil {
		return fmt.Errorf("making the root read-only: %w", err)
	}
	return pivot(s.Root)
}

func bindFile(b bind, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o444)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	flags := uintptr(unix.MS_RDONLY | unix.MS_NODEV)
	if b.Device {
		flags = unix.MS_NOEXEC
	}
	return bindMount(b.Source, target, flags)
}

// bindMount shows source at target with the extra flags. Flags the source
// mount already carries are kept: a user namespace may not take them off.
func bindMount(source, target string, extra uintptr) error {
	if err := unix.Mount(source, target, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("showing %s: %w", source, err)
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(target, &fs); err != nil {
		return err
	}
	kept := uintptr(fs.Flags) & (unix.MS_RDONLY | unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_NOATIME | unix.MS_NODIRATIME)
	if fs.Flags&unix.ST_RELATIME != 0 {
		kept |= unix.MS_RELATIME
	}
	flags := unix.MS_REMOUNT | unix.MS_BIND | unix.MS_NOSUID | kept | extra
	if err := unix.Mount("", target, "", flags, ""); err != nil {
		return fmt.Errorf("protecting %s: %w", source, err)
	}
	return nil
}

// pivot makes root the root directory and detaches the old one.
func pivot(root string) error {
	if err := os.Chdir(root); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("changing the root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leaving the old root: %w", err)
	}
	return os.Chdir("/")
}
