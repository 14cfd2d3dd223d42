package export

import (
	"bytes"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// TestCheck: what was written is read back, and a cut, an addition and foreign
// files are told.
func TestCheck(t *testing.T) {
	for _, f := range Formats() {
		var b bytes.Buffer
		events := samples("app.create")
		write(t, f.New(&b), head(int64(len(events))), events)
		whole := b.String()
		s, err := Check(f.Name, strings.NewReader(whole))
		if err != nil || s.Rows != int64(len(events)) || s.Population != s.Rows || s.Query != head(0).Query || s.LogSize != 12 || s.ID != string(head(0).ID) || s.Checkpoint != head(0).Checkpoint {
			t.Errorf("%s: %+v %v", f.Name, s, err)
		}
		lines := strings.SplitAfter(whole, "\n")
		for name, text := range map[string]string{
			"cut": strings.Join(lines[:len(lines)-2], ""), "added to": whole + lines[len(lines)-2], "empty": "", "foreign": "hello\n", "only a head": lines[0], "binary": "\x00\xff\n{",
		} {
			if name == "only a head" && f.Name == "ocsf" {
				text = strings.Replace(text, `"population"`, `"pop"`, 1)
			}
			if _, err := Check(f.Name, strings.NewReader(text)); core.CodeOf(err) != core.Unreadable {
				t.Errorf("%s, %s: %v", f.Name, name, err)
			}
		}
	}
}

// FuzzCheck: whatever a file holds, reading it ends and an accepted one adds up.
func FuzzCheck(f *testing.F) {
	var b bytes.Buffer
	w := newOCSF(&b)
	_ = w.Begin(head(0))
	_ = w.End()
	f.Add("ocsf", b.String())
	b.Reset()
	c := newCSV(&b)
	_ = c.Begin(head(0))
	_ = c.End()
	f.Add("csv", b.String())
	f.Add("csv", "\"")
	f.Fuzz(func(t *testing.T, format, text string) {
		s, err := Check(format, strings.NewReader(text))
		if err == nil && s.Rows != s.Population {
			t.Fatal(s)
		}
	})
}
