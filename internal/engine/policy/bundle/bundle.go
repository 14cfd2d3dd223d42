package bundle

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Name is the bundle's name in addresses and in OPA's logs.
const Name = "paddock"

// MediaType is that of a bundle from a server that knows long polling.
const MediaType = "application/vnd.openpolicyagent.bundles"

// KeyID names the key of the signature for those who verify it.
const KeyID = "paddock"

// Signer signs as JSON Web Signatures do with ES256.
type Signer interface {
	SignES256(data []byte) ([]byte, error)
}

// Write returns the policies as a gzipped tar archive, signed. The manifest's
// revision is that of the policies, and its roots are the packages they use, so
// an OPA may load other bundles beside it.
func Write(set *policy.Set, sign Signer) ([]byte, error) {
	b := bundle.Bundle{Data: map[string]any{}}
	source := set.Source()
	texts := map[string]string{}
	old := map[string]int{}
	for name, text := range source.Files {
		texts[name] = text
		if policy.IsOld(name, text) {
			old["/"+name] = 0
		}
	}
	texts[Root+"/lib.rego"], texts[Root+"/settle.rego"], texts[Root+"/rollout.rego"] = library, settle, rollout(source.Rollout, source.Exemptions)
	for _, g := range core.Gates {
		texts[Root+"/"+string(g)+".rego"] = wrapper(g, set.Asked(g))
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		b.Modules = append(b.Modules, bundle.ModuleFile{URL: name, Path: name, Raw: []byte(texts[name])})
	}
	newest := 1
	b.Manifest = bundle.Manifest{Revision: set.Revision(), Roots: roots(source.Files), RegoVersion: &newest, FileRegoVersions: old,
		Metadata: map[string]any{"made_by": "Paddock"}}
	token, err := signature(&b, sign)
	if err != nil {
		return nil, err
	}
	b.Signatures = bundle.SignaturesConfig{Signatures: []string{token}}
	var out bytes.Buffer
	if err := bundle.NewWriter(&out).DisableFormat(true).Write(b); err != nil {
		return nil, core.Hidden("Writing the bundle", err)
	}
	return out.Bytes(), nil
}

// roots are the first words of all packages.
func roots(files map[string]string) *[]string {
	found := map[string]bool{Root: true}
	for name, text := range files {
		version := ast.RegoV1
		if policy.IsOld(name, text) {
			version = ast.RegoV0
		}
		m, err := ast.ParseModuleWithOpts(name, text, ast.ParserOptions{RegoVersion: version})
		if err != nil || m == nil {
			continue // a set of policies has no such file
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(m.Package.Path.String(), "data."), ".")
		found[first] = true
	}
	list := slices.Sorted(maps.Keys(found))
	return &list
}
