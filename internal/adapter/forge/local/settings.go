package local

import (
	"os"
	"path/filepath"
	"strconv"
)

// settings are given to every git command; they win over the repository's own.
func (f *Forge) settings() [][2]string {
	return [][2]string{
		{"safe.directory", "*"}, // only folders below the root are ever named
		{"core.hooksPath", f.hooks.dir},
		{"core.logAllRefUpdates", "always"}, // a rewritten branch can be found again (promise 4)
		{"core.fsync", "committed"},
		{"core.bigFileThreshold", "32m"},
		{"gc.auto", "0"},
		{"protocol.allow", "never"}, // no command of ours ever connects to anything
		{"pack.threads", "1"},
		{"pack.windowMemory", "64m"},
		{"receive.fsckObjects", "true"},
		{"receive.maxInputSize", strconv.FormatInt(f.limits.PushBytes, 10)},
		{"receive.denyDeleteCurrent", "refuse"},
		{"receive.autogc", "false"},
		{"receive.updateServerInfo", "false"},
		{"receive.advertisePushOptions", "false"},
		{"transfer.hideRefs", seedRef},
		{"merge.renameLimit", "1000"},
		{"merge.conflictStyle", "merge"},
		{"log.showSignature", "false"},
		{"diff.noprefix", "false"},
	}
}

// environment is all that git sees of the world outside.
func (f *Forge) environment(dir string, extra ...string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), // for git's own helpers and the shell of the hook scripts
		"HOME=" + filepath.Join(f.root, "tmp"),
		"LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1",
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=/bin/false", "GIT_NO_REPLACE_OBJECTS=1", "GIT_PAGER=cat",
		"GIT_EDITOR=/bin/false",
		"GIT_COMMITTER_NAME=Paddock", "GIT_COMMITTER_EMAIL=paddock@localhost", // of the reflog
	}
	if dir != "" {
		env = append(env, "GIT_DIR="+dir)
	}
	settings := f.settings()
	env = append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(settings)))
	for i, kv := range settings {
		n := strconv.Itoa(i)
		env = append(env, "GIT_CONFIG_KEY_"+n+"="+kv[0], "GIT_CONFIG_VALUE_"+n+"="+kv[1])
	}
	return append(env, extra...)
}
