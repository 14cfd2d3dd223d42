package history

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/secrets"
)

// Range says which commits are meant. The zero Range is all that HEAD reaches.
type Range struct {
	All      bool   // every commit that a branch or tag reaches
	From, To string // those that To reaches and From does not; To is HEAD if empty, From may be empty
}

// Scan searches every commit of a range of the repository in dir. Each secret
// is one finding, at the place where it first appears. An error means that dir
// or the range is not there; anything else that git cannot read makes the
// result incomplete.
func Scan(ctx context.Context, dir string, scanner *secrets.Scanner, which Range) (findings.Result, error) {
	r, err := borrow(dir)
	if err != nil {
		return findings.Result{}, err
	}
	defer r.close()
	args, err := r.args(ctx, which)
	if err != nil {
		return findings.Result{}, err
	}
	s := search{repo: r, scanner: scanner, past: true}
	s.res.Seen.Rules = scanner.Rules()
	if r.shallow {
		s.res.Missed("the history is cut short: this is a shallow copy of the repository (git fetch --unshallow gets the rest)")
	}
	listed, err := r.line(ctx, append([]string{"rev-list", "--count"}, args...)...)
	if n, bad := strconv.Atoi(listed); err == nil && bad == nil {
		s.res.Seen.CommitsListed = n
	} else {
		s.res.Missed("git cannot count the commits (%v)", errors.Join(err, bad))
	}
	plan, err := r.plan(ctx, args, s.message)
	if err != nil {
		s.res.Missed("git cannot list all commits (%v)", err)
	}
	s.res.Seen.Commits = plan.commits
	if plan.commits != s.res.Seen.CommitsListed {
		s.res.Missed("%d commits were read, and git counts %d", plan.commits, s.res.Seen.CommitsListed)
	}
	return s.run(ctx, plan), nil
}

// Staged searches what is staged in the work tree in dir: the lines that the
// next commit would add.
func Staged(ctx context.Context, dir string, scanner *secrets.Scanner) (findings.Result, error) {
	r, err := borrow(dir)
	if err != nil {
		return findings.Result{}, err
	}
	defer r.close()
	s := search{repo: r, scanner: scanner}
	s.res.Seen.Rules = scanner.Rules()
	plan, err := r.staged(ctx)
	if err != nil {
		s.res.Missed("git cannot say what is staged (%v)", err)
	}
	return s.run(ctx, plan), nil
}

// args turns a range into arguments of rev-list, made of ids only.
func (r *repository) args(ctx context.Context, which Range) ([]string, error) {
	if which.All {
		return []string{"--all"}, nil
	}
	to := which.To
	if to == "" {
		to = "HEAD"
	}
	id, err := r.resolve(ctx, to)
	if err != nil {
		return nil, err
	}
	args := []string{id}
	if which.From != "" {
		from, err := r.resolve(ctx, which.From)
		if err != nil {
			return nil, err
		}
		args = append(args, "^"+from)
	}
	return append(args, "--"), nil
}

func (r *repository) resolve(ctx context.Context, rev string) (string, error) {
	id, err := r.line(ctx, "rev-parse", "--verify", "--end-of-options", rev+"^{commit}")
	if err != nil || !isID(id) {
		return "", core.Errorf(core.NotFound, "There is no commit %q in this repository.", findings.Clean(rev, 80)).Hinted("Name a branch, a tag or a commit, such as main or HEAD~3.")
	}
	return id, nil
}

// staged plans what the index has and HEAD has not.
func (r *repository) staged(ctx context.Context) (plan, error) {
	p := plan{kinds: kinds{}}
	base, err := r.resolve(ctx, "HEAD")
	if err != nil { // nothing committed yet
		if base, err = r.line(ctx, "hash-object", "-t", "tree", "--stdin"); err != nil {
			return p, err
		}
	}
	known := map[string]bool{}
	err = r.run(ctx, nil, func(out io.Reader) error {
		in := bufio.NewReaderSize(out, 64<<10)
		for {
			line, err := nextField(in)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			path, err := nextField(in)
			if err != nil {
				return errShape
			}
			v, ok := parseRaw(line, path)
			if !ok {
				return errShape
			}
			p.add(known, v, "")
		}
	}, "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--ignore-submodules=none", base, "--")
	return p, err
}

// message searches the message of a commit.
func (s *search) message(id, text string) {
	if !strings.Contains(text, "\n") && len(text) < 16 {
		return
	}
	b := []byte(text)
	s.texts = append(s.texts, job{commit: id, part: secrets.Part{Path: fmt.Sprintf("message of %.10s", id), Text: b, Numbers: numbers(b)}})
}
