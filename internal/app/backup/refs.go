package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// reposDir is where the repositories are, below the data folder.
const reposDir = "git/repos"

// refs brings the changing part of all repositories to where it stands now: a
// file that changed is copied again, one that is gone is removed. What was
// copied before and is the same costs one look. From then on the copier knows
// the repositories.
func (c *copier) refs(ctx context.Context) error {
	seen := map[string]bool{}
	repos := map[string]bool{}
	err := c.walkRefs(ctx, reposDir, func(p string, info fs.FileInfo) error {
		if classify(p) != refState {
			return nil
		}
		seen[p] = true
		repos[strings.SplitN(p, "/", 4)[2]] = true
		if old, ok := c.have[p]; ok && old.stamp == stampOf(info) {
			return nil
		}
		err := c.copy(ctx, p, info)
		if errors.Is(err, fs.ErrNotExist) { // a branch was deleted just now
			delete(seen, p)
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	for p := range c.have {
		if strings.HasPrefix(p, reposDir+"/") && classify(p) == refState && !seen[p] {
			if err := c.drop(p); err != nil {
				return err
			}
		}
	}
	c.repos = repos
	return c.forgotten(repos)
}

// bareDirs are folders that git wants to see even when nothing is in them.
var bareDirs = []string{"objects/info", "objects/pack", "refs/heads", "refs/tags"}

// makeBare makes those folders for a repository below root.
func makeBare(root, repo string) error {
	for _, d := range bareDirs {
		if err := os.MkdirAll(filepath.Join(root, filepath.FromSlash(reposDir), repo, filepath.FromSlash(d)), 0o700); err != nil {
			return fileFault("Making a repository's folders", err)
		}
	}
	return nil
}

// walkRefs is walk without the folders of objects.
func (c *copier) walkRefs(ctx context.Context, root string, fn func(string, fs.FileInfo) error) error {
	entries, err := os.ReadDir(filepath.Join(c.from, reposDir))
	if err != nil {
		if os.IsNotExist(err) {
			return nil
		}
		return fileFault("Reading the repositories", err)
	}
	for _, repo := range entries {
		parts, err := os.ReadDir(filepath.Join(c.from, reposDir, repo.Name()))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return fileFault("Reading a repository", err)
		}
		for _, part := range parts {
			if part.Name() == "objects" {
				continue
			}
			if err := c.visit(ctx, root+"/"+repo.Name()+"/"+part.Name(), fn); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgotten removes the objects of repositories that are not there any more.
func (c *copier) forgotten(repos map[string]bool) error {
	for p := range c.have {
		if parts := strings.SplitN(p, "/", 4); strings.HasPrefix(p, reposDir+"/") && !repos[parts[2]] {
			if err := c.drop(p); err != nil {
				return err
			}
		}
	}
	return nil
}
