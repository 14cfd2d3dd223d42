package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
)

// change is what the API says of a change.
type change struct {
	Verdict string `json:"verdict"`
	Head    string `json:"head"`
	Ready   bool   `json:"ready"`
	Merge   string `json:"merge_commit"`
}

// fixes measures from the push of a fix until the app answers with it at its
// own address, with nobody hesitating in between: push, checks, merge, build,
// deployment, start.
func fixes(ctx context.Context, s *visit.Server, p people, times int) (result, error) {
	var a app
	if err := p.maker.Call(ctx, http.MethodGet, "/apps/"+appName(0), nil, &a); err != nil {
		return result{}, err
	}
	c := visit.Clone{Dir: ".", Who: p.maker}
	if _, err := c.Run(ctx, "clone", "-q", a.CloneURL, s.Dir+"-clone"); err != nil {
		return result{}, err
	}
	c.Dir = s.Dir + "-clone"
	var took []time.Duration
	for i := 1; i <= times; i++ {
		word := fmt.Sprintf("fix-%d", i)
		if err := fix(ctx, c, word); err != nil {
			return result{}, err
		}
		begun := time.Now()
		if err := ship(ctx, c, a, i, word); err != nil {
			return result{}, err
		}
		took = append(took, time.Since(begun))
		if _, err := c.Run(ctx, "fetch", "-q", "origin"); err != nil {
			return result{}, err
		}
	}
	return seconds("push of the fix to live", "max", 6*time.Second, took), nil
}

// fix makes a branch whose page says a word.
func fix(ctx context.Context, c visit.Clone, word string) error {
	if _, err := c.Run(ctx, "checkout", "-q", "-B", word, "origin/main"); err != nil {
		return err
	}
	return visit.First(c.Write("public/fix.txt", word+"\n"), c.Commit(ctx, "Show "+word))
}

// ship brings a branch to the app's address.
func ship(ctx context.Context, c visit.Clone, a app, number int, word string) error {
	if _, err := c.Run(ctx, "push", "-q", "origin", word); err != nil {
		return err
	}
	path := fmt.Sprintf("/apps/%s/changes/%d", a.Name, number)
	var ch change
	err := visit.Until(ctx, 30*time.Second, "the checks", func() (bool, error) {
		err := c.Who.Call(ctx, http.MethodGet, path, nil, &ch)
		return ch.Verdict != "", err
	})
	if err != nil {
		return err
	}
	if !ch.Ready {
		return fmt.Errorf("change %d is not ready to merge: %s", number, ch.Verdict)
	}
	if err := c.Who.Call(ctx, http.MethodPost, path+"/merge", map[string]string{"head": ch.Head}, &ch); err != nil {
		return err
	}
	digest, err := built(ctx, c.Who, a.Name, ch.Merge)
	if err != nil {
		return err
	}
	deploy := map[string]string{"artifact": digest, "target": "eu-sovereign"}
	if err := c.Who.Call(ctx, http.MethodPost, "/apps/"+a.Name+"/deployments", deploy, nil); err != nil {
		return err
	}
	status, text := 0, ""
	err = visit.Until(ctx, 30*time.Second, "the app to show "+word, func() (shown bool, err error) {
		status, text, err = c.Who.Page(ctx, a.Address+"/fix.txt")
		return status == http.StatusOK && strings.Contains(text, word), err
	})
	if err != nil {
		return fmt.Errorf("%w; it last answered %d: %.300s", err, status, text)
	}
	return nil
}

// built waits for the artifact of a commit.
func built(ctx context.Context, p *visit.Person, name, commit string) (digest string, err error) {
	err = visit.Until(ctx, 30*time.Second, "the build of "+commit, func() (bool, error) {
		var a app
		if err := p.Call(ctx, http.MethodGet, "/apps/"+name, nil, &a); err != nil {
			return false, err
		}
		for _, art := range a.Artifacts {
			if art.Commit == commit {
				digest = art.Digest
			}
		}
		return digest != "", nil
	})
	return digest, err
}
