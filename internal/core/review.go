package core

// RightKind says what sort of right somebody holds.
type RightKind string

// The kinds of standing rights.
const (
	RightRole     RightKind = "role"     // in the whole organisation
	RightOwner    RightKind = "owner"    // of an app
	RightCoOwner  RightKind = "co-owner" // of an app
	RightToken    RightKind = "token"    // an access token in force
	RightPipeline RightKind = "pipeline" // a pipeline that acts for an app, and the person answers for it
)

// Right is one thing that a person may do until somebody takes it away.
type Right struct {
	Kind   RightKind
	Person ID
	Email  string
	AppID  ID     // of the app it is for; "" for the organisation
	App    string // its name
	Name   string // the role, the token's name, the pipeline's repository
	Ref    ID     // of the token or the pipeline
	From   string // where it comes from: "given by hand", "microapp.yaml" ...
	Giver  ID     // who gave it; "" when nobody is known
	Used   int64  // when it was used last as far as is known; 0 for never
}

// Review is one look at all standing rights: who holds them, and should they.
type Review struct {
	ID     ID
	Name   string // the quarter, as 2026-Q4
	Opened int64
	Due    int64
	Upto   string // gathering: the last app that is in; "" before the first
	Whole  bool   // everything is gathered
}

// ReviewDecision is what was said of a right.
type ReviewDecision string

// The decisions.
const (
	ReviewOpen   ReviewDecision = ""
	ReviewKeep   ReviewDecision = "keep"
	ReviewRemove ReviewDecision = "remove"
)

// ReviewItem is one right in a review.
type ReviewItem struct {
	ID     ID
	Review ID
	Right
	Unused   bool // proposed for removal
	Decision ReviewDecision
	Reason   string
	By       ID
	ByEmail  string
	At       int64
	Gone     int64 // when the right was seen to be gone
}

// ReviewTally counts the items of a review.
type ReviewTally struct{ Items, Open, Unused, Kept, Removed, Pending int }
