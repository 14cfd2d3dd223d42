package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
)

// app is what the API says of an app, as far as it matters here.
type app struct {
	Name      string `json:"name"`
	State     string `json:"state"`
	Address   string `json:"address"`
	CloneURL  string `json:"clone_url"`
	Artifacts []struct {
		Digest string `json:"digest"`
		Commit string `json:"commit"`
	} `json:"artifacts"`
}

// appName names the apps that are made.
func appName(i int) string { return fmt.Sprintf("bench-app-%d", i) }

// creations measures from pressing "create" until the repository is ready and
// the app may be worked on.
func creations(ctx context.Context, p people, times int) (result, error) {
	var took []time.Duration
	for i := range times {
		d, err := create(ctx, p.maker, appName(i))
		if err != nil {
			return result{}, err
		}
		took = append(took, d)
	}
	return seconds("create-app to repository ready", "p95", time.Second, took), nil
}

func create(ctx context.Context, p *visit.Person, name string) (time.Duration, error) {
	form := map[string]any{"template": "internal-dashboard", "name": name, "classification": "internal", "region": "eu-sovereign", "parameters": map[string]string{"team": "Bench"}}
	begun := time.Now()
	if err := p.Call(ctx, http.MethodPost, "/apps", form, nil); err != nil {
		return 0, err
	}
	var a app
	err := visit.Until(ctx, 30*time.Second, name+" to be ready", func() (bool, error) {
		err := p.Call(ctx, http.MethodGet, "/apps/"+name, nil, &a)
		return a.State == "active", err
	})
	took := time.Since(begun)
	if err != nil {
		return 0, err
	}
	refs, err := visit.Clone{Dir: ".", Who: p}.Run(ctx, "ls-remote", a.CloneURL)
	if err == nil && !strings.Contains(refs, "refs/heads/main") {
		err = fmt.Errorf("%s is active, but its repository has no main branch: %q", name, refs)
	}
	return took, err
}
