package admission

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/admission"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/admit"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// The rule that everybody has: an image, also of an initial container, begins
// with one of two places.
const (
	ours = `package paddock.workload.admit

deny contains {"code": "image", "message": sprintf("The image %s is not from an approved place.", [image.image])} if {
	some image in input.workload.images
	not good(image.image)
}

good(image) if startswith(image, "registry.example.eu/")

good(image) if startswith(image, "registry.example.org/")
`
	plainRego = `package bench

deny contains sprintf("The image %s is not from an approved place.", [image]) if {
	some image in images
	not good(image)
}

images contains c.image if some c in input.request.object.spec.containers

images contains c.image if some c in input.request.object.spec.initContainers

good(image) if startswith(image, "registry.example.eu/")

good(image) if startswith(image, "registry.example.org/")
`
)

// TestMain runs one of the servers instead of the benchmark, in a process of its
// own, where the environment says so.
func TestMain(m *testing.M) {
	peer := os.Getenv("PADDOCK_BENCH_PEER")
	if peer == "" {
		os.Exit(m.Run())
	}
	if err := serve(peer, os.Getenv("PADDOCK_BENCH_DIR"), os.Getenv("PADDOCK_BENCH_ADDRESS")); err != nil {
		log.Fatal(err)
	}
}

// serve answers on a TLS address until it is killed.
func serve(peer, dir, address string) error {
	ctx := context.Background()
	handler, err := map[string]func(context.Context, string) (http.Handler, error){"paddock": paddock, "plain": plain, "library": library}[peer](ctx, dir)
	if err != nil {
		return err
	}
	if peer == "paddock" {
		s, err := admission.Listen(ctx, address, admission.Files{Cert: dir + "/tls.crt", Key: dir + "/tls.key"}, handler, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return s.Serve(ctx)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return (&http.Server{Handler: handler}).ServeTLS(l, dir+"/tls.crt", dir+"/tls.key")
}

// revision is the rules in force.
type revision struct{ *catalog.Revision }

func (r revision) Current() *catalog.Revision { return r.Revision }

// paddock is our door on the real store and the real gate, with the one rule.
func paddock(ctx context.Context, dir string) (http.Handler, error) {
	db, err := store.OpenAt(ctx, store.Where{Dir: dir})
	if err != nil {
		return nil, err
	}
	clock := core.SystemClock{}
	set, err := policy.Compile(ctx, map[string][]byte{"a.rego": []byte(ours)}, nil, nil)
	if err != nil {
		return nil, err
	}
	rev := revision{&catalog.Revision{ID: "bench", Settings: catalog.Default(), Policy: set}}
	gates := &gate.Gates{Store: db, Audit: audit.NewLog(db, clock, core.IDs{}, rand.Reader), Clock: clock, IDs: core.IDs{}}
	door := &admission.Door{Own: "paddock", Log: slog.New(slog.DiscardHandler),
		Gate: &admit.Service{Store: db, Namespaces: admit.ByName{}, Catalog: rev, Gate: &gate.Admissions{Gates: gates, Repeats: db}, Clock: clock}}
	return door.Handler(), nil
}

// plain decodes what it needs, looks and answers.
func plain(context.Context, string) (http.Handler, error) {
	type box struct{ Image string }
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Request struct {
				UID    string
				Object struct {
					Spec struct{ Containers, InitContainers []box }
				}
			}
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 3<<20)).Decode(&in); err != nil {
			http.Error(w, "bad", http.StatusBadRequest)
			return
		}
		var bad []string
		for _, c := range append(in.Request.Object.Spec.InitContainers, in.Request.Object.Spec.Containers...) {
			if !strings.HasPrefix(c.Image, "registry.example.eu/") && !strings.HasPrefix(c.Image, "registry.example.org/") {
				bad = append(bad, c.Image)
			}
		}
		answer(w, in.Request.UID, bad)
	}), nil
}

// library asks OPA as a library, with the query prepared.
func library(ctx context.Context, _ string) (http.Handler, error) {
	query, err := rego.New(rego.Query("data.bench.deny"), rego.Module("bench.rego", plainRego)).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 3<<20)).Decode(&in); err != nil {
			http.Error(w, "bad", http.StatusBadRequest)
			return
		}
		said, err := query.Eval(r.Context(), rego.EvalInput(in))
		if err != nil || len(said) != 1 {
			http.Error(w, fmt.Sprint(err), http.StatusInternalServerError)
			return
		}
		var bad []string
		for _, x := range said[0].Expressions[0].Value.([]any) {
			bad = append(bad, x.(string))
		}
		uid, _ := in["request"].(map[string]any)["uid"].(string)
		answer(w, uid, bad)
	}), nil
}

func answer(w http.ResponseWriter, uid string, bad []string) {
	out := map[string]any{"uid": uid, "allowed": len(bad) == 0}
	if len(bad) > 0 {
		out["status"] = map[string]any{"code": 403, "message": strings.Join(bad, "; ")}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": out})
}

// review is the recorded Pod that everybody is asked about.
func review(b *testing.B) []byte {
	body, err := fs.ReadFile(os.DirFS("../../internal/door/admission/testdata"), "review.json")
	if err != nil {
		b.Fatal(err)
	}
	return bytes.TrimSpace(body)
}
