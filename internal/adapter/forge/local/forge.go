package local

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Options say where the repositories are and how git reaches Paddock's hooks.
type Options struct {
	// Root is the folder of the repositories; it is made when missing.
	Root string
	// Log receives one debug line for each git command.
	Log *slog.Logger
	// Clock names deleted repositories by the time of their deletion.
	Clock core.Clock
	// GitPath is the git binary; empty means "git" on PATH. 2.38 or newer.
	GitPath string
	// HookCommand is the command that the hooks run; the hook's name is
	// appended, e.g. {"/usr/bin/paddock", "hook"}. The first word is absolute.
	HookCommand []string
	// HookSocket is the unix socket that the hook command talks to.
	HookSocket string
	// Replica names this server among several that share Root; "" when it is
	// the only one. Writers of one repository then also exclude each other by a
	// file lock, and what a push has brought is swept only once it is too old to
	// be under way anywhere.
	Replica string
	// Limits bound what comes from outside; zero fields have defaults.
	Limits Limits
}

// Limits bound what comes from outside.
type Limits struct {
	PushBytes     int64         // size of a push as sent; default 64 MiB
	UnpackedBytes int64         // size of all new objects of a push; default 512 MiB
	Objects       int           // new objects of a push; default 100,000
	BlobBytes     int64         // files above it are named but not read; default 16 MiB
	TreeFiles     int           // files of one commit; default 20,000
	TreeBytes     int64         // size of all files of one commit; default 128 MiB
	Commits       int           // commits of one change; default 2,000
	CommandTime   time.Duration // one git command; default 1 minute
	PackTime      time.Duration // one push or fetch; default 10 minutes
}

func (l Limits) filled() Limits {
	orElse(&l.PushBytes, 64<<20)
	orElse(&l.UnpackedBytes, 512<<20)
	orElse(&l.Objects, 100_000)
	orElse(&l.BlobBytes, 16<<20)
	orElse(&l.TreeFiles, 20_000)
	orElse(&l.TreeBytes, 128<<20)
	orElse(&l.Commits, 2_000)
	orElse(&l.CommandTime, time.Minute)
	orElse(&l.PackTime, 10*time.Minute)
	return l
}

func orElse[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// Forge keeps the repositories.
type Forge struct {
	root   string
	git    string
	log    *slog.Logger
	clock  core.Clock
	limits Limits
	hooks  hooks
	socket string
	shared bool   // other servers work in root too
	tmp    string // this server's half-made repositories

	mu    sync.Mutex
	locks map[string]*sync.Mutex // one for each repository name

	pushMu  sync.Mutex
	pushing map[string]int // pushes under way, by repository
}

// New prepares the root folder and the hooks. It fails with Unavailable when
// git is missing or too old, and with Invalid for options that cannot work.
func New(o Options) (*Forge, error) {
	if o.Root == "" || len(o.HookCommand) == 0 || !filepath.IsAbs(o.HookCommand[0]) {
		return nil, core.Errorf(core.Invalid, "The forge needs a root folder and a hook command with an absolute path.")
	}
	git, err := findGit(o.GitPath)
	if err != nil {
		return nil, err
	}
	root, tmp, err := prepareRoot(o.Root, o.Replica)
	if err != nil {
		return nil, core.Hidden("Preparing the folder of the repositories", err)
	}
	f := &Forge{root: root, tmp: tmp, shared: o.Replica != "", git: git, log: o.Log, clock: o.Clock, limits: o.Limits.filled(), socket: o.HookSocket,
		hooks: hooks{dir: filepath.Join(root, "hooks"), command: o.HookCommand}, locks: map[string]*sync.Mutex{}, pushing: map[string]int{}}
	if err := f.hooks.write(); err != nil {
		return nil, core.Hidden("Writing the hooks of the repositories", err)
	}
	names, err := f.List(context.Background())
	if err != nil {
		return nil, err
	}
	for _, name := range names { // left by a crash
		if err := f.sweep(name); err != nil {
			return nil, core.Hidden("Removing what an unfinished push left", err)
		}
	}
	return f, f.checkVersion(context.Background())
}

func findGit(path string) (string, error) {
	if path == "" {
		path = "git"
	}
	found, err := exec.LookPath(path)
	if err == nil {
		found, err = filepath.Abs(found)
	}
	if err != nil {
		return "", (&core.Error{Code: core.Unavailable, Msg: "The program git was not found.", Err: err}).
			Hinted("Install git 2.38 or newer and start again.")
	}
	return found, nil
}

// prepareRoot makes the folders, throws half-made repositories away, and
// returns the root without symbolic links, as git reports paths inside it, and
// the folder for what this server makes. A replica leaves those of others alone.
func prepareRoot(root, replica string) (path, tmp string, err error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return "", "", err
	}
	path, err = filepath.EvalSymlinks(root)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return "", "", err
	}
	tmp = filepath.Join(path, "tmp", replica)
	if err := os.RemoveAll(tmp); err != nil {
		return "", "", err
	}
	for _, d := range []string{filepath.Join(path, "repos"), filepath.Join(path, "trash"), filepath.Join(path, "hooks"), filepath.Join(path, "locks"), tmp} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return "", "", err
		}
	}
	return path, tmp, nil
}

// Beside returns a forge that only reads, beside a server that may be running on
// the same folder: it makes, changes and removes nothing. Errors: Unavailable
// without git, NotFound without the folder.
func Beside(o Options) (*Forge, error) {
	git, err := findGit(o.GitPath)
	if err != nil {
		return nil, err
	}
	root, err := filepath.EvalSymlinks(o.Root)
	if err == nil {
		root, err = filepath.Abs(root)
	}
	if err != nil {
		return nil, &core.Error{Code: core.NotFound, Msg: fmt.Sprintf("There are no repositories in %q.", o.Root), Hint: "Name the server's data folder.", Err: err}
	}
	return &Forge{root: root, git: git, log: o.Log, clock: o.Clock, limits: o.Limits.filled(), locks: map[string]*sync.Mutex{}, pushing: map[string]int{}}, nil
}
