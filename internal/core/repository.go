package core

import "strings"

// RefUpdate is one branch, tag or note that a push moves. Ref is the full name
// (refs/heads/main); Old and New are commit ids in hexadecimal, all zeros for
// "was not there" and "is deleted".
type RefUpdate struct {
	Ref string
	Old string
	New string
}

// Protection says what may be done to the main branch by a push. The zero value
// allows nothing: main moves by merging a change only.
type Protection struct {
	Branch     string // default main
	DirectPush bool   // commits may be pushed to it
	ForcePush  bool   // its history may be rewritten
	Delete     bool   // it may be deleted
}

// Branch is one branch and the commit it points at.
type Branch struct {
	Name   string // without refs/heads/
	Commit string
}

// Commit is one commit as its maker wrote it. Names and e-mails are claims of
// the maker's git, not proof of who pushed it.
type Commit struct {
	ID             string
	AuthorName     string
	AuthorEmail    string
	CommitterName  string
	CommitterEmail string
	At             int64 // Stamp of the committer's date
	Subject        string
	CoAuthors      []string // of its Co-authored-by trailers: "Name <mail>"
}

// Authors lists everybody who wrote one of some commits, each once, as git names
// them: "Name <mail>", in lower case. Of a merge that is who merged, too.
func Authors(commits []Commit) []string {
	seen := map[string]bool{}
	var out []string
	add := func(who string) {
		if who = strings.ToLower(strings.TrimSpace(who)); who != "" && !seen[who] {
			seen[who] = true
			out = append(out, who)
		}
	}
	for _, c := range commits {
		add(c.AuthorName + " <" + c.AuthorEmail + ">")
		add(c.CommitterName + " <" + c.CommitterEmail + ">")
		for _, co := range c.CoAuthors {
			add(co)
		}
	}
	return out
}

// FileChange is one file that differs between two commits.
type FileChange struct {
	Path    string // slash-separated, from the root of the repository
	Status  string // added | changed | deleted | kind (a file became a link, or the like)
	Added   int    // lines; -1 for binary files
	Removed int    // lines; -1 for binary files
}
