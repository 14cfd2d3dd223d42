package upload_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/upload"
)

const small = `{"tool":"paddock 1","app":"a","commit":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","verdict":"pass","checks":[{"name":"lint","verdict":"pass"}],"findings":[]}`

func TestBytesStayTheSame(t *testing.T) {
	text := []byte(strings.Replace(small, `"a"`, `"<a>\u2028 ü"`, 1) + "\n")
	body, err := upload.Write(text, []byte(`{"b": 1}`))
	if err != nil {
		t.Fatal(err)
	}
	u, err := upload.Read(body)
	if err != nil || !bytes.Equal(u.Text, text) || !strings.Contains(string(u.Bundle), `"b"`) {
		t.Errorf("%q, %q, %v", u.Text, u.Bundle, err)
	}
}

func TestRefused(t *testing.T) {
	of := func(from, to string) []byte {
		body, err := upload.Write([]byte(strings.Replace(small, from, to, 1)), nil)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	for note, c := range map[string]struct {
		body []byte
		says string
	}{
		"nothing":              {nil, "not in the form"},
		"more in it":           {[]byte(`{"report":"{}","x":1}`), "not in the form"},
		"two of it":            {append(of("", ""), of("", "")...), "not in the form"},
		"deep":                 {[]byte(strings.Repeat("[", 30)), "too deeply"},
		"deep inside":          {[]byte(`{"report":"` + strings.Repeat("[", 30) + `"}`), "too deeply"},
		"no report":            {of(small, "[]"), "not one of paddock check"},
		"no commit":            {of("aaaaaaaaaa", "HEAD"), "no commit"},
		"no checks":            {of(`{"name":"lint","verdict":"pass"}`, ""), "no checks"},
		"a verdict of its own": {of(`"verdict":"pass"}]`, `"verdict":"blocked"}]`), "not the one of its checks"},
		"a check that cannot":  {of(`"verdict":"pass"}]`, `"verdict":"pass","incomplete":["x"]}]`), "must not"},
		"findings not counted": {of(`"findings":[]`, `"findings":[{"check":"lint"}]`), "counts its findings wrong"},
		"a pass that blocks":   {of(`"findings":[]`, `"findings":[{"check":"other","blocking":true}]`), "passes with a finding"},
	} {
		if _, err := upload.Read(c.body); core.CodeOf(err) != core.Unreadable || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", note, err)
		}
	}
}

// Whatever comes in, reading ends without a panic, and what is taken does not
// contradict itself.
func FuzzRead(f *testing.F) {
	body, err := upload.Write([]byte(small), []byte(`{}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte(`{"report":"{\"checks\":[[]]}"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		u, err := upload.Read(body)
		if err != nil {
			return
		}
		for _, x := range u.Report.Findings {
			if x.Blocking && u.Report.Verdict == core.Passed {
				t.Errorf("passes: %s", body)
			}
		}
	})
}
