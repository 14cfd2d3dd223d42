package tour

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// mergeAndBuild merges the change. Its artifact has a digest, an SBOM and signed
// provenance about that digest; one that was brought without them is refused.
func mergeAndBuild(ctx context.Context, r *road) (evidence, error) {
	c, err := r.checked(ctx, r.app, r.change)
	if err != nil {
		return nil, err
	}
	if err := r.merge(ctx, r.app, c); err != nil {
		return nil, err
	}
	var a view.App
	if err := r.maker.Call(ctx, "GET", "/apps/"+r.app, nil, &a); err != nil {
		return nil, err
	}
	if err := visit.Must(len(a.Artifacts) == 1, "there are %d artifacts", len(a.Artifacts)); err != nil {
		return nil, err
	}
	art := a.Artifacts[0]
	r.artifact = art.Digest
	var sbom, prov []byte
	if err := visit.First(r.maker.Call(ctx, "GET", "/apps/"+r.app+"/documents/"+art.SBOM, nil, &sbom), r.maker.Call(ctx, "GET", "/apps/"+r.app+"/documents/"+art.Provenance, nil, &prov)); err != nil {
		return nil, err
	}
	var bom struct {
		Format  string `json:"bomFormat"`
		Version string `json:"specVersion"`
	}
	if err := visit.First(json.Unmarshal(sbom, &bom), visit.Must(bom.Format == "CycloneDX" && bom.Version == "1.6", "the SBOM is %s %s", bom.Format, bom.Version),
		visit.Must(contains(string(prov), "signatures"), "the provenance carries no signature")); err != nil {
		return nil, err
	}
	codes, err := r.refuseWithout(ctx, c.Head)
	return evidence{"artifact": art.Digest, "sbom": bom.Format + " " + bom.Version, "provenance": art.Provenance, "without evidence": codes}, err
}

// refuseWithout brings an artifact without evidence and tries to deploy it.
func (r *road) refuseWithout(ctx context.Context, commit string) (string, error) {
	var art view.Artifact
	err := r.maker.Call(ctx, "POST", "/apps/"+r.app+"/artifacts", view.Bundle{Commit: commit, Worker: "export default { fetch() { return new Response('from elsewhere') } }"}, &art)
	if err != nil {
		return "", err
	}
	pr, err := visit.Refused(r.deploy(ctx, r.app, art.Digest, "eu-sovereign"), core.Denied)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("refused: %s", strings.Join(messages(pr), " ")), visit.Must(len(pr.Errors) > 0, "the refusal gives no reason")
}

func (r *road) deploy(ctx context.Context, app, artifact, target string) error {
	return r.maker.Call(ctx, "POST", "/apps/"+app+"/deployments", map[string]string{"artifact": artifact, "target": target}, nil)
}

func messages(p *visit.Problem) []string {
	var out []string
	for _, e := range p.Errors {
		out = append(out, e.Message)
	}
	return out
}

func contains(s, part string) bool { return strings.Contains(s, part) }
