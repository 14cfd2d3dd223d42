package dependencies

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

//go:embed starter/npm.zip
var starterZip []byte

// Bounds of a database file.
const (
	maxRecords    = 1_000_000
	maxRecordSize = 8_000_000 // bytes of one record, unpacked
	maxUnpacked   = 8_000_000_000
)

// DB is a database of known security holes in npm packages. It does not change
// once loaded and may be read by many goroutines.
type DB struct {
	byName  map[string][]*advisory
	records int
	date    string
	starter bool
}

// Starter loads the built-in database of ten records.
func Starter() (*DB, error) {
	db, err := Load(bytes.NewReader(starterZip), int64(len(starterZip)))
	if err != nil {
		return nil, err
	}
	db.starter = true
	return db, nil
}

// Load reads an OSV all.zip of npm. It refuses a file with any record it
// cannot read: a database with holes would pass faults in silence.
func Load(r io.ReaderAt, size int64) (*DB, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, core.Errorf(core.Unreadable, "The vulnerability database is not a zip file: %w", err).Hinted("Fetch the npm all.zip again.")
	}
	if len(z.File) > maxRecords {
		return nil, core.Errorf(core.TooLarge, "The vulnerability database has %d entries; %d can be read.", len(z.File), maxRecords)
	}
	db := &DB{byName: map[string][]*advisory{}}
	left := int64(maxUnpacked)
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".json") {
			continue
		}
		n, err := db.add(f)
		if err != nil {
			return nil, core.Errorf(core.Unreadable, "The record %.80q of the vulnerability database cannot be read: %w", f.Name, err).Hinted("Fetch the npm all.zip again.")
		}
		if left -= n; left < 0 {
			return nil, core.Errorf(core.TooLarge, "The vulnerability database is too large when unpacked.")
		}
	}
	if db.records == 0 {
		return nil, core.Errorf(core.Unreadable, "The vulnerability database holds no records.").Hinted("Fetch the npm all.zip again.")
	}
	for _, list := range db.byName {
		slices.SortFunc(list, func(a, b *advisory) int { return strings.Compare(a.id, b.id) })
	}
	return db, nil
}

func (db *DB) add(f *zip.File) (int64, error) {
	r, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }() // opened for reading only
	data, err := io.ReadAll(io.LimitReader(r, maxRecordSize+1))
	if err != nil {
		return 0, err
	}
	if len(data) > maxRecordSize {
		return 0, fmt.Errorf("larger than %d bytes", maxRecordSize)
	}
	found, day, err := parseRecord(data)
	if err != nil {
		return 0, err
	}
	for name, list := range found {
		db.byName[name] = append(db.byName[name], list...)
	}
	db.records++
	db.date = max(db.date, day)
	return int64(len(data)), nil
}

// Date returns the day of the newest record, YYYY-MM-DD.
func (db *DB) Date() string { return db.date }

// Records returns how many records the database holds.
func (db *DB) Records() int { return db.records }

// About says in words what the database is, for reports.
func (db *DB) About() string {
	s := fmt.Sprintf("%d known holes, newest of %s", db.records, db.date)
	if db.starter {
		s += " (the small built-in list; most holes are not in it)"
	}
	return s
}
