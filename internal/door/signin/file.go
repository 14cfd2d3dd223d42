package signin

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/identity/ci"
	"github.com/paddock-dev/paddock/internal/engine/identity/oidc"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// File is the identity file of a server: where its people sign in, and whose
// pipelines can be connected.
type File struct {
	Providers []oidc.Config `yaml:"providers" required:"true" doc:"Where people sign in, in the order of the buttons."`
	Sessions  Sessions      `yaml:"sessions" doc:"How long people stay signed in."`
	CI        []ci.Issuer   `yaml:"ci" doc:"Forges whose pipelines can be connected to apps. Without it none can."`
}

// Sessions is how long people stay signed in.
type Sessions struct {
	Hours       int `yaml:"hours" doc:"From sign-in, however busy. Default 12, at most 24."`
	IdleMinutes int `yaml:"idle_minutes" doc:"Without a request. Default 120."`
}

// Limits returns the limits; what is not set has the default.
func (s Sessions) Limits() identity.Limits {
	return identity.Limits{Life: time.Duration(s.Hours) * time.Hour, Idle: time.Duration(s.IdleMinutes) * time.Minute}
}

// maxSecret bounds a file with a client secret.
const maxSecret = 4 << 10

// ReadFile reads an identity file. Errors: Unreadable for one that cannot be
// opened, Invalid with every fault and its line.
func ReadFile(path string) (File, error) {
	b, err := readShort(path, strict.MaxBytes+1)
	if err != nil {
		return File{}, (&core.Error{Code: core.Unreadable, Msg: fmt.Sprintf("The identity file %q cannot be read.", path), Err: err}).Hinted("Check the path after --identity.").At("identity")
	}
	return Parse(path, b)
}

// Parse reads the bytes of the identity file called path.
func Parse(path string, b []byte) (File, error) {
	var f File
	doc, err := strict.Read(path, b)
	if err != nil {
		return f, err
	}
	faults := doc.Decode(&f)
	add := func(key string, e *core.Error) { faults = append(faults, e.At(doc.Place(key))) }
	if len(f.Providers) == 0 && len(faults) == 0 {
		add("", core.Errorf(core.Invalid, "There is no provider.").Hinted("Add one below providers, with name, issuer and client_id."))
	}
	seen := map[string]bool{}
	for i, c := range f.Providers {
		key := fmt.Sprintf("providers.%d", i)
		checked, bad := c.Check()
		for _, e := range bad {
			add(key+"."+e.Field, e)
		}
		if seen[c.Name] {
			add(key+".name", core.Errorf(core.Invalid, "The provider %q is there twice.", c.Name).Hinted("Give each its own name."))
		}
		seen[c.Name] = true
		if file := checked.ClientSecretFile; file != "" && !filepath.IsAbs(file) {
			checked.ClientSecretFile = filepath.Join(filepath.Dir(path), file)
		}
		f.Providers[i] = checked
	}
	addresses := map[string]bool{}
	for i, c := range f.CI {
		key := fmt.Sprintf("ci.%d", i)
		checked, bad := c.Check()
		for _, e := range bad {
			add(key+"."+e.Field, e)
		}
		if addresses[checked.URL] {
			add(key, core.Errorf(core.Invalid, "The issuer %s is there twice.", checked.URL).Hinted("Write one entry for each forge."))
		}
		addresses[checked.URL] = true
		f.CI[i] = checked
	}
	if s := f.Sessions; s.Hours < 0 || s.Hours > 24 {
		add("sessions.hours", core.Errorf(core.Invalid, "A session cannot last %d hours.", s.Hours).Hinted("Write 1 to 24."))
	}
	if s := f.Sessions; s.IdleMinutes < 0 || s.IdleMinutes > 24*60 {
		add("sessions.idle_minutes", core.Errorf(core.Invalid, "A session cannot idle for %d minutes.", s.IdleMinutes).Hinted("Write 1 to 1440."))
	}
	return f, core.Join(core.Invalid, "The identity file has faults:", faults)
}

// Secret reads the client secret of a provider; it is empty for a public client.
// Errors: Unreadable, Forbidden for a file that others may read.
func Secret(c oidc.Config) (core.Secret, error) {
	if c.ClientSecretFile == "" {
		return core.Secret{}, nil
	}
	info, err := os.Stat(c.ClientSecretFile)
	if err == nil && info.Mode().Perm()&0o007 != 0 {
		return core.Secret{}, core.Errorf(core.Forbidden, "Everybody on this machine may read the client secret of %q in %s.", c.Name, c.ClientSecretFile).
			Hinted("Run: chmod 600 %s", c.ClientSecretFile)
	}
	var b []byte
	if err == nil {
		b, err = readShort(c.ClientSecretFile, maxSecret)
	}
	text := strings.TrimSpace(string(b))
	if err == nil && text == "" {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return core.Secret{}, (&core.Error{Code: core.Unreadable, Msg: fmt.Sprintf("The client secret of %q cannot be read from %s.", c.Name, c.ClientSecretFile), Err: err}).
			Hinted("Put the secret alone into that file. A path that is not whole counts from the identity file.")
	}
	return core.NewSecret([]byte(text)), nil
}

func readShort(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}
