package view

// ComponentQuery asks which apps hold a component.
type ComponentQuery struct {
	Text  string // such as: lodash < 4.17.21
	Where string // live | latest | any
	After string // cursor
	Limit int
}

// ComponentPage is a page of the apps that hold a component.
type ComponentPage struct {
	Query      string            `json:"query" doc:"The query as it was understood."`
	Where      string            `json:"where"`
	Items      []ComponentHolder `json:"items"`
	Next       string            `json:"next_cursor,omitempty"`
	Total      *int              `json:"total,omitempty" doc:"How many apps hold it; on the first page only."`
	Versions   []string          `json:"versions" doc:"The versions that fit, as package URLs, newest first; at most 100."`
	Others     int               `json:"other_versions" doc:"How many versions of this name do not fit."`
	Uncompared []string          `json:"not_comparable" doc:"Versions of this name that nobody can compare: look at them yourself."`
	Unlisted   *int              `json:"apps_without_bill,omitempty" doc:"Apps whose components are not known: they may hold it too; on the first page only."`
}

// ComponentHolder is one app with what it holds.
type ComponentHolder struct {
	App            string          `json:"app"`
	Owner          string          `json:"owner"`
	State          string          `json:"state"`
	Classification string          `json:"classification"`
	Target         string          `json:"target,omitempty" doc:"Where it runs now."`
	Region         string          `json:"region,omitempty"`
	Components     []HeldComponent `json:"components"`
}

// HeldComponent is a component in one build of an app.
type HeldComponent struct {
	PURL      string `json:"purl"`
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
	Version   string `json:"version"`
	Artifact  string `json:"artifact"`
	Direct    string `json:"direct" doc:"yes, no (another component asks for it) or unknown."`
	BuildOnly bool   `json:"build_only"`
	Live      bool   `json:"live"`
	Latest    bool   `json:"latest"`
	VEX       []Said `json:"vex,omitempty" doc:"What OpenVEX statements in force say of it."`
}
