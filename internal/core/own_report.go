package core

// OwnReport is what Paddock's own checks said of a commit elsewhere. It is a record:
// it counts for no check that a server runs itself, and rules may ask for it.
type OwnReport struct {
	ID         ID
	AppID      ID
	Commit     string
	Digest     string // sha256:..., of Body
	Body       []byte // JSON, as it was signed; not read by lists
	Bundle     []byte // the signed statement; empty for none; not read by lists
	Tool       string
	Verdict    Verdict
	Policy     string // revision of the rules that it names
	Findings   int
	Partial    bool      // it covers changed files only
	Source     ActorKind // who brought it: a person, or a pipeline
	Signer     string    // name of the trusted key that signed it; "" for none
	Reporter   ID
	ReporterBy string // e-mail; only when read
	Received   int64
}
