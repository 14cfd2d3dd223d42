package tour

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/url"
	"testing"

	"github.com/paddock-dev/paddock/internal/app/visit"
)

// disguises are the ways in which a secret is easily written down.
func disguises(secret string) []string {
	return []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret)), url.QueryEscape(secret)}
}

// nowhereAtAll demands that a secret is in no file of the data folder and in no
// object of any repository, in no disguise: database, write-ahead log, the
// server's log, artifacts, the apps' own data.
func nowhereAtAll(ctx context.Context, r *road, secret string) error {
	for _, text := range disguises(secret) {
		if _, err := r.nowhere(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// silent demands that the canary is in no page, no answer of the API and no
// evidence pack that anybody is shown (promise 7).
func silent(t *testing.T, r *road) {
	t.Helper()
	ctx := t.Context()
	look := func(where string, text []byte) {
		for _, d := range disguises(canary) {
			if bytes.Contains(text, []byte(d)) {
				t.Errorf("the canary sings in %s", where)
			}
		}
	}
	hold(t, r.signIn(ctx, r.admin))
	for _, path := range []string{"/", "/new", "/apps/" + r.app, "/apps/" + r.app + "/changes/1", "/approvals", "/audit", "/audit?action=secret.put"} {
		status, text, err := r.admin.Page(ctx, r.server.Base+path)
		hold(t, err, visit.Must(status == 200, "the page %s is answered %d", path, status))
		look("the page "+path, []byte(text))
	}
	for _, path := range []string{"/me", "/secrets", "/apps", "/apps/" + r.app, "/events?limit=200", "/events?action=secret.put", "/notices", "/people", "/tokens", "/approvals"} {
		var b []byte
		hold(t, r.admin.Call(ctx, "GET", path, nil, &b))
		look("GET "+path, b)
	}
	var b []byte
	hold(t, r.admin.Call(ctx, "GET", "/apps/"+r.app+"/evidence", nil, &b))
	for name, text := range unzipped(t, b) {
		look("the evidence pack's "+name, text)
	}
	// A secret in the wrong place is refused without being repeated.
	for path, body := range map[string]any{"/secrets/talent-directory-token": map[string]any{"value": []string{canary}},
		"/secrets/other": map[string]any{"val": canary}, "/tokens": map[string]any{"name": map[string]string{"x": canary}, "scope": canary}} {
		method := "PUT"
		if path == "/tokens" {
			method = "POST"
		}
		err := r.admin.Call(ctx, method, path, body, nil)
		if err == nil {
			t.Errorf("%s took a wrong body", path)
			continue
		}
		look("the refusal of "+path, []byte(err.Error()))
	}
}

func unzipped(t *testing.T, pack []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	hold(t, err, visit.Must(len(z.File) > 3, "the pack holds %d files", len(z.File)))
	out := map[string][]byte{}
	for _, f := range z.File {
		in, err := f.Open()
		hold(t, err)
		out[f.Name], err = io.ReadAll(in)
		hold(t, err, in.Close())
	}
	return out
}
