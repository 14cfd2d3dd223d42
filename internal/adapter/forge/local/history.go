package local

import (
	"context"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// commitFields is how one commit is printed; a commit cannot hold a NUL.
const commitFields = "%H%x00%an%x00%ae%x00%cn%x00%ce%x00%ct%x00%s%x00%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x1f)"

// Commits returns the commits in head that are not in base, newest first. Both
// are a branch or a commit. More than Limits.Commits of them are TooLarge.
func (f *Forge) Commits(ctx context.Context, name, base, head string) ([]core.Commit, error) {
	b, h, err := f.pair(ctx, name, base, head)
	if err != nil {
		return nil, err
	}
	out, err := f.run(ctx, call{dir: f.path(name), args: []string{"log", "-z", "--no-show-signature", "--no-mailmap", "--no-notes", "--encoding=UTF-8",
		"--max-count=" + strconv.Itoa(f.limits.Commits+1), "--format=" + commitFields, b + ".." + h}})
	if err != nil {
		return nil, fault("Reading the commits of "+name, err)
	}
	all, err := parseCommits(string(out))
	if err != nil {
		return nil, core.Hidden("Reading the commits of "+name, err)
	}
	if len(all) > f.limits.Commits {
		return nil, core.Errorf(core.TooLarge, "There are more than %d new commits.", f.limits.Commits).Hinted("Join them into fewer commits.")
	}
	return all, nil
}

// coAuthors reads the values of a commit's Co-authored-by trailers.
func coAuthors(values string) []string {
	var out []string
	for _, v := range strings.Split(values, "\x1f") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func parseCommits(out string) ([]core.Commit, error) {
	all := []core.Commit{}
	if out == "" {
		return all, nil
	}
	fields := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	const n = 8
	if len(fields)%n != 0 {
		return nil, errShape
	}
	for ; len(fields) >= n; fields = fields[n:] {
		secs, err := strconv.ParseInt(fields[5], 10, 64)
		if err != nil || !commitRE.MatchString(fields[0]) {
			return nil, errShape
		}
		all = append(all, core.Commit{ID: fields[0], AuthorName: fields[1], AuthorEmail: fields[2],
			CommitterName: fields[3], CommitterEmail: fields[4], At: secs * 1e6, Subject: fields[6], CoAuthors: coAuthors(fields[7])})
	}
	return all, nil
}
