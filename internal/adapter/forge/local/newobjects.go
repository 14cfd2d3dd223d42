package local

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Pseudo paths under which the parts of a push that are not files are shown.
const (
	CommitMessage = "commit message" // the text, so that line numbers are right
	CommitHeader  = "commit header"  // author, committer and whatever else a commit carries
	TagMessage    = "tag message"
	TagHeader     = "tag header"
	Unlisted      = "unlisted file" // sent along, but in no commit of the push
)

// NewObjects shows everything that a push brings: each new file of each of its
// commits (a file added and removed again too), the messages and headers of
// commits and tags, notes, and files that were sent along in no commit. Commit
// is the first commit that has it, or the tag; "" for unlisted files. Content is nil for
// files above Limits.BlobBytes; size is always the whole. An error of each ends it.
// A push beyond Limits.Objects or UnpackedBytes is TooLarge.
func (f *Forge) NewObjects(ctx context.Context, name, quarantine string, updates []core.RefUpdate,
	each func(path, commit string, size int64, content []byte) error) error {
	env, err := f.quarantine(name, quarantine)
	if err != nil {
		return err
	}
	dir := f.path(name)
	items, err := f.reached(ctx, dir, env, updates)
	if err == nil && quarantine != "" {
		items, err = f.sentAlong(ctx, dir, quarantine, items)
	}
	if err != nil {
		return fault("Reading the push", err)
	}
	return fault("Reading the push", f.show(ctx, dir, env, items, each))
}

// item is one object of a push and where it was met.
type item struct{ id, path, commit string }

// reached lists what the new commits and tags reach and the repository's
// branches do not.
func (f *Forge) reached(ctx context.Context, dir string, env []string, updates []core.RefUpdate) ([]item, error) {
	var want strings.Builder
	for _, u := range updates {
		if u.New == noCommit {
			continue
		}
		if err := checkCommit(u.New); err != nil {
			return nil, err
		}
		want.WriteString(u.New + "\n")
	}
	if want.Len() == 0 {
		return nil, nil
	}
	var items []item
	args := []string{"rev-list", "--objects", "--in-commit-order", "--reverse", "--stdin", "--not", "--all"}
	err := f.eachLine(ctx, call{dir: dir, env: env, stdin: strings.NewReader(want.String()), args: args}, func(line string) error {
		id, path, hasPath := strings.Cut(line, " ")
		if !commitRE.MatchString(id) {
			return errShape
		}
		it := item{id: id, path: path, commit: id}
		if n := len(items); hasPath && n > 0 {
			it.commit = items[n-1].commit
		}
		items = append(items, it)
		return f.fewEnough(len(items))
	})
	return items, err
}

// sentAlong adds the objects of the quarantine that nothing reaches: git keeps
// them too, and a client may ask for them by id.
func (f *Forge) sentAlong(ctx context.Context, dir, quarantine string, items []item) ([]item, error) {
	known := make(map[string]bool, len(items))
	for _, it := range items {
		known[it.id] = true
	}
	only := []string{"GIT_OBJECT_DIRECTORY=" + quarantine}
	args := []string{"cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"}
	err := f.eachLine(ctx, call{dir: dir, env: only, args: args}, func(id string) error {
		if !known[id] {
			items = append(items, item{id: id, path: Unlisted})
		}
		return f.fewEnough(len(items))
	})
	return items, err
}

func (f *Forge) fewEnough(n int) error {
	if n <= f.limits.Objects {
		return nil
	}
	return core.Errorf(core.TooLarge, "The push has more than %d new files and folders.", f.limits.Objects).Hinted("Push it in smaller parts.")
}

// show reads the objects and hands them on.
func (f *Forge) show(ctx context.Context, dir string, env []string, items []item, each func(string, string, int64, []byte) error) error {
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.id
	}
	var total int64
	next := 0
	return f.objects(ctx, dir, env, ids, f.limits.BlobBytes, func(o object) error {
		it := items[next]
		next++
		if total += o.size; total > f.limits.UnpackedBytes {
			return core.Errorf(core.TooLarge, "The push is larger than %d MiB when unpacked.", f.limits.UnpackedBytes>>20).Hinted("Push it in smaller parts.")
		}
		switch o.kind {
		case "blob":
			if it.path == "" { // a tag may name a file directly
				it.path, it.commit = Unlisted, ""
			}
			return each(it.path, it.commit, o.size, o.data)
		case "commit":
			return showParts(o, CommitHeader, CommitMessage, each)
		case "tag":
			return showParts(o, TagHeader, TagMessage, each)
		}
		return nil
	})
}

// showParts splits a commit or tag into header and message. The ids in the
// header are left out: they are not a maker's words.
func showParts(o object, headerName, messageName string, each func(string, string, int64, []byte) error) error {
	if o.data == nil {
		return each(messageName, o.id, o.size, nil)
	}
	header, message, _ := bytes.Cut(o.data, []byte("\n\n"))
	var kept bytes.Buffer
	for line := range bytes.Lines(header) {
		word, rest, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		if (word == "tree" || word == "parent" || word == "object") && commitRE.MatchString(rest) {
			continue
		}
		kept.Write(line)
	}
	if err := each(headerName, o.id, int64(kept.Len()), kept.Bytes()); err != nil {
		return err
	}
	return each(messageName, o.id, int64(len(message)), message)
}

// eachLine runs a command and hands on its lines as they come.
func (f *Forge) eachLine(ctx context.Context, c call, each func(string) error) error {
	ctx, cancel := context.WithTimeout(ctx, f.limits.CommandTime)
	defer cancel()
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := f.stream(ctx, c, pw)
		pw.CloseWithError(err)
		done <- err
	}()
	lines := bufio.NewScanner(pr)
	lines.Buffer(nil, 64<<10)
	var err error
	for err == nil && lines.Scan() {
		err = each(lines.Text())
	}
	cancelIf(err, cancel)
	pr.CloseWithError(errStop)
	gitErr := <-done
	if err == nil {
		err = gitErr
	}
	if err == nil {
		err = lines.Err()
	}
	return err
}
