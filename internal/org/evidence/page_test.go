package evidence_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/paddock-dev/paddock/internal/org/evidence"
	"github.com/paddock-dev/paddock/internal/org/evidence/controls"
)

// TestPages: the pages load nothing, run nothing, escape everything, and link
// only to files that are there.
func TestPages(t *testing.T) {
	w := newWorld(t).live()
	pack := w.export()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	ok(t, err)
	there := map[string]bool{}
	for _, f := range z.File {
		there[f.Name] = true
	}
	for name, wants := range map[string][]string{
		"index.html":    {"The life of tracker", "fine <b>", "mailer", "data agreement signed", "privacy review pending", "ada@example.org", "Yes by bob@example.org as security", "No backup or restore"},
		"controls.html": {"CC8.1", "A.8.32", "164.312(b)", "CD-SEC-01", "Not covered:"},
	} {
		f, err := z.Open(name)
		ok(t, err)
		root, err := html.Parse(f)
		ok(t, err)
		text, ids := "", map[string]bool{}
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if a.Key == "id" {
					ids[a.Val] = true
				}
			}
		}
		for n := range root.Descendants() {
			switch n.Data {
			case "script", "link", "img", "iframe", "object", "form":
				if n.Type == html.ElementNode {
					t.Errorf("%s: element %s", name, n.Data)
				}
			}
			for _, a := range n.Attr {
				if strings.Contains(a.Val, "://") || strings.HasPrefix(a.Key, "on") || a.Key == "src" {
					t.Errorf("%s: %s=%s", name, a.Key, a.Val)
				}
				if a.Key == "href" && !there[a.Val] && !(strings.HasPrefix(a.Val, "#") && ids[a.Val[1:]]) {
					t.Errorf("%s: a link to %s, which is not there", name, a.Val)
				}
			}
			if n.Type == html.TextNode {
				text += n.Data
			}
		}
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not show %q", name, want)
			}
		}
	}
}

// TestControlsNameFiles: the kinds that controls name are files of every pack.
func TestControlsNameFiles(t *testing.T) {
	pack := newWorld(t).live().export()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	ok(t, err)
	for _, fw := range controls.Frameworks() {
		for _, c := range fw.Controls {
			for _, s := range c.Evidence {
				f, err := z.Open(evidence.FileOf(s.Kind))
				if err != nil {
					t.Errorf("%s %s: there is no file of %q", fw.ID, c.ID, s.Kind)
					continue
				}
				_, err = io.Copy(io.Discard, f)
				ok(t, err)
			}
		}
	}
}
