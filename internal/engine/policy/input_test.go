package policy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

func TestCanonicalInputFitsItsSchema(t *testing.T) {
	full := policy.Input{Gate: "app.deploy", Now: "2026-11-23T10:00:00Z",
		App:    policy.AppFacts(core.Descriptor{Name: "a", Vendors: []core.VendorUse{{Name: "x", Hosts: []string{"h"}}}, Secrets: []core.SecretUse{{Name: "s"}}}, nil),
		Report: policy.ReportFacts(&core.Report{Verdict: "pass", Checks: []core.CheckResult{{Name: "secrets"}}, Findings: []core.Finding{{Code: "c"}}})}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(policy.InputSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("input.json", doc); err != nil {
		t.Fatal(err)
	}
	sch, err := c.Compile("input.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []policy.Input{{}, full} {
		b, digest, err := in.Canonical()
		if err != nil || len(digest) != 71 {
			t.Fatalf("Canonical: %q %v", digest, err)
		}
		if bytes.Contains(b, []byte("null")) {
			t.Errorf("the input has a null: %s", b)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if err := sch.Validate(v); err != nil {
			t.Errorf("%s: %v", b, err)
		}
	}
}

func TestRegistry(t *testing.T) {
	for image, want := range map[string]string{
		"": "", "node": "docker.io", "library/node:22": "docker.io", "localhost/x": "localhost", "Registry.Example.EU:5000/a/b@sha256:00": "registry.example.eu:5000",
		"unapproved.registry.com/x": "unapproved.registry.com",
	} {
		if got := policy.Registry(image); got != want {
			t.Errorf("Registry(%q) = %q, want %q", image, got, want)
		}
	}
}

func TestVendorWithoutRecordHasNoState(t *testing.T) {
	app := policy.AppFacts(core.Descriptor{Vendors: []core.VendorUse{{Name: "known"}, {Name: "other"}}},
		map[string]core.Vendor{"known": {Name: "known", State: core.VendorApproved, Hosts: []string{"a.example"}}})
	if app.Vendors[0].State != core.VendorApproved || app.Vendors[1].State != "" {
		t.Errorf("vendors = %+v", app.Vendors)
	}
}

func TestStoredInputIsReadStrictly(t *testing.T) {
	if _, err := policy.ReadInput([]byte(`{"gate":"app.deploy","clasification":"phi"}`)); core.CodeOf(err) != core.Unreadable {
		t.Errorf("error = %v", err)
	}
	if _, err := policy.ReadInput([]byte(strings.Repeat(" ", policy.MaxInput+1))); core.CodeOf(err) != core.TooLarge {
		t.Errorf("error = %v", err)
	}
}

// Whatever was stored is read, written back the same and decided the same.
func FuzzReplay(f *testing.F) {
	f.Add([]byte(`{"gate":"app.deploy","app":{"vendors":[{"name":"x"}]},"target":{"region":"eu"}}`))
	f.Add([]byte(`{"report":{"findings":[{"line":7}]},"app":{"budget":{"monthly":1e300}}}`))
	f.Add([]byte(`[]`))
	set, err := policy.Compile(context.Background(), files("a.rego", regions), nil, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		in, err := policy.ReadInput(doc)
		if err != nil {
			return
		}
		first, digest, err := in.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.ReadInput(first)
		if err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second, d, _ := again.Canonical(); d != digest {
			t.Fatalf("%s became %s", first, second)
		}
		a, errA := set.Eval(context.Background(), core.GateAppDeploy, in)
		b, errB := set.Eval(context.Background(), core.GateAppDeploy, again)
		if ja, _ := json.Marshal(a); errA == nil && errB == nil {
			if jb, _ := json.Marshal(b); !bytes.Equal(ja, jb) {
				t.Fatalf("%s and then %s", ja, jb)
			}
			c, errC := set.Replay(context.Background(), core.GateAppDeploy, first)
			if jc, _ := json.Marshal(c); errC != nil || !bytes.Equal(ja, jc) {
				t.Fatalf("%s, replayed %s %v", ja, jc, errC)
			}
		}
	})
}

// Promise 7: what a decision keeps has no room for a secret. Secrets are named in
// the input, never held: no part of it has the type that secrets have, or bytes,
// or any type that could carry them. Two come from a cluster: labels, which
// everybody may read there, and the object, whose values of variables
// door/admission takes out first.
func TestInputHasNoRoomForSecrets(t *testing.T) {
	fields := 0
	var look func(path string, x reflect.Type)
	look = func(path string, x reflect.Type) {
		switch {
		case path == "Input.Workload.Labels" && x == reflect.TypeFor[map[string]string](), path == "Input.Workload.Object":
		case x == reflect.TypeFor[core.Secret]():
			t.Errorf("%s is a secret", path)
		case x.Kind() == reflect.Struct:
			for f := range x.Fields() {
				fields++
				look(path+"."+f.Name, f.Type)
			}
		case x.Kind() == reflect.Slice && x.Elem().Kind() != reflect.Uint8:
			look(path+"[]", x.Elem())
		case !slices.Contains([]reflect.Kind{reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64}, x.Kind()):
			t.Errorf("%s is a %s, which could carry anything", path, x)
		}
	}
	look("Input", reflect.TypeFor[policy.Input]())
	if fields < 80 {
		t.Errorf("only %d fields were looked at", fields)
	}
}
