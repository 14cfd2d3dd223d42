package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/identity/recipe"
)

type issuerCmd struct {
	Show   issuerShowCmd   `cmd:"" help:"Who signs apps' identity tokens, and with which keys."`
	Rotate issuerRotateCmd `cmd:"" help:"Announce the next key before its time."`
	Export issuerExportCmd `cmd:"" help:"Write the public documents, to put them where a cloud can read them."`
	Recipe issuerRecipeCmd `cmd:"" help:"What to enter at a service so that it knows an app by its tokens."`
}

type issuerShowCmd struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *issuerShowCmd) Run(ctx context.Context, std IO) error {
	var v view.Issuer
	if err := c.get(ctx, std, &v, "issuer"); err != nil || c.Format == "json" {
		return orPrint(std, err, v)
	}
	printIssuer(std.Out, v)
	return nil
}

func printIssuer(w io.Writer, v view.Issuer) {
	fmt.Fprintf(w, "Issuer: %s\n", v.Issuer)
	for _, k := range v.Keys {
		fmt.Fprintf(w, "  %-22s  %-9s  signs from %s\n", k.ID, k.State, k.Begins.Format(time.RFC3339))
	}
}

type issuerRotateCmd struct {
	AtOnce bool `help:"The present keys may be in wrong hands: a new one signs now, and the others count no more."`
	home
}

// Run implements the command.
func (c *issuerRotateCmd) Run(ctx context.Context, std IO) error {
	q := map[string]string{}
	if c.AtOnce {
		q["at_once"] = "true"
	}
	var v view.Issuer
	if err := c.server().send(ctx, std, "", nil, &v, q, "issuer", "rotate"); err != nil {
		return err
	}
	printIssuer(std.Out, v)
	return nil
}

type issuerExportCmd struct {
	Dir string `arg:"" help:"Folder to write to; it is made."`
	home
}

// Run implements the command. A server that a cloud cannot reach keeps its
// documents at the address --issuer-url, below which the files lie as written.
func (c *issuerExportCmd) Run(ctx context.Context, std IO) error {
	for _, name := range []string{"openid-configuration", "jwks.json"} {
		var text bytes.Buffer
		if err := c.server().public(ctx, &text, ".well-known", name); err != nil {
			return err
		}
		file := filepath.Join(std.path(c.Dir), ".well-known", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return core.Errorf(core.Unavailable, "The folder %q cannot be made: %w.", filepath.Dir(file), err).At("dir")
		}
		if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
			return core.Errorf(core.Unavailable, "%q cannot be written: %w.", file, err).At("dir")
		}
		fmt.Fprintln(std.Out, filepath.Join(c.Dir, ".well-known", name))
	}
	fmt.Fprintln(std.Out, "Write them again within two days of each rotation: a new key is announced that long before it signs.")
	return nil
}

type issuerRecipeCmd struct {
	Service  string `arg:"" help:"aws, azure, google or vault."`
	App      string `required:"" help:"Name of the app." placeholder:"NAME"`
	Audience string `help:"Whom the tokens are for; default the vendor's, or the service's usual one." placeholder:"NAME"`
	Format   string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *issuerRecipeCmd) Run(ctx context.Context, std IO) error {
	if _, err := recipe.For(c.Service, recipe.App{}); err != nil {
		return err
	}
	var v view.AppIdentity
	if err := c.get(ctx, std, &v, "apps", c.App, "identity"); err != nil {
		return err
	}
	steps, err := recipe.For(c.Service, recipe.App{Name: c.App, Issuer: v.Issuer, Subject: v.Subject, Audience: c.Audience})
	if err != nil || c.Format == "json" {
		return orPrint(std, err, steps)
	}
	for i, s := range steps {
		fmt.Fprintf(std.Out, "%d. %s\n", i+1, s.Why)
		if s.File != "" {
			fmt.Fprintf(std.Out, "\ncat > %s <<'END'\n%sEND\n", s.File, s.Text)
		}
		fmt.Fprintf(std.Out, "\n%s\n\n", s.Run)
	}
	fmt.Fprintf(std.Out, "The app is %s. Its vendor's file needs identity: audience:, as named above.\n", v.Subject)
	return nil
}
