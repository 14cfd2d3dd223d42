package secrets

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/zricethezav/gitleaks/v8/detect"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func scanner(t testing.TB) *Scanner {
	t.Helper()
	s, err := New([]byte("a key for tests"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// awsKey makes a key of the shape AWS gives out, so that none stands in the
// repository: AKIA and 16 of A-Z2-7.
func awsKey(seed uint64) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	r := rand.New(rand.NewPCG(seed, 7))
	b := []byte("AKIA")
	for range 16 {
		b = append(b, letters[r.IntN(len(letters))])
	}
	return string(b)
}

func githubToken() string { return "ghp" + "_" + "x7Kq2LmZ9pRt4VwYb8NcJd3HfGs6AeUi1oQz" }

func TestCorpus(t *testing.T) {
	s := scanner(t)
	data, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		part := strings.SplitN(line, " | ", 3)
		if len(part) != 3 || strings.HasPrefix(line, "#") {
			continue
		}
		content := strings.ReplaceAll(part[2], `\n`, "\n")
		got := "-"
		for _, f := range s.Scan(part[0], []byte(content)) {
			got = strings.TrimPrefix(f.Details, "rule ")
		}
		if got != part[1] {
			t.Errorf("%s: got %s, want %s for %s", part[0], got, part[1], part[2])
		}
	}
}

func TestAWSKeyIsFoundAndNeverShown(t *testing.T) {
	s, key := scanner(t), awsKey(1)
	found := s.Scan("src/app.ts", []byte("// header\n  const k = \""+key+"\";\n"))
	if len(found) != 1 {
		t.Fatalf("found %d, want 1", len(found))
	}
	f := found[0]
	if f.Code != "secret_found" || !f.Blocking || f.Line != 2 || f.Column != 14 {
		t.Errorf("got %s at %d:%d", f.Code, f.Line, f.Column)
	}
	if want := `const k = "AKIA` + dots + `";`; f.Quote != want {
		t.Errorf("quote %q, want %q", f.Quote, want)
	}
	if out, _ := json.Marshal(found); bytes.Contains(out, []byte(key[4:])) || bytes.Contains(out, []byte(key[:6])) {
		t.Errorf("the key leaks: %s", out)
	}
}

// TestPublishedExampleKey: AWS's own example key is not a secret.
func TestPublishedExampleKey(t *testing.T) {
	if found := scanner(t).Scan("a.ts", []byte(`k = "AKIAIOSFODNN7`+`EXAMPLE"`)); len(found) != 0 {
		t.Errorf("found %v", found)
	}
}

func TestFingerprint(t *testing.T) {
	s, key := scanner(t), awsKey(2)
	print := func(s *Scanner, text string) string { return s.Scan("a.ts", []byte(text))[0].Fingerprint }
	a := print(s, "x = '"+key+"'")
	if b := print(s, "\n\nlet other = '"+key+"'"); a != b {
		t.Error("moving the line must not change the fingerprint")
	}
	if b := print(s, "x = '"+awsKey(3)+"'"); a == b {
		t.Error("another secret on the same line must have another fingerprint")
	}
	other, _ := New([]byte("another key"))
	if a == print(other, "x = '"+key+"'") {
		t.Error("the fingerprint must depend on the key")
	}
	bare, _ := New(nil)
	if print(bare, "x = '"+key+"'") != print(bare, "x = 'AKIA"+awsKey(9)[4:]+"'") {
		t.Error("without a key the value must not enter the fingerprint")
	}
}

func TestSeveralSecretsOfALineAreAllMasked(t *testing.T) {
	s, a, b := scanner(t), awsKey(4), githubToken()
	found := s.Scan("x.ts", []byte(a+" "+b))
	if len(found) != 2 {
		t.Fatalf("found %d, want 2", len(found))
	}
	for _, f := range found {
		if strings.Contains(f.Quote, a[6:]) || strings.Contains(f.Quote, b[6:]) {
			t.Errorf("quote %q", f.Quote)
		}
	}
}

func TestPrivateKeyAndKeyFile(t *testing.T) {
	s := scanner(t)
	var body strings.Builder
	r := rand.New(rand.NewPCG(5, 5))
	for range 30 {
		for range 64 {
			body.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[r.IntN(64)])
		}
		body.WriteByte('\n')
	}
	pem := "-----BEGIN " + "RSA PRIVATE KEY-----\n" + body.String() + "-----END " + "RSA PRIVATE KEY-----\n"
	found := s.Scan("id_rsa", []byte(pem))
	if len(found) != 1 || strings.Contains(found[0].Quote, body.String()[:8]) {
		t.Errorf("found %+v", found)
	}
	if found := s.Scan("cert.p12", []byte{0, 1, 2}); len(found) != 1 {
		t.Errorf("a key file must be found by its name, got %v", found)
	}
}

func TestFailsClosed(t *testing.T) {
	s := scanner(t)
	for name, content := range map[string][]byte{"big.txt": make([]byte, MaxSize+1), "a.env": []byte("K=\x00v")} {
		if found := s.Scan(name, content); len(found) != 1 || found[0].Code != "secret_unscanned" || !found[0].Blocking {
			t.Errorf("%s: %v", name, found)
		}
	}
	utf16 := []byte{0xff, 0xfe}
	for _, b := range []byte("K=" + awsKey(6)) {
		utf16 = append(utf16, b, 0)
	}
	if found := s.Scan("x.txt", utf16); len(found) != 1 || found[0].Code != "secret_found" {
		t.Errorf("UTF-16: %v", found)
	}
	if found := s.Scan("package-lock.json", []byte(`"x": "`+awsKey(7)+`"`)); len(found) != 1 {
		t.Errorf("a key in a lock file: %v", found)
	}
	if found := s.Scan("a.ts", []byte(`k="`+awsKey(8)+`" // gitleaks:allow`)); len(found) != 1 {
		t.Error("a remark in the code must not switch the rule off")
	}
}

func TestEveryRuleCompiles(t *testing.T) {
	s := scanner(t)
	if len(s.rules) < 220 {
		t.Errorf("only %d rules", len(s.rules))
	}
	for _, r := range s.rules {
		if r.pattern != nil {
			if _, err := r.pattern(); err != nil {
				t.Errorf("%s: %v", r.id, err)
			}
		}
		r.path.MatchString("p") // panics on a bad one
		for _, a := range append(r.allow, s.global) {
			for _, p := range a.paths {
				p.MatchString("p")
			}
			if _, err := a.value("p", "s", "m", "l"); err != nil {
				t.Errorf("%s: %v", r.id, err)
			}
		}
	}
}

// Paddock knows what it gives out itself, wherever it stands.
func TestOwnTokensAreFound(t *testing.T) {
	s := scanner(t)
	token, code := "pdk"+"_g-GpCnthjJkvXA7flJYTWRuodyVYjCNt9BsAsJ1SfXI", "PDKBG"+"-7K2QM-X9PRT-4VWYB-8NCJD-3HFGS-6AE1Z"
	for _, text := range []string{token, `x = "` + token + `"`, "curl -H 'Authorization: Bearer " + token + "' https://paddock.example", "https://token:" + token + "@paddock.example/git/a.git",
		code, "the code: " + code + ".", strings.ToLower(code)} {
		if got := s.Scan("src/a.txt", []byte(text+"\n")); len(got) == 0 {
			t.Errorf("not found: %s", text)
		}
	}
	for _, text := range []string{token[:40], "x" + token, token + "AAAA", code[:20], "pdk_"} {
		for _, h := range s.Scan("src/a.txt", []byte(text+"\n")) {
			if strings.Contains(h.What, "Paddock") {
				t.Errorf("%s: %s", h.What, text)
			}
		}
	}
}

// TestParityWithGitleaks holds our loop to gitleaks' own detector on provider
// keys: what it finds, we find at the same line.
func TestParityWithGitleaks(t *testing.T) {
	s := scanner(t)
	theirs, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{awsKey(10), githubToken(), "AIza" + "SyB9x3Lq7Zt2Vw8Yc5Nd1Kf4Gh6Jm0PsRuQ", "xoxb" + "-123456789012-1234567890123-" + "a1B2c3D4e5F6g7H8i9J0k1L2",
		"sk_live" + "_4eC39HqLyjWDarjtT1zdp7dcQ9", "npm" + "_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8", "glpat" + "-x7Kq2LmZ9pRt4VwYb8Nc",
		`api_key = "q8Zr5LmN0pX7vB3nM9kJ2hG6"`, `const token = "f83hf02hf93hf0aa11bb22cc"`, "AKIAIOSFODNN7" + "EXAMPLE", `key: "your-api-key-here"`, `secret = "abcdefghijklmnopqrstuvwxyz"`}
	for _, line := range lines {
		text := "x = '" + line + "'\n"
		want := theirs.DetectString(text)
		got := s.Scan("src/a.txt", []byte(text))
		if (len(want) > 0) != (len(got) > 0) {
			t.Errorf("gitleaks %d, ours %d: %s", len(want), len(got), line)
		}
	}
}

func TestRedactorCleansOtherFindings(t *testing.T) {
	s, key := scanner(t), awsKey(11)
	fsys := fstest.MapFS{"a.ts": {Data: []byte("eval('" + key + "')")}}
	tr, err := tree.Load(context.Background(), fsys, tree.Limits{}, false)
	if err != nil {
		t.Fatal(err)
	}
	res, red := s.Check(context.Background(), fsys, tr)
	if len(res.Findings) != 1 || !strings.HasPrefix(res.Looked, "1 file, 28 bytes, ") {
		t.Errorf("%+v", res)
	}
	f := red.Clean(core.Finding{What: "x " + key, Quote: key, Details: key, Fix: []string{key}})
	if out, _ := json.Marshal(f); bytes.Contains(out, []byte(key[5:])) {
		t.Errorf("%s", out)
	}
}

func TestTimeRunsOut(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	res, _ := scanner(t).Check(ctx, fstest.MapFS{}, &tree.Tree{Files: []tree.File{{Path: "a"}}})
	if res.Verdict() != core.Incomplete {
		t.Errorf("got %s", res.Verdict())
	}
}

func FuzzScan(f *testing.F) {
	f.Add("a.ts", []byte(`const password = "Summer2025!"`))
	f.Add(".env", []byte("K=\xff\xfe\x00"))
	f.Add("x.yaml", []byte("kind: Secret\ndata:\n  a: aGVsbG8gd29ybGQ=\n"))
	s := scanner(f)
	f.Fuzz(func(t *testing.T, path string, content []byte) {
		for _, found := range s.Scan(path, content) {
			if found.Fingerprint == "" || found.Line < 0 {
				t.Errorf("%+v", found)
			}
		}
	})
}

func BenchmarkScan(b *testing.B) {
	s := scanner(b)
	text := []byte(strings.Repeat("const key = await store.get(request.headers.get('x-key')); // the token of the user\n", 60))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Scan("src/app.ts", text)
	}
}

// TestAFileFullOfSecrets lists so many, says that there are more, and takes no
// longer for it than one would wait.
func TestAFileFullOfSecrets(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "DB_PASSWORD_%d=Xk%dq9Zt!%dvLw\n", i, i*7919, i*104729)
	}
	s, err := New([]byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	f := tree.File{Path: "a.env", Text: []byte(b.String())}
	found, values := s.scan(f)
	if len(found) != maxHits+1 || found[maxHits].Code != "secret_unscanned" || len(values) != 5000 {
		t.Errorf("%d findings, the last is %s; %d values", len(found), found[len(found)-1].Code, len(values))
	}
	if _, err := s.ScanPart(Part{Path: "a.env", Text: f.Text}); err == nil {
		t.Error("a part that holds too many must not look as if it were searched")
	}
}

func TestArchivesAreSearched(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("conf/.env")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("K=" + awsKey(12) + "\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, found := checkTree(t, scanner(t), fstest.MapFS{"old.zip": {Data: b.Bytes()}})
	if len(found) != 1 || place2(found[0]) != "old.zip!/conf/.env:1" {
		t.Errorf("%+v", found)
	}
}
