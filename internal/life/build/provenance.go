package build

import (
	"runtime"
	"slices"
	"time"

	slsa "github.com/in-toto/attestation/go/predicates/provenance/v1"
	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// What Paddock writes into provenance, and demands of it.
const (
	BuildType = "https://paddock.dev/build/microapp/v1"
	BuilderID = "https://paddock.dev/builder/embedded/v1"
	sbomName  = "sbom.cdx.json"
)

// Provenance is what signed provenance says: SLSA provenance v1 in plain terms.
type Provenance struct {
	App, Repository, Ref, Commit string // the external parameters
	SBOM                         string // digest of the CycloneDX document
	Invocation                   string
	Started, Finished            time.Time
	Toolchain                    map[string]string // name -> version
}

// predicate writes p as SLSA provenance.
func (p Provenance) predicate() (*slsa.Provenance, error) {
	params, err := structpb.NewStruct(map[string]any{"app": p.App, "repository": p.Repository, "ref": p.Ref, "commit": p.Commit})
	if err != nil {
		return nil, err
	}
	deps := []*intoto.ResourceDescriptor{{Name: "source", Uri: "git+" + p.Repository + "@" + p.Ref, Digest: map[string]string{"gitCommit": p.Commit}}}
	for _, name := range []string{"esbuild", "go", "paddock"} {
		version, err := structpb.NewStruct(map[string]any{"version": p.Toolchain[name]})
		if err != nil {
			return nil, err
		}
		deps = append(deps, &intoto.ResourceDescriptor{Name: name, Annotations: version})
	}
	return &slsa.Provenance{
		BuildDefinition: &slsa.BuildDefinition{BuildType: BuildType, ExternalParameters: params, ResolvedDependencies: deps},
		RunDetails: &slsa.RunDetails{
			Builder:  &slsa.Builder{Id: BuilderID, Version: map[string]string{"paddock": p.Toolchain["paddock"]}},
			Metadata: &slsa.BuildMetadata{InvocationId: p.Invocation, StartedOn: timestamppb.New(p.Started), FinishedOn: timestamppb.New(p.Finished)},
			Byproducts: []*intoto.ResourceDescriptor{{Name: sbomName, MediaType: TypeSBOM,
				Digest: map[string]string{"sha256": hexOf(p.SBOM)}}},
		},
	}, nil
}

// VerifyProvenance checks a provenance bundle by itself, without a registry: the
// signature, that it is about the artifact, the builder, the build type, and that
// every parameter is known and agrees with the source it names. It returns
// Blocked with the reason for anything else.
func VerifyProvenance(bundle []byte, digest string, verify VerifyFunc) (Provenance, error) {
	var pred slsa.Provenance
	if err := openStatement(bundle, verify, digest, PredicateProvenance, &pred); err != nil {
		return Provenance{}, err
	}
	if err := pred.Validate(); err != nil {
		return Provenance{}, unfit("it is not complete SLSA provenance", err)
	}
	return readProvenance(&pred)
}

func readProvenance(pred *slsa.Provenance) (p Provenance, err error) {
	def, run := pred.GetBuildDefinition(), pred.GetRunDetails()
	switch {
	case run.GetBuilder().GetId() != BuilderID:
		return p, unfit("it was built by an unknown builder", nil)
	case def.GetBuildType() != BuildType:
		return p, unfit("its way of building is unknown", nil)
	case len(def.GetInternalParameters().GetFields()) > 0:
		return p, unfit("it has internal parameters, which are not known", nil)
	}
	want := map[string]*string{"app": &p.App, "repository": &p.Repository, "ref": &p.Ref, "commit": &p.Commit}
	for key, value := range def.GetExternalParameters().GetFields() {
		to, ok := want[key]
		if !ok {
			return p, unfit("it has an external parameter that is not known", nil)
		}
		*to = value.GetStringValue()
	}
	if p.App == "" || p.Repository == "" || p.Ref == "" || !isCommit(p.Commit) {
		return p, unfit("an external parameter is missing", nil)
	}
	if err := p.readSources(def.GetResolvedDependencies()); err != nil {
		return p, err
	}
	return p, p.readRun(run)
}

// readSources demands the commit among the dependencies, and nothing unknown.
func (p *Provenance) readSources(deps []*intoto.ResourceDescriptor) error {
	p.Toolchain = map[string]string{}
	source := false
	for _, d := range deps {
		switch {
		case d.GetName() == "source" && !source && d.GetDigest()["gitCommit"] == p.Commit && d.GetUri() == "git+"+p.Repository+"@"+p.Ref:
			source = true
		case slices.Contains([]string{"esbuild", "go", "paddock"}, d.GetName()):
			p.Toolchain[d.GetName()] = d.GetAnnotations().GetFields()["version"].GetStringValue()
		default:
			return unfit("it was made from something else than its commit", nil)
		}
	}
	if !source {
		return unfit("it does not name the commit it was made from", nil)
	}
	return nil
}

func (p *Provenance) readRun(run *slsa.RunDetails) error {
	meta := run.GetMetadata()
	p.Invocation = meta.GetInvocationId()
	if meta.GetStartedOn() == nil || meta.GetFinishedOn() == nil {
		return unfit("it does not say when it was built", nil)
	}
	p.Started, p.Finished = meta.GetStartedOn().AsTime(), meta.GetFinishedOn().AsTime()
	if p.Finished.Before(p.Started) {
		return unfit("it ended before it began", nil)
	}
	if by := run.GetByproducts(); len(by) == 1 && by[0].GetName() == sbomName {
		p.SBOM = "sha256:" + by[0].GetDigest()["sha256"]
	}
	if !isDigest(p.SBOM) {
		return unfit("it names no list of parts (SBOM)", nil)
	}
	return nil
}

// esbuildVersion is the version of the bundler in go.mod; a test compares them.
const esbuildVersion = "v0.28.2"

// toolchain names what builds: this binary's Go, esbuild and Paddock itself.
func toolchain(version string) map[string]string {
	return map[string]string{"go": runtime.Version(), "paddock": version, "esbuild": esbuildVersion}
}
