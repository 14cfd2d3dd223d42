package core

// Component is one part of an app that came from elsewhere: a package of an
// ecosystem in one version.
type Component struct {
	ID        string // made by the store from the other three; empty until it is kept
	Ecosystem string // type of its package URL: npm, golang, pypi, maven ...
	Name      string // namespace/name as in the package URL
	Version   string
}

// Directness says whether the app itself asks for a component.
type Directness int

// What is known of a component's place in an app.
const (
	DirectUnknown Directness = -1
	Indirect      Directness = 0 // another component asks for it
	Direct        Directness = 1
)

// Part is a component as one artifact holds it.
type Part struct {
	Component
	Direct Directness
	Build  bool // used for building only
}

// BillState says what is known of an artifact's parts.
type BillState string

// The states of a bill. What could not be read is unknown, never empty.
const (
	BillListed     BillState = "listed"
	BillMissing    BillState = "missing"    // there is no SBOM, or none was read yet
	BillUnreadable BillState = "unreadable" // the SBOM could not be read
)

// Where says in which builds components are looked for.
type Where string

// The places of a search.
const (
	WhereLive   Where = "live"   // what runs now
	WhereLatest Where = "latest" // each app's newest build
	WhereAny    Where = "any"    // every build that was ever made
)

// Wheres lists the places of a search.
var Wheres = []Where{WhereLive, WhereLatest, WhereAny}

// Holders asks which apps hold one of some components.
type Holders struct {
	Components []string // ids
	Where      Where
	Viewer     *Person // nil sees every app; else only those that they own or co-own
	After      string  // name of the last app that was seen
	Most       int     // apps
}

// Holding is one artifact's use of one component.
type Holding struct {
	Component string // id
	App       string
	Artifact  string
	Commit    string // the artifact was built from
	Direct    Directness
	Build     bool
	Live      bool
	Latest    bool
}

// HolderApp is what a search says of an app.
type HolderApp struct {
	Name           string
	Owner          string // e-mail
	State          AppState
	Classification string
	Target, Region string // where it runs now; empty when it does not
}
