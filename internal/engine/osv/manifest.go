package osv

import (
	"bytes"
	"encoding/hex"
	"encoding/json"

	"github.com/paddock-dev/paddock/internal/core"
)

// PayloadType is the type of the signed description.
const PayloadType = "application/vnd.paddock.vulndb.v1+json"

const formatNumber = 1

// Manifest is the signed description of a database.
type Manifest struct {
	Format       int         `json:"format"`
	Made         string      `json:"made"` // RFC 3339
	Tool         string      `json:"tool"`
	Installation string      `json:"installation"` // who made the file
	Key          string      `json:"key"`          // public half of the key that signs, as PEM
	Ecosystems   []Ecosystem `json:"ecosystems"`   // sorted by name
	Index        Section     `json:"index"`
}

// Ecosystem says what the database knows of one ecosystem.
type Ecosystem struct {
	Name       string   `json:"name"`
	Records    int      `json:"records"` // in force
	Packages   int      `json:"packages"`
	Malicious  int      `json:"malicious"`  // records about packages made to do harm
	Withdrawn  int      `json:"withdrawn"`  // left out
	Unmatched  int      `json:"unmatched"`  // left out: they name commits, no versions
	Unreadable int      `json:"unreadable"` // left out, because that was asked
	Examples   []string `json:"examples"`   // the first unreadable records, by name
	Newest     string   `json:"newest"`     // day of the newest record, YYYY-MM-DD
	Imported   string   `json:"imported"`   // day of the import, YYYY-MM-DD
	From       string   `json:"from"`       // names of the files it came from, or who had signed them
	Digest     string   `json:"digest"`     // sha256:... of the records as kept
}

// Section is a part of the file.
type Section struct {
	Offset int64  `json:"offset"`
	Size   int64  `json:"size"`  // as it stands in the file
	Plain  int64  `json:"plain"` // unpacked
	SHA256 string `json:"sha256"`
}

// readManifest reads a description whose signature was checked. What it does not
// know is a fault.
func readManifest(payload []byte, end int64) (Manifest, error) {
	var m Manifest
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return m, &core.Error{Code: core.Unreadable, Msg: "The description of the vulnerability database cannot be read.", Hint: "It may be of a newer Paddock. Update this one first.", Err: err}
	}
	sum, err := hex.DecodeString(m.Index.SHA256)
	switch {
	case m.Format != formatNumber:
		return m, core.Errorf(core.Unreadable, "The vulnerability database has the form %d; this Paddock reads %d.", m.Format, formatNumber).Hinted("Import the records again with this Paddock.")
	case err != nil || len(sum) != 32, m.Index.Offset < int64(len(magic)), m.Index.Size <= 0, m.Index.Size > maxIndex, m.Index.Plain > maxIndex, m.Index.Offset+m.Index.Size != end:
		return m, damaged("its parts do not fit together")
	}
	return m, nil
}

// Ecosystem returns what is known of an ecosystem, and whether there is any data.
func (m Manifest) Ecosystem(name string) (Ecosystem, bool) {
	for _, e := range m.Ecosystems {
		if e.Name == Base(name) {
			return e, e.Records > 0
		}
	}
	return Ecosystem{}, false
}

// Records returns how many records are in force.
func (m Manifest) Records() int {
	n := 0
	for _, e := range m.Ecosystems {
		n += e.Records
	}
	return n
}

// Date returns the day of the newest record, YYYY-MM-DD.
func (m Manifest) Date() string {
	day := ""
	for _, e := range m.Ecosystems {
		day = max(day, e.Newest)
	}
	return day
}

// Digest names the content of the database: sha256:... of its index, which pins
// every block.
func (m Manifest) Digest() string { return "sha256:" + m.Index.SHA256 }

func damaged(why string) *core.Error {
	return core.Errorf(core.Unreadable, "The vulnerability database is damaged: %s.", why).Hinted("Import the records again: paddock vulndb import.")
}
