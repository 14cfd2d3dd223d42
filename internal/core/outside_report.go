package core

// OutsideReport is what another tool found in one commit of an app (CHK-3).
type OutsideReport struct {
	ID         ID
	AppID      ID
	Commit     string
	Tools      string // names in lower case, sorted, separated by commas; a later report of the same tools takes the place of this one
	Digest     string // sha256:..., of Body
	Body       []byte // SARIF, only what is read of it: nothing that a tool quoted
	Results    int
	Reporter   ID
	ReporterBy string // e-mail; only when read
	Received   int64
}
