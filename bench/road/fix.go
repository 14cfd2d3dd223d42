package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
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
func fixes(ctx context.Context, s *server, p people, times int) (result, error) {
	var a app
	if err := p.maker.call(ctx, http.MethodGet, "/apps/"+appName(0), nil, &a); err != nil {
		return result{}, err
	}
	c := &clone{who: p.maker}
	if _, err := c.git(ctx, "clone", "-q", a.CloneURL, s.dir+"-clone"); err != nil {
		return result{}, err
	}
	c.dir = s.dir + "-clone"
	var took []time.Duration
	for i := 1; i <= times; i++ {
		word := fmt.Sprintf("fix-%d", i)
		if err := c.write(ctx, word, "public/fix.txt", word+"\n"); err != nil {
			return result{}, err
		}
		begun := time.Now()
		if err := ship(ctx, c, a, i, word); err != nil {
			return result{}, err
		}
		took = append(took, time.Since(begun))
		if _, err := c.git(ctx, "fetch", "-q", "origin"); err != nil {
			return result{}, err
		}
	}
	return seconds("push of the fix to live", "max", 6*time.Second, took), nil
}

// ship brings a branch to the app's address.
func ship(ctx context.Context, c *clone, a app, number int, word string) error {
	if _, err := c.git(ctx, "push", "-q", "origin", word); err != nil {
		return err
	}
	path := fmt.Sprintf("/apps/%s/changes/%d", a.Name, number)
	var ch change
	err := until(ctx, 30*time.Second, "the checks", func() (bool, error) {
		err := c.who.call(ctx, http.MethodGet, path, nil, &ch)
		return ch.Verdict != "", err
	})
	if err != nil {
		return err
	}
	if !ch.Ready {
		return fmt.Errorf("change %d is not ready to merge: %s", number, ch.Verdict)
	}
	if err := c.who.call(ctx, http.MethodPost, path+"/merge", map[string]string{"head": ch.Head}, &ch); err != nil {
		return err
	}
	digest, err := built(ctx, c.who, a.Name, ch.Merge)
	if err != nil {
		return err
	}
	deploy := map[string]string{"artifact": digest, "target": "eu-sovereign"}
	if err := c.who.call(ctx, http.MethodPost, "/apps/"+a.Name+"/deployments", deploy, nil); err != nil {
		return err
	}
	status, text := 0, ""
	err = until(ctx, 30*time.Second, "the app to show "+word, func() (shown bool, err error) {
		status, text, err = c.who.send(ctx, http.MethodGet, a.Address+"/fix.txt", "", nil)
		return status == http.StatusOK && strings.Contains(text, word), err
	})
	if err != nil {
		return fmt.Errorf("%w; it last answered %d: %.300s", err, status, text)
	}
	return nil
}

// built waits for the artifact of a commit.
func built(ctx context.Context, p *person, name, commit string) (digest string, err error) {
	err = until(ctx, 30*time.Second, "the build of "+commit, func() (bool, error) {
		var a app
		if err := p.call(ctx, http.MethodGet, "/apps/"+name, nil, &a); err != nil {
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
