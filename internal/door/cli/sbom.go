package cli

import (
	"context"
	"fmt"
	"strings"
)

type sbomCmd struct {
	Make    sbomMakeCmd    `cmd:"" help:"List the parts of an app's folder, as CycloneDX or SPDX."`
	Search  sbomSearchCmd  `cmd:"" help:"Find the apps that hold a component, such as: 'lodash < 4.17.21'."`
	Reindex sbomReindexCmd `cmd:"" help:"List the components of builds whose components are not known yet."`
}

type sbomReindexCmd struct {
	All  bool   `help:"List those of every build again."`
	Data string `help:"The server's data folder." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
	Registry     string `help:"Repository of the OCI registry that keeps artifacts; default: the folder in the data folder." env:"PADDOCK_REGISTRY"`
	RegistryAuth string `help:"File with the registry's credentials." env:"PADDOCK_REGISTRY_AUTH"`
}

// Run implements the command.
func (c *sbomReindexCmd) Run(ctx context.Context, std IO, p Programs) error {
	database, err := c.Address(std.path)
	if err != nil {
		return err
	}
	config := Config{Data: std.path(c.Data), Registry: c.Registry, RegistryAuth: c.RegistryAuth}
	config.Database.Database = Address(database)
	done, err := p.Reindex(ctx, config, c.All)
	if done != "" {
		fmt.Fprintln(std.Out, done+".")
	}
	return err
}

type sbomSearchCmd struct {
	Query string `arg:"" help:"A name, with versions if you like."`
	Where string `help:"Where to look: ${enum}." enum:"live,latest,any" default:"live"`
	Data  string `help:"The server's data folder." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// HeldBy is one app that holds a component.
type HeldBy struct {
	App     string `json:"app"`
	Owner   string `json:"owner"`
	State   string `json:"state"`
	PURL    string `json:"purl"`
	Direct  string `json:"direct"`
	RunsAt  string `json:"runs_at,omitempty"`
	Version string `json:"version"`
	VEX     []Said `json:"vex,omitempty"`
}

// Said is what OpenVEX statements say about one known hole in a component.
type Said struct {
	Vulnerability string `json:"vulnerability"`
	Status        string `json:"status"`
	SetAside      bool   `json:"set_aside"`
	Why           string `json:"why"`
	Author        string `json:"author"`
	From          string `json:"from"`
}

// HeldIn is the answer to a search for a component.
type HeldIn struct {
	Query      string   `json:"query"`
	Apps       int      `json:"apps"`
	Unlisted   int      `json:"apps_without_bill"`
	Uncompared []string `json:"not_comparable"`
	Note       string   `json:"note,omitempty"` // what could not be read
	Holders    []HeldBy `json:"items"`
}

// Run implements the command.
func (c *sbomSearchCmd) Run(ctx context.Context, std IO, p Programs) error {
	database, err := c.Address(std.path)
	if err != nil {
		return err
	}
	found, err := p.Components(ctx, std.path(c.Data), database, c.Query, c.Where)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, found)
	}
	for _, h := range found.Holders {
		fmt.Fprintf(std.Out, "%s\t%s\t%s\tdirect: %s\t%s\t%s\n", h.App, h.Owner, h.PURL, h.Direct, h.State, h.RunsAt)
		for _, s := range h.VEX {
			fmt.Fprintf(std.Out, "\t%s\n", s.words())
		}
	}
	if found.Note != "" {
		fmt.Fprintln(std.Out, found.Note)
	}
	fmt.Fprintf(std.Out, "%d apps hold %s.\n", found.Apps, found.Query)
	if found.Unlisted > 0 {
		fmt.Fprintf(std.Out, "The components of %d further apps are not known.\n", found.Unlisted)
	}
	for _, v := range found.Uncompared {
		fmt.Fprintf(std.Out, "%s cannot be compared: look for it by name.\n", v)
	}
	return nil
}

// words says it on one line.
func (s Said) words() string {
	out := s.Vulnerability + ": " + s.Status
	if s.SetAside {
		out = s.Vulnerability + " is set aside by VEX: " + s.Status
	}
	if s.Why != "" {
		out += " (" + s.Why + ")"
	}
	return strings.Join(strings.Fields(out+", says "+s.Author+", by "+s.From), " ")
}
