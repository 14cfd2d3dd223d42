package core

import "slices"

// Severity says how much a finding matters.
type Severity string

// The severities, in SARIF's words.
const (
	Blocker Severity = "error"   // blocks the merge
	Caution Severity = "warning" // shown, does not block
	Note    Severity = "note"
)

// Finding is one result of a check, written for a maker: What is wrong, Why it
// matters, and Fix, the steps to take, in plain words (CHK-5).
type Finding struct {
	Code        string   `json:"code"`  // stable, e.g. "secret_found"
	Check       string   `json:"check"` // which check found it
	Severity    Severity `json:"severity"`
	Blocking    bool     `json:"blocking"`
	What        string   `json:"what"`
	Why         string   `json:"why"`
	Fix         []string `json:"fix"`               // ordered steps
	Path        string   `json:"path,omitempty"`    // repo-relative, slash-separated
	Line        int      `json:"line,omitempty"`    // from 1; 0 for the whole file
	Column      int      `json:"column,omitempty"`  // from 1
	Quote       string   `json:"quote,omitempty"`   // the line, never with a secret in it
	Fingerprint string   `json:"fingerprint"`       // stable over unrelated edits
	Docs        string   `json:"docs,omitempty"`    // path of a page on this server
	Details     string   `json:"details,omitempty"` // for engineers
	Edits       []Edit   `json:"edits,omitempty"`   // what Fix says, for a program; only when exact
	Waived      *Waiver  `json:"waived,omitempty"`  // why it does not block, though its kind does
}

// WaiverKind says where a waiver comes from.
type WaiverKind string

// The kinds of waivers.
const (
	WaivedByApproval WaiverKind = "exemption"    // a comment in the code, with an approval that is known
	KnownBefore      WaiverKind = "known_before" // a baseline lists it
)

// Waiver says why a finding does not block. It names people and days, and is
// listed in every report.
type Waiver struct {
	Kind     WaiverKind `json:"kind"`
	Reason   string     `json:"reason,omitempty"`
	Until    string     `json:"until,omitempty"`    // the last day, YYYY-MM-DD
	By       string     `json:"by,omitempty"`       // who approved
	Approval string     `json:"approval,omitempty"` // its name in the governance repository
}

// Subject is the kind of thing that a report is about.
type Subject string

// The kinds of subjects.
const (
	SubjectFolder Subject = "folder" // as it lies on the disk
	SubjectCommit Subject = "commit"
	SubjectIndex  Subject = "index" // what is staged for the next commit
	SubjectSent   Subject = "sent"  // sent to a server, and not kept there
)

// Scope says which files a report is about, and what it leaves out on purpose.
type Scope struct {
	Subject  Subject  `json:"subject,omitempty"`
	Against  string   `json:"against,omitempty"`  // a commit: what it had already is not reported
	Since    string   `json:"since,omitempty"`    // a commit: only files that changed since were checked one by one
	Unsaved  int      `json:"unsaved,omitempty"`  // files of the folder that differ from the commit
	Shallow  bool     `json:"shallow,omitempty"`  // the history at hand begins in the middle
	LeftOut  []string `json:"left_out,omitempty"` // folders that nobody looked into: .git, what git ignores
	Before   int      `json:"before,omitempty"`   // findings that are left out, because Against has them
	Baseline string   `json:"baseline,omitempty"` // digest of the list of what was known before
	Unneeded []string `json:"unneeded,omitempty"` // entries of the baseline that nothing matches, by fingerprint
}

// EditKind is what an edit does.
type EditKind string

// The kinds of edits.
const (
	EditReplace EditKind = "replace" // in Line, what stands from Column up to End becomes New
	EditDelete  EditKind = "delete"  // Line goes
	EditAdd     EditKind = "add"     // New becomes a line after Line, or at the end of the file if Line is 0; the file is made if it is not there
	EditRemove  EditKind = "remove"  // the file goes
)

// Edit is one exact change to a file. Lines and columns count from 1 in the
// file as it was checked; columns count characters.
type Edit struct {
	Kind   EditKind `json:"kind"`
	Path   string   `json:"path"`
	Line   int      `json:"line,omitempty"`
	Column int      `json:"column,omitempty"`
	End    int      `json:"end,omitempty"` // the column after the last character replaced
	Old    string   `json:"old,omitempty"` // what stands there; empty where it must not be shown
	New    string   `json:"new,omitempty"` // one line, without its end
}

// Coverage is what a check looked at, in numbers, so that a reader can tell a
// clean app from one that nobody looked at. Fields that do not apply are zero.
type Coverage struct {
	Files         int    `json:"files,omitempty"`
	Bytes         int64  `json:"bytes,omitempty"`
	Archives      int    `json:"archives,omitempty"`       // opened and searched
	Commits       int    `json:"commits,omitempty"`        // read
	CommitsListed int    `json:"commits_listed,omitempty"` // as git counts them; other than Commits makes the check incomplete
	Packages      int    `json:"packages,omitempty"`       // named by lock files
	Unmatched     int    `json:"unmatched,omitempty"`      // packages that the data cannot speak about
	Rules         int    `json:"rules,omitempty"`
	RulesDigest   string `json:"rules_digest,omitempty"` // sha256:..., of the rules as loaded
	Partial       bool   `json:"partial,omitempty"`      // only files that changed since a commit
	RulesFrom     string `json:"rules_from,omitempty"`   // server, cache or "built in", where a server was to lend them
	Warning       string `json:"warning,omitempty"`      // why what was seen may not be enough
	Data          string `json:"data,omitempty"`         // date of the data used, YYYY-MM-DD; of several, the oldest
	// Sources is the data that was asked, by ecosystem.
	Sources []DataSource `json:"sources,omitempty"`
}

// DataSource is what was known of one ecosystem when a check ran.
type DataSource struct {
	Ecosystem string `json:"ecosystem"`
	Packages  int    `json:"packages"`       // of the app
	Records   int    `json:"records"`        // that are known; 0 means that nothing is known of the packages
	Date      string `json:"date,omitempty"` // of the newest record, YYYY-MM-DD
}

// Verdict sums a check or a report up.
type Verdict string

// The verdicts. Incomplete is its own state: something could not be looked at.
const (
	Passed     Verdict = "pass"
	Blocks     Verdict = "blocked"
	Incomplete Verdict = "incomplete"
)

// CheckResult is what one check looked at and found.
type CheckResult struct {
	Name       string   `json:"name"`
	Verdict    Verdict  `json:"verdict"`
	Looked     string   `json:"looked"`               // what was looked at, in words and numbers: "14 files, 3,201 bytes, 222 rules"
	Seen       Coverage `json:"seen"`                 // the same for programs
	Incomplete []string `json:"incomplete,omitempty"` // what could not be looked at, and why
	Findings   int      `json:"findings"`
}

// Detected is what the checks saw an app use, whatever it says of itself. The
// lists are sorted.
type Detected struct {
	Regions  []string       `json:"regions"`                           // of cloud providers, by their names
	Vendors  []string       `json:"vendors"`                           // by the organisation's name, else by a common one
	Data     []string       `json:"data"`                              // categories, as in Descriptor.Data
	Proposed Classification `json:"proposed_classification,omitempty"` // the least that fits Data; empty if there is none
}

// Add puts what another check saw beside what is there.
func (d *Detected) Add(o Detected) {
	d.Regions, d.Vendors, d.Data = union(d.Regions, o.Regions), union(d.Vendors, o.Vendors), union(d.Data, o.Data)
	if d.Proposed == "" || o.Proposed != "" && o.Proposed.AtLeast(d.Proposed) {
		d.Proposed = o.Proposed
	}
}

// union is sorted and never nil.
func union(a, b []string) []string {
	out := append(append([]string{}, a...), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

// Report is all checks of one commit.
type Report struct {
	Tool           string        `json:"tool"` // "paddock" and its version
	App            string        `json:"app"`
	Commit         string        `json:"commit"` // empty for a folder outside git
	PolicyRevision string        `json:"policy_revision"`
	AdvisoryDate   string        `json:"advisory_date"` // date of the vulnerability data, YYYY-MM-DD
	Verdict        Verdict       `json:"verdict"`
	Scope          Scope         `json:"scope"`
	Checks         []CheckResult `json:"checks"`
	Findings       []Finding     `json:"findings"`
	Detected       Detected      `json:"detected"`
	SetAside       []SetAside    `json:"set_aside,omitempty"`  // by VEX: what would be findings otherwise
	VEXDigest      string        `json:"vex_digest,omitempty"` // of the statements in force; empty for none
	Outside        []string      `json:"outside,omitempty"`    // digests of other tools' reports that count, sorted, then of records of own ones
	SBOM           []byte        `json:"-"`                    // CycloneDX 1.6 JSON
	Descriptor     *Descriptor   `json:"-"`                    // microapp.yaml as read; nil if unreadable
}

// ChangeState is where a change is.
type ChangeState string

// The states of a change.
const (
	ChangeOpen   ChangeState = "open"
	ChangeMerged ChangeState = "merged"
	ChangeClosed ChangeState = "closed"
)

// Change is a proposed change to an app's main branch.
type Change struct {
	ID          ID
	AppID       ID
	Number      int // from 1 within the app
	Title       string
	Branch      string
	Head        string   // commit of the branch
	Base        string   // commit of main it was last compared with
	Author      ID       // who opened it
	Committers  []string // authors, committers and co-authors of all commits in it: "name <mail>", of older changes the mail alone
	State       ChangeState
	Created     int64
	MergedAt    int64
	MergeCommit string
	Version     int64
}
