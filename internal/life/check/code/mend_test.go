package code

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/fix"
)

// TestMends follows the edits of lines of code, and wants their faults to be gone.
func TestMends(t *testing.T) {
	for _, c := range []struct{ path, before, old, now string }{
		{"a.py", "from flask import Flask\napp = Flask(__name__)\napp.run(port=1, debug=True)\n", "debug=True", "debug=False"},
		{"a.py", "WTF_CSRF_ENABLED = False\n", "False", "True"},
		{"a.py", "def f(r, v):\n    r.set_cookie(\"session\", v, httponly=False, secure=True)\n", "httponly=False", "httponly=True"},
		{"a.py", "import jinja2\ne = jinja2.Environment(autoescape=False)\n", "False", "True"},
		{"a.py", "from lxml import etree\np = etree.XMLParser(resolve_entities=True)\n", "True", "False"},
		{"a.py", "import hashlib\ndef f(data):\n    return hashlib.sha1(data).hexdigest()\n", "sha1", "sha256"},
		{"a.py", "import os\nos.chmod(\"a\", 0o777)\n", "0o777", "0o755"},
		{"a.py", "import os\nos.chmod(\"a\", 0o666)\n", "0o666", "0o644"},
		{"a.py", "import yaml\ndef f(s):\n    return yaml.load(s)\n", "load", "safe_load"},
		{"a.ts", "import * as fs from \"fs\";\nfs.chmodSync(\"a\", 0o777);\n", "0o777", "0o755"},
		{"a.ts", "import * as crypto from \"crypto\";\nexport const f = (s: string) => crypto.createHash(\"md5\").update(s).digest(\"hex\");\n", "\"md5\"", "\"sha256\""},
		{"a.ts", "import jwt from \"jsonwebtoken\";\nexport const f = (t: string, k: string) => jwt.verify(t, k, { ignoreExpiration: true });\n", "true", "false"},
		{"a.ts", "import tls from \"tls\";\ntls.connect({ minVersion: \"TLSv1.1\" });\n", "\"TLSv1.1\"", "\"TLSv1.2\""},
		{"a.go", "package a\n\nimport \"crypto/tls\"\n\nvar c = tls.Config{MinVersion: tls.VersionTLS10}\n", "tls.VersionTLS10", "tls.VersionTLS12"},
	} {
		var edits []core.Edit
		list := check(c.path, []byte(c.before)).Findings
		for _, f := range list {
			edits = append(edits, f.Edits...)
		}
		got, _, err := fix.Text([]byte(c.before), true, edits)
		if want := strings.Replace(c.before, c.old, c.now, 1); len(list) != 1 || err != nil || string(got) != want {
			t.Errorf("%d findings, %v, got\n%s", len(list), err, got)
		}
		if left := check(c.path, got).Findings; len(left) > 0 {
			t.Errorf("still there: %s", left[0].Code)
		}
	}
}

// TestNoMendIsGuessed has calls by a name that was imported alone: the other
// name was not, so the app would no longer start.
func TestNoMendIsGuessed(t *testing.T) {
	for _, text := range []string{"from yaml import load\ndef f(s):\n    return load(s)\n", "from hashlib import md5\ndef f(data):\n    return md5(data).hexdigest()\n"} {
		list := check("a.py", []byte(text)).Findings
		if len(list) != 1 || len(list[0].Edits) > 0 {
			t.Errorf("%d findings of\n%s", len(list), text)
		}
	}
}
