package app

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// A start that cannot succeed says why, and takes down what it had put up.
func TestFailedStartSaysWhy(t *testing.T) {
	for what, spoil := range map[string]func(t *testing.T, c *cli.Config){
		"a data folder that is a file": func(t *testing.T, c *cli.Config) {
			c.Data = filepath.Join(c.Data, "file")
			if err := os.WriteFile(c.Data, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"keys that others may read": func(t *testing.T, c *cli.Config) {
			h := openHouse(t)
			h.close(t.Context())
			c.Data = h.config.Data
			keys, _ := filepath.Glob(filepath.Join(c.Data, "keys", "*"))
			for _, k := range keys {
				if err := os.Chmod(k, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		},
		"a data folder that another server uses":  func(t *testing.T, c *cli.Config) { c.Data = openHouse(t).config.Data },
		"a program to run apps that is not there": func(_ *testing.T, c *cli.Config) { c.Workerd = "/nowhere/workerd" },
		"a port that is taken": func(t *testing.T, c *cli.Config) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			c.Listen = l.Addr().String()
		},
	} {
		t.Run(what, func(t *testing.T) {
			c := cli.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", AppDomain: "apps.localhost", Admin: "admin@example.org", LogLevel: "error"}
			spoil(t, &c)
			var out, errs bytes.Buffer
			err := Serve(t.Context(), c, "test", cli.IO{Out: &out, Err: &errs})
			if e := core.AsError(err); e == nil || e.Code == core.Internal || e.Hint == "" {
				t.Errorf("%v (%v)", err, core.CodeOf(err))
			}
		})
	}
}

// SEC-3: an access token that may only read does not push, at the git door either.
func TestReadingTokenDoesNotPush(t *testing.T) {
	h := openHouse(t)
	ctx := context.Background()
	who, err := h.identity.AddPerson(ctx, core.System("test"), "pia@example.org", "", []core.Role{core.RolePlatform})
	if err != nil {
		t.Fatal(err)
	}
	for scope, readOnly := range map[string]bool{identity.ScopeRead: true, identity.ScopeWrite: false} {
		token, _, err := h.identity.NewToken(ctx, who, "git", scope, 0)
		if err != nil {
			t.Fatal(err)
		}
		caller, err := gitAuth{h.identity}.Authenticate(ctx, "token", token)
		if err != nil || caller.ReadOnly != readOnly {
			t.Errorf("scope %s: read only %v, %v", scope, caller.ReadOnly, err)
		}
	}
}
