package local

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Merge joins commit head into the branch base with a merge commit, and returns
// that commit. When head is in base already it returns the commit that brought
// it there, so it may be repeated. Files that both sides changed, and histories
// with nothing in common, are Conflict; nothing is changed then.
func (f *Forge) Merge(ctx context.Context, name, base, head, author, message string, at time.Time) (string, error) {
	if err := checkCommit(head); err != nil {
		return "", err
	}
	who, err := identity(author, at)
	if err != nil {
		return "", err
	}
	if err := f.writable(ctx, name); err != nil {
		return "", err
	}
	unlock, err := f.lock(name)
	if err != nil {
		return "", err
	}
	defer unlock()
	tip, err := f.Head(ctx, name, base)
	if err != nil {
		return "", err
	}
	if _, err := f.resolve(ctx, name, head); err != nil {
		return "", err
	}
	dir := f.path(name)
	merged, err := f.contains(ctx, dir, head, tip, nil)
	if err != nil {
		return "", err
	}
	if merged {
		return f.broughtBy(ctx, dir, head, tip)
	}
	files, err := f.mergeTree(ctx, dir, tip, head)
	if err != nil {
		return "", err
	}
	return f.commitMerge(ctx, dir, base, files, tip, head, message, who)
}

// mergeTree computes the joined tree without touching any branch.
func (f *Forge) mergeTree(ctx context.Context, dir, tip, head string) (string, error) {
	out, err := f.run(ctx, call{dir: dir, args: []string{"merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", tip, head}})
	switch exit := exitOf(err); {
	case err == nil:
		return strings.Trim(string(out), "\x00\n"), nil
	case exit == 1:
		return "", conflict(string(out))
	case exit == 128 && strings.Contains(err.Error(), "unrelated histories"):
		return "", unrelated(head)
	}
	return "", fault("Merging "+head, err)
}

// conflict names the files, at most ten of them.
func conflict(out string) error {
	names := strings.Split(strings.Trim(out, "\x00\n"), "\x00")[1:]
	slices.Sort(names)
	names = slices.Compact(names)
	more := ""
	if len(names) > 10 {
		names, more = names[:10], " and more"
	}
	var problems []*core.Error
	for _, n := range names {
		problems = append(problems, core.Errorf(core.Conflict, "Both sides changed this file.").At(strings.ToValidUTF8(n, "?")))
	}
	return &core.Error{Code: core.Conflict, Problems: problems,
		Msg:  "This change and main both changed the same lines: " + strings.ToValidUTF8(strings.Join(names, ", "), "?") + more + ".",
		Hint: "Merge main into your branch, settle these files, and push again."}
}

// commitMerge writes the merge commit and moves the branch, if it is where it was.
func (f *Forge) commitMerge(ctx context.Context, dir, base, files, tip, head, message string, who []string) (string, error) {
	out, err := f.run(ctx, call{dir: dir, env: who, stdin: strings.NewReader(message),
		args: []string{"commit-tree", files, "-p", tip, "-p", head, "-F", "-"}})
	if err != nil {
		return "", fault("Merging "+head, err)
	}
	commit := strings.TrimSpace(string(out))
	_, err = f.run(ctx, call{dir: dir, env: who, args: []string{"update-ref", "-m", "merge " + head, "refs/heads/" + base, commit, tip}})
	if exitOf(err) > 0 {
		return "", (&core.Error{Code: core.Conflict, Msg: "Main has moved while this change was merged.", Err: err}).Hinted("Merge again.")
	}
	return commit, fault("Merging "+head, err)
}

// broughtBy returns the commit of the main line that first contained head: a
// merge, or head itself when it lies on the main line.
func (f *Forge) broughtBy(ctx context.Context, dir, head, tip string) (string, error) {
	line, err := f.run(ctx, call{dir: dir, args: []string{"rev-list", "--first-parent", tip}})
	if err != nil {
		return "", fault("Reading the history of main", err)
	}
	main := strings.Fields(string(line))
	if slices.Contains(main, head) {
		return head, nil
	}
	out, err := f.run(ctx, call{dir: dir, args: []string{"rev-list", "--ancestry-path", head + ".." + tip}})
	if err != nil {
		return "", fault("Reading the history of main", err)
	}
	after := map[string]bool{}
	for _, id := range strings.Fields(string(out)) {
		after[id] = true
	}
	for _, id := range slices.Backward(main) {
		if after[id] {
			return id, nil
		}
	}
	return "", core.Hidden("Reading the history of main", errShape)
}
