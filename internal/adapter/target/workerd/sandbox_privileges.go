package workerd

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// limitResources sets the limits that hold for the process itself, whatever
// cgroup it is in.
func limitResources(s spec) error {
	limits := map[int]uint64{
		unix.RLIMIT_CORE:    0,
		unix.RLIMIT_FSIZE:   1 << 20, // the app has nothing to write
		unix.RLIMIT_NOFILE:  1024,
		unix.RLIMIT_MEMLOCK: 0,
	}
	if s.DataBytes > 0 {
		limits[unix.RLIMIT_DATA] = s.DataBytes
	}
	for which, n := range limits {
		if err := syscall.Setrlimit(which, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
			return err
		}
	}
	return nil
}

// dropPrivileges leaves the thread with no capabilities, no way to regain any,
// and the unprivileged user of the spec.
func dropPrivileges(s spec) error {
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		// EINVAL: the kernel knows fewer; EPERM: there was nothing to drop.
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil && err != unix.EINVAL && err != unix.EPERM {
			return err
		}
	}
	if s.UID >= 0 {
		if err := unix.Setgroups(nil); err != nil {
			return err
		}
		if err := unix.Setresgid(s.UID, s.UID, s.UID); err != nil {
			return err
		}
		if err := unix.Setresuid(s.UID, s.UID, s.UID); err != nil {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil && err != unix.EINVAL {
		return err
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
}
