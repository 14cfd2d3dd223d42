package core

// FleetApp is an app with what the gates know of it without reading its evidence.
// Moments are left out.
type FleetApp struct {
	App   App
	Owner Person
	Live  Artifact // what runs now; without a digest if nothing does
}

// PastDecision is a decision with the name of its app, which is empty if the
// decision is about none.
type PastDecision struct {
	Decision
	App string
}
