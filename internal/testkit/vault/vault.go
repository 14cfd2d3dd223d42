// Package vault runs a real Vault for tests: its own core and its own JWT
// method, built from their modules, with everything in memory.
package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/testkit/kube"
)

// Variable names, in the environment, the folder of the program; the default is
// where make vault puts it.
const Variable = "PADDOCK_VAULT"

// root is the token of whoever sets the vault up.
const root = "root-of-a-test"

// Vault is a running server.
type Vault struct {
	t   testing.TB
	url string
}

// Start runs a Vault until the test ends. Without the program the test is
// skipped, which is said.
func Start(t testing.TB) *Vault {
	t.Helper()
	dir := os.Getenv(Variable)
	if dir == "" {
		var err error
		if dir, err = kube.Built("vault"); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "vault")
	if _, err := os.Stat(program); err != nil {
		t.Skipf("NOT TESTED against a real Vault: %s is not there; run make vault, which builds it once", program)
	}
	port, err := kube.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	v := &Vault{t: t, url: "http://127.0.0.1:" + port}
	p, err := kube.Run(t.TempDir(), "", program, nil, "-listen", "127.0.0.1:"+port, "-token", root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	for until := time.Now().Add(30 * time.Second); ; {
		if status, _ := v.try(context.Background(), "GET", "sys/health", "", nil); status == http.StatusOK {
			return v
		}
		if time.Now().After(until) {
			t.Fatal("Vault does not start. " + p.Said())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Put writes to a path as root; body is JSON or a value to encode.
func (v *Vault) Put(path string, body any) {
	v.t.Helper()
	if status, answer := v.Ask("POST", path, root, body); status >= 300 {
		v.t.Fatalf("Vault answers %d to %s: %v", status, path, answer)
	}
}

// Ask sends one request with a token, which may be empty, and returns the
// status and the answer.
func (v *Vault) Ask(method, path, token string, body any) (int, map[string]any) {
	v.t.Helper()
	var text []byte
	switch b := body.(type) {
	case nil:
	case string:
		text = []byte(b)
	default:
		var err error
		if text, err = json.Marshal(b); err != nil {
			v.t.Fatal(err)
		}
	}
	status, answer := v.try(v.t.Context(), method, path, token, text)
	if status == 0 {
		v.t.Fatalf("Vault does not answer: %v", answer)
	}
	return status, answer
}

func (v *Vault) try(ctx context.Context, method, path, token string, body []byte) (int, map[string]any) {
	req, err := http.NewRequestWithContext(ctx, method, v.url+"/v1/"+path, bytes.NewReader(body))
	if err != nil {
		return 0, map[string]any{"error": err}
	}
	req.Header.Set("X-Vault-Token", token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, map[string]any{"error": err}
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil && len(text) > 0 {
		answer = map[string]any{"text": fmt.Sprintf("%.200s", text)}
	}
	return resp.StatusCode, answer
}
