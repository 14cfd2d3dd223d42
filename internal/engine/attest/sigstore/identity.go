package sigstore

import "github.com/sigstore/sigstore-go/pkg/fulcio/certificate"

// Identity is what a certificate says of the run that signed. The numbers stay
// with a repository and its owner for ever; names can be taken over by others.
type Identity struct {
	Issuer       string // of the run's ID token
	Workflow     string // the file and ref that signed, the certificate's name
	Config       string // the file and ref that the run began with
	Repository   string // address of the source repository
	RepositoryID string // its number
	OwnerID      string // its owner's number
	Ref          string // such as refs/heads/main
	Commit       string
	Runner       string // such as github-hosted or self-hosted
	Run          string // address of the run
}

func identity(s certificate.Summary) Identity {
	return Identity{Issuer: s.Issuer, Workflow: s.SubjectAlternativeName, Config: s.BuildConfigURI, Repository: s.SourceRepositoryURI,
		RepositoryID: s.SourceRepositoryIdentifier, OwnerID: s.SourceRepositoryOwnerIdentifier, Ref: s.SourceRepositoryRef,
		Commit: s.SourceRepositoryDigest, Runner: s.RunnerEnvironment, Run: s.RunInvocationURI}
}
