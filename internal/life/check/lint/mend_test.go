package lint

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/fix"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// TestMends follows the edits of a file, and wants its faults to be gone.
func TestMends(t *testing.T) {
	other := tree.File{Path: "other.html", Text: []byte("<!doctype html>\n<html lang=\"de\">\n<body><h1>x</h1></body>\n</html>\n")}
	const head = "<!doctype html>\n<html lang=\"de\">\n<head>\n"
	const view = "  <meta name=\"viewport\" content=\"width=device-width\">\n"
	for name, c := range map[string]struct{ path, text, want string }{
		"language of the others": {"a.html", "<!doctype html>\n<html class=\"a\">\n<body><h1>x</h1></body></html>\n", "<!doctype html>\n<html lang=\"de\" class=\"a\">\n<body><h1>x</h1></body></html>\n"},
		"title":                  {"a.html", head + view + "</head>\n<body><h1 id=\"t\">Zu Besuch</h1></body></html>\n", head + "  <title>Zu Besuch</title>\n" + view + "</head>\n<body><h1 id=\"t\">Zu Besuch</h1></body></html>\n"},
		"zoom":                   {"a.html", head + "<title>x</title>\n<meta name=\"viewport\" content=\"width=device-width, maximum-scale=1\">\n</head></html>\n", head + "<title>x</title>\n<meta name=\"viewport\" content=\"width=device-width\">\n</head></html>\n"},
		"only zoom":              {"a.html", head + "<title>x</title>\n<meta name=\"viewport\" content=\"user-scalable=no\">\n</head></html>\n", head + "<title>x</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n</head></html>\n"},
		"apt":                    {"Dockerfile", "FROM a\nRUN apt-get update && \\\n  apt-get install -y b\nRUN apt-get update && apt-get --quiet install b\n", "FROM a\nRUN apt-get update && \\\n  apt-get install -y b\nRUN apt-get update && apt-get --quiet install -y b\n"},
		"start":                  {"Dockerfile", "FROM a\nCMD [\"b\"]\nCMD  node --port=8080 ./server.js\n", "FROM a\nCMD  [\"node\", \"--port=8080\", \"./server.js\"]\n"},
		"key":                    {"a.yaml", "b:\n  c: 1\n  d: 2\n  c: 1\n", "b:\n  c: 1\n  d: 2\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f := tree.File{Path: c.path, Text: []byte(c.text)}
			var edits []core.Edit
			for _, x := range styled(f, other).Findings {
				if x.Path == c.path {
					edits = append(edits, x.Edits...)
				}
			}
			got, _, err := fix.Text(f.Text, true, edits)
			if err != nil || string(got) != c.want {
				t.Fatalf("%v, got\n%s", err, got)
			}
			for _, x := range styled(tree.File{Path: c.path, Text: got}, other).Findings {
				if x.Path == c.path {
					t.Errorf("still there: %s", place(x))
				}
			}
		})
	}
}

// TestNoMendIsGuessed has faults where what is right is the maker's to say.
func TestNoMendIsGuessed(t *testing.T) {
	for name, files := range map[string][]tree.File{
		"no other page":      {{Path: "a.html", Text: []byte("<!doctype html>\n<html>\n</html>\n")}},
		"two languages":      {{Path: "a.html", Text: []byte("<!doctype html>\n<html>\n</html>\n")}, {Path: "b.html", Text: []byte("<!doctype html><html lang=en></html>")}, {Path: "c.html", Text: []byte("<!doctype html><html lang=de></html>")}},
		"two headings":       {{Path: "a.html", Text: []byte("<!doctype html>\n<html lang=en>\n<head>\n<meta name=viewport content=width=device-width>\n</head>\n<h1>a</h1><h1>b</h1></html>\n")}},
		"words for a shell":  {{Path: "Dockerfile", Text: []byte("FROM a\nCMD node a.js && node b.js\n")}},
		"a variable":         {{Path: "Dockerfile", Text: []byte("FROM a\nCMD node $APP\n")}},
		"start and words":    {{Path: "Dockerfile", Text: []byte("FROM a\nENTRYPOINT node a.js\nCMD [\"b\"]\n")}},
		"two installs":       {{Path: "Dockerfile", Text: []byte("FROM a\nRUN apt-get install b; apt-get install c\n")}},
		"start in two lines": {{Path: "Dockerfile", Text: []byte("FROM a\nCMD [\"b\", \\\n \"c\"]\nCMD [\"d\"]\n")}},
		"two values":         {{Path: "a.yaml", Text: []byte("a: 1\na: 2\n")}},
		"a part below":       {{Path: "a.yaml", Text: []byte("a:\n  b: 1\na:\n  c: 1\n")}},
	} {
		t.Run(name, func(t *testing.T) {
			list := styled(files...).Findings
			if len(list) == 0 {
				t.Error("nothing was found")
			}
			for _, f := range list {
				if len(f.Edits) > 0 {
					t.Errorf("%s: %v", f.Code, f.Fix)
				}
			}
		})
	}
}
