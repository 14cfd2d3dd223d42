package app

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/osv"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
)

// vulnFile is the database's name in a data folder and among a person's files.
const vulnFile = "paddock.vulndb"

// vulnPlace is where a database is and by which keys it counts.
type vulnPlace struct {
	path    string
	named   bool   // somebody named the file, so it must be there
	keys    string // folder of the keyring that signs, whose own signature counts
	trusted string // file with more keys; "" for none
}

// placeOf finds the database: the named file, that of a data folder, or this
// person's own.
func placeOf(v cli.VulnDB) (vulnPlace, error) {
	p := vulnPlace{path: v.File, named: v.File != "", trusted: v.Keys}
	env := func(name string) string {
		if v.Env == nil {
			return ""
		}
		s, _ := v.Env(name)
		return s
	}
	cache, config := env("XDG_CACHE_HOME"), env("XDG_CONFIG_HOME")
	if home := env("HOME"); home != "" {
		if !filepath.IsAbs(cache) {
			cache = filepath.Join(home, ".cache")
		}
		if !filepath.IsAbs(config) {
			config = filepath.Join(home, ".config")
		}
	}
	switch {
	case v.Data != "":
		p.keys = filepath.Join(v.Data, "keys")
		if p.path == "" {
			p.path = filepath.Join(v.Data, vulnFile)
		}
		return p, nil
	case filepath.IsAbs(config):
		p.keys = filepath.Join(config, "paddock", "keys")
	}
	if p.path == "" {
		if !filepath.IsAbs(cache) {
			return p, core.Errorf(core.Invalid, "There is no home folder to look for the vulnerability database in.").Hinted("Name it with --vulndb.")
		}
		p.path = filepath.Join(cache, "paddock", vulnFile)
	}
	return p, nil
}

// trust returns the keys that count: one's own, if there is one already, and
// those of the file.
func (p vulnPlace) trust() ([]ed25519.PublicKey, error) {
	var keys []ed25519.PublicKey
	if p.keys != "" {
		text, err := os.ReadFile(filepath.Join(p.keys, "signing.pub"))
		if err == nil {
			own, err := seal.ParsePublicPEM(text)
			if err != nil {
				return nil, core.AsError(err).At(filepath.Join(p.keys, "signing.pub"))
			}
			keys = append(keys, own)
		}
	}
	if p.trusted == "" {
		return keys, nil
	}
	more, err := keysOf(p.trusted, "--vulndb-keys")
	return append(keys, more...), err
}

func (p vulnPlace) open(path string) (*osv.DB, error) {
	keys, err := p.trust()
	if err != nil {
		return nil, err
	}
	return osv.Open(path, keys)
}

// there reports whether there is a database file.
func (p vulnPlace) there() bool {
	_, err := os.Lstat(p.path)
	return p.named || !errors.Is(err, fs.ErrNotExist)
}

// data is what a check is told: the database, or the built-in list if nobody
// has made one.
func (p vulnPlace) data(maxAge int) dependencies.Data {
	if !p.there() {
		d := dependencies.Starter()
		d.MaxAge = maxAge
		return d
	}
	db, err := p.open(p.path)
	return dependencies.Data{DB: db, Fault: core.AsError(err), MaxAge: maxAge}
}

// vulnData is what paddock check is told. A database that was made or named and
// cannot be used is an error: nobody would see that it was left out.
func vulnData(v cli.VulnDB) (dependencies.Data, error) {
	p, err := placeOf(v)
	if err != nil {
		return dependencies.Starter(), nil // without a home folder nobody can have made one
	}
	d := p.data(v.MaxAge)
	if d.Fault != nil {
		unusable := *d.Fault
		unusable.Code = core.Unreadable // whoever asks here, nothing was checked
		return d, &unusable
	}
	return d, nil
}

// ImportVulns brings records in. The new file stands in place of the old one at
// once, or not at all.
func ImportVulns(ctx context.Context, version string, in cli.VulnImport) (cli.VulnState, error) {
	p, err := placeOf(in.VulnDB)
	if err != nil {
		return cli.VulnState{}, err
	}
	if p.keys == "" {
		return cli.VulnState{}, core.Errorf(core.Invalid, "There is no key to sign the database with.").Hinted("Name a server's data folder with --data.")
	}
	ring, err := seal.Open(p.keys, nil)
	if err != nil {
		return cli.VulnState{}, err
	}
	by := osv.Making{Now: core.SystemClock{}.Now(), Tool: "paddock " + version, Installation: ring.Installation(), Key: ring.PublicPEM(), Sign: ring.SignDSSE}
	var old *osv.DB
	if _, err := os.Lstat(p.path); err == nil {
		if old, err = p.open(p.path); err != nil {
			return cli.VulnState{}, core.AsError(err).Hinted("It is not added to. Move it away, and import all ecosystems again.")
		}
		defer func() { _ = old.Close() }() // opened for reading only
	}
	changed, err := p.fill(ctx, in, old, by)
	if err != nil {
		return cli.VulnState{}, err
	}
	s, err := ShowVulns(in.VulnDB, false)
	s.Changed = changed
	return s, err
}

// fill makes the new file from records, or from a database that came from
// elsewhere.
func (p vulnPlace) fill(ctx context.Context, in cli.VulnImport, old *osv.DB, by osv.Making) ([]string, error) {
	h := osv.NewHarvest(in.Skip, func(read int) {
		if in.Told != nil {
			in.Told("reading records", int64(read), 0)
		}
	})
	var carried *osv.DB
	var from []string
	for _, path := range in.Paths {
		if osv.Is(path) {
			if len(in.Paths) > 1 {
				return nil, core.Errorf(core.Invalid, "A database from elsewhere comes in alone.").Hinted("Import it and the records one after the other.").At(path)
			}
			db, err := p.open(path)
			if err != nil {
				return nil, err
			}
			defer func() { _ = db.Close() }() // opened for reading only
			carried, by.From = db, "installation "+db.Installation
			continue
		}
		if err := h.Add(ctx, path); err != nil {
			return nil, err
		}
		from = append(from, filepath.Base(path))
	}
	if err := os.MkdirAll(filepath.Dir(p.path), 0o700); err != nil {
		return nil, core.Errorf(core.Unavailable, "The folder of the vulnerability database cannot be made: %w.", err).At(filepath.Dir(p.path))
	}
	var changed []string
	err := replaceFile(p.path, func(w io.Writer) (err error) {
		if carried != nil {
			changed, err = osv.Merge(w, carried, nil, old, by)
			return err
		}
		by.From = strings.Join(from, ", ")
		changed, err = osv.Save(w, h, old, by)
		return err
	})
	return changed, err
}

// replaceFile writes a file whole, on the disk before it takes its name.
func replaceFile(path string, fill func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".paddock-*")
	if err != nil {
		return core.Errorf(core.Unavailable, "%q cannot be written: %w.", path, err)
	}
	defer os.Remove(f.Name())
	if err := fill(f); err != nil {
		_ = f.Close() // the first fault counts
		return err
	}
	err = errors.Join(f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return core.Errorf(core.Unavailable, "%q cannot be written: %w.", path, err)
	}
	return nil
}

// ExportVulns writes the database, signed by this installation, for another site.
func ExportVulns(version string, v cli.VulnDB, only []string, w io.Writer) (osv.Manifest, error) {
	p, err := placeOf(v)
	if err != nil {
		return osv.Manifest{}, err
	}
	db, err := p.open(p.path)
	if err != nil {
		return osv.Manifest{}, err
	}
	defer func() { _ = db.Close() }() // opened for reading only
	ring, err := seal.Open(p.keys, nil)
	if err != nil {
		return osv.Manifest{}, err
	}
	names, err := osv.Merge(w, db, only, nil, osv.Making{Now: core.SystemClock{}.Now(), Tool: "paddock " + version, Installation: ring.Installation(), Key: ring.PublicPEM(), Sign: ring.SignDSSE})
	m := db.Manifest
	m.Installation = ring.Installation()
	m.Ecosystems = slices.DeleteFunc(slices.Clone(m.Ecosystems), func(e osv.Ecosystem) bool { return !slices.Contains(names, e.Name) })
	return m, err
}

// ShowVulns tells of the database; with whole it reads all of it, and refuses
// one that is too old.
func ShowVulns(v cli.VulnDB, whole bool) (cli.VulnState, error) {
	p, err := placeOf(v)
	if err != nil {
		return cli.VulnState{}, err
	}
	s := cli.VulnState{File: p.path}
	if !p.there() {
		d := dependencies.Starter()
		if d.Fault != nil {
			return s, d.Fault
		}
		if whole {
			return s, core.Errorf(core.NotFound, "There is no vulnerability database at %q.", p.path).Hinted("Make one: paddock vulndb import.")
		}
		s.Built, s.Manifest = true, d.DB.Manifest
		return s, nil
	}
	db, err := p.open(p.path)
	if err != nil {
		return s, err
	}
	defer func() { _ = db.Close() }() // opened for reading only
	if st, err := os.Stat(p.path); err == nil {
		s.Size = st.Size()
	}
	key, err := seal.ParsePublicPEM([]byte(db.Key))
	if err != nil {
		return s, err
	}
	if s.KeyID, err = seal.KeyIDOf(key); err != nil {
		return s, err
	}
	s.Manifest = db.Manifest
	now := core.SystemClock{}.Now()
	for _, e := range db.Ecosystems {
		days := 0
		if t, err := time.Parse(time.DateOnly, e.Newest); err == nil {
			days = int(now.Sub(t).Hours() / 24)
		}
		s.Age = max(s.Age, days)
		if whole && v.MaxAge > 0 && (days > v.MaxAge || e.Newest == "") {
			return s, core.Errorf(core.Blocked, "The data about %s is %d days old (%s); at most %d are allowed.", e.Name, days, e.Newest, v.MaxAge).Hinted("Import newer records: paddock vulndb import.")
		}
	}
	if whole {
		return s, db.Check()
	}
	return s, nil
}
