package workerd

import (
	landlock "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// Access rights by the Landlock version that brought them: every version
// handles all rights of the ones before.
const (
	filesV1 = landlock.AccessFSRefer - 1
	filesV2 = filesV1 | landlock.AccessFSRefer
	filesV3 = filesV2 | landlock.AccessFSTruncate
	filesV5 = filesV3 | landlock.AccessFSIoctlDev
	filesV9 = filesV5 | landlock.AccessFSResolveUnix

	netV4  = landlock.AccessNetBindTCP | landlock.AccessNetConnectTCP
	netV10 = netV4 | landlock.AccessNetBindUDP | landlock.AccessNetConnectSendUDP

	scopesV6 = landlock.ScopeAbstractUnixSocket | landlock.ScopeSignal

	readAndRun = landlock.AccessFSExecute | landlock.AccessFSReadFile
	useSockets = landlock.AccessFSReadDir | landlock.AccessFSReadFile | landlock.AccessFSWriteFile |
		landlock.AccessFSMakeSock | landlock.AccessFSRemoveFile | landlock.AccessFSResolveUnix
)

// restrictFiles lets Landlock, in the version the kernel has, hold the same
// borders as the mounts: read and run the engine's files, use the sockets, no
// TCP or UDP. It binds this thread only, which is the one that survives exec.
func restrictFiles(s spec) error {
	version, err := landlock.LandlockGetABIVersion()
	if err != nil || version < 1 {
		return nil // no Landlock here; the mounts still hold
	}
	handled := handledRights(version)
	rules, err := landlock.LandlockCreateRuleset(&handled, 0)
	if err != nil {
		return err
	}
	defer unix.Close(rules)
	sockets := sandboxSockets
	if s.Root == "" {
		sockets = "." // the working directory: the path itself may be closed to this user
	}
	if err := permit(rules, sockets, useSockets&handled.HandledAccessFS); err != nil {
		return err
	}
	for _, b := range s.Files {
		path := b.Target
		if s.Root == "" {
			path = b.Source
		}
		if err := permit(rules, path, readAndRun); err != nil {
			return err
		}
	}
	return landlock.LandlockRestrictSelf(rules, 0)
}

func handledRights(version int) landlock.RulesetAttr {
	r := landlock.RulesetAttr{HandledAccessFS: filesV1}
	for _, step := range []struct {
		since              int
		files, net, scopes uint64
	}{{2, filesV2, 0, 0}, {3, filesV3, 0, 0}, {4, filesV3, netV4, 0}, {5, filesV5, netV4, 0}, {6, filesV5, netV4, scopesV6},
		{9, filesV9, netV4, scopesV6}, {10, filesV9, netV10, scopesV6}} {
		if version >= step.since {
			r.HandledAccessFS, r.HandledAccessNet, r.Scoped = step.files, step.net, step.scopes
		}
	}
	return r
}

func permit(rules int, path string, access uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return landlock.LandlockAddPathBeneathRule(rules, &landlock.PathBeneathAttr{AllowedAccess: access, ParentFd: fd}, 0)
}
