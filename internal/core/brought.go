package core

// Brought is a person as a sign-in provider brings them by SCIM.
type Brought struct {
	ID         ID // of the user at the SCIM door; never given to somebody else
	Provider   string
	Person     ID
	UserName   string // in lower case
	ExternalID string
	Email      string // the main address, in lower case
	Active     bool   // as the provider says
	Body       string // JSON: what is kept of what the provider says
	Created    int64
	Changed    int64
	Off        int64 // when the provider's word switched the person off; 0 if it did not
	Gone       int64 // when the provider took the user away; 0 while it has not
}

// BroughtFilter narrows a list of brought people. Nil fields narrow nothing.
type BroughtFilter struct {
	ID, UserName, ExternalID, Email *string
	Active                          *bool
}

// BroughtGroup is a group as a sign-in provider brings it by SCIM. Who is in it
// is kept as Membership.
type BroughtGroup struct {
	ID         ID
	Provider   string
	Name       string // as paddock.yaml writes it
	ExternalID string
	Created    int64
	Changed    int64
}

// BroughtGroupFilter narrows a list of groups. Nil fields narrow nothing.
type BroughtGroupFilter struct {
	ID, Name, ExternalID *string
	Member               *string // id of a brought person
}

// BroughtMember is a brought person in a group.
type BroughtMember struct {
	ID   ID
	Name string
}
