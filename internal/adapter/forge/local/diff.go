package local

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// errShape says that git answered something this package cannot read.
var errShape = errors.New("unexpected answer of git")

var changeWords = map[byte]string{'A': "added", 'M': "changed", 'D': "deleted", 'T': "kind"}

// ChangedFiles returns the files that head changes since it left base, sorted by
// path. Both are a branch or a commit. A renamed file counts as one deleted and
// one added. Histories with nothing in common are Conflict.
func (f *Forge) ChangedFiles(ctx context.Context, name, base, head string) ([]core.FileChange, error) {
	b, h, err := f.pair(ctx, name, base, head)
	if err != nil {
		return nil, err
	}
	dir := f.path(name)
	fork, err := f.run(ctx, call{dir: dir, args: []string{"merge-base", b, h}})
	if exitOf(err) == 1 {
		return nil, unrelated(h)
	}
	if err != nil {
		return nil, fault("Comparing commits", err)
	}
	out, err := f.run(ctx, call{dir: dir, args: []string{"diff-tree", "-r", "-z", "--no-renames", "--no-ext-diff", "--no-textconv",
		"--raw", "--numstat", strings.TrimSpace(string(fork)), h}})
	if err != nil {
		return nil, fault("Comparing commits", err)
	}
	all, err := parseDiff(string(out))
	if err != nil {
		return nil, core.Hidden("Comparing commits", err)
	}
	return all, nil
}

func unrelated(head string) error {
	return core.Errorf(core.Conflict, "Commit %s has no history in common with main.", head).
		Hinted("Start your branch from main and try again.")
}

// parseDiff reads the -z form of --raw --numstat: first the raw records
// (":mode mode id id S", path), then the counts ("added TAB removed TAB path").
func parseDiff(out string) ([]core.FileChange, error) {
	at := map[string]int{}
	all := []core.FileChange{}
	recs := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	for i := 0; i < len(recs) && recs[i] != ""; i++ {
		if rec := recs[i]; rec[0] == ':' {
			word := changeWords[rec[len(rec)-1]]
			if i++; i == len(recs) || word == "" || recs[i] == "" {
				return nil, errShape
			}
			at[recs[i]] = len(all)
			all = append(all, core.FileChange{Path: recs[i], Status: word})
			continue
		}
		part := strings.SplitN(recs[i], "\t", 3)
		if len(part) != 3 {
			return nil, errShape
		}
		n, ok := at[part[2]]
		if !ok {
			return nil, errShape
		}
		all[n].Added, all[n].Removed = lines(part[0]), lines(part[1])
	}
	slices.SortFunc(all, func(a, b core.FileChange) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

// lines reads a count of lines; "-" stands for a binary file.
func lines(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return -1
	}
	return n
}
