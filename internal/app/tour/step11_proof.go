package tour

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/paddock-dev/paddock/internal/app/visit"
)

// proveOffline stops the server and verifies a copy of its log, finds one
// flipped byte in another, verifies the app's evidence pack, finds one flipped
// byte in it too, and has fsck recompute everything.
func proveOffline(ctx context.Context, r *road) (evidence, error) {
	r.pack = filepath.Join(r.work, "evidence.zip")
	token := filepath.Join(r.work, "token")
	if err := os.WriteFile(token, []byte(r.maker.Token), 0o600); err != nil {
		return nil, err
	}
	if _, err := r.verdict(ctx, 0, "evidence", "export", r.app, "--server", r.maker.Base, "--token-file", token, "--out", r.pack, "--format", "json"); err != nil {
		return nil, err
	}
	pack, err := os.ReadFile(r.pack)
	if err != nil {
		return nil, err
	}
	if err := r.server.Stop(ctx); err != nil {
		return nil, err
	}
	copied, err := r.copyData("copy")
	if err != nil {
		return nil, err
	}
	verified, err := r.verdict(ctx, 0, "audit", "verify", "--data", copied, "--format", "json")
	if err != nil {
		return nil, err
	}
	flipped, err := r.flipLog(ctx)
	if err != nil {
		return nil, err
	}
	key, err := os.ReadFile(filepath.Join(r.dir, "keys", "audit.vkey"))
	if err != nil {
		return nil, err
	}
	proven, err := r.verdict(ctx, 0, "evidence", "verify", r.pack, "--key", strings.TrimSpace(string(key)), "--format", "json")
	if err != nil {
		return nil, err
	}
	replayed := provenCount(proven, "replayed")
	if err := visit.Must(replayed > 0, "no decision was replayed: %v", proven["proven"]); err != nil {
		return nil, err
	}
	if err := r.flipPack(ctx, pack, strings.TrimSpace(string(key))); err != nil {
		return nil, err
	}
	if _, err := r.verdict(ctx, 0, "fsck", "--data", r.dir, "--format", "json"); err != nil {
		return nil, err
	}
	looked, err := r.nowhere(ctx, r.key)
	return evidence{"log": fmt.Sprintf("verified: %v events", verified["events"]), "one flipped byte": flipped, "evidence pack": fmt.Sprintf("%s, verified, %d decisions replayed; one flipped byte is found", byteCount(int64(len(pack))), replayed), "fsck": "clean",
		"the refused key": fmt.Sprintf("in none of %d files", looked)}, err
}

// verdict runs a command of this program that answers in JSON and demands its
// exit code.
func (r *road) verdict(ctx context.Context, want int, args ...string) (map[string]any, error) {
	cmd := exec.CommandContext(ctx, r.server.Program, args...)
	cmd.Dir = r.work
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		return nil, err
	}
	m := map[string]any{}
	_ = json.Unmarshal(out.Bytes(), &m)
	return m, visit.Must(code == want, "paddock %s ended with %d, not %d: %s %s", strings.Join(args[:2], " "), code, want, out.String(), errs.String())
}

// flipLog changes one byte of an event in a copy of the database and demands
// that the verifier finds it and names the place.
func (r *road) flipLog(ctx context.Context) (string, error) {
	dir, err := r.copyData("flipped")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "paddock.db")
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	at := bytes.Index(b, []byte(`{"action":"app.create"`))
	if err := visit.Must(at >= 0, "no event is found in the copied database"); err != nil {
		return "", err
	}
	b[at+len(`{"action":"app.creat`)] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return "", err
	}
	m, err := r.verdict(ctx, 1, "audit", "verify", "--data", dir, "--format", "json")
	if err != nil {
		return "", err
	}
	problems, _ := m["problems"].([]any)
	if err := visit.Must(len(problems) > 0, "the verifier names no problem: %v", m); err != nil {
		return "", err
	}
	one, _ := problems[0].(map[string]any)
	return fmt.Sprintf("found at %v: %v", one["where"], one["what"]), visit.Must(one["index"] != nil, "the verifier names no index: %v", one)
}

// flipPack demands that the evidence pack fails after one byte is changed.
func (r *road) flipPack(ctx context.Context, pack []byte, key string) error {
	bad := bytes.Clone(pack)
	bad[len(bad)/2] ^= 1
	path := filepath.Join(r.work, "flipped.zip")
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, r.server.Program, "evidence", "verify", path, "--key", key)
	err := cmd.Run()
	var exit *exec.ExitError
	return visit.Must(errors.As(err, &exit) && exit.ExitCode() > 0 && exit.ExitCode() < 3, "a changed pack verifies: %v", err)
}

// provenCount returns how often a verifier says that something was proven.
func provenCount(result map[string]any, what string) int {
	list, _ := result["proven"].([]any)
	for _, p := range list {
		one, _ := p.(map[string]any)
		if text, _ := one["what"].(string); strings.Contains(text, what) {
			n, _ := one["count"].(float64)
			return int(n)
		}
	}
	return 0
}

// byteCount says a size as people do.
func byteCount(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d kB", (n+1023)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
