package view

// AppQuery narrows and sorts a list of apps. Several values of one field are
// alternatives.
type AppQuery struct {
	Text                                        string // words that begin words of the name
	States, Classifications, Regions, Templates []string
	Owner                                       string // e-mail
	Sort                                        string // name | recent
	After                                       string // cursor
	Limit                                       int    // default 50, at most 200
}

// Narrowed reports whether the query leaves out anything.
func (q AppQuery) Narrowed() bool {
	return q.Text != "" || q.Owner != "" || len(q.States)+len(q.Classifications)+len(q.Regions)+len(q.Templates) > 0
}

// AppPage is a page of apps with the numbers around it.
type AppPage struct {
	Items  []AppRow `json:"items"`
	Next   string   `json:"next_cursor,omitempty"`
	Total  int      `json:"total" doc:"How many apps fit the filter."`
	Exact  bool     `json:"total_is_exact" doc:"False: there are at least total, and facets are empty."`
	Facets Facets   `json:"facets" doc:"For each value of a filter: how many apps would be listed with it, the other filters staying."`
}

// Facets count the values of filters.
type Facets struct {
	States          []Count `json:"state"`
	Classifications []Count `json:"classification"`
	Regions         []Count `json:"region"`
	Templates       []Count `json:"template"`
	Owners          []Count `json:"owner" doc:"Who owns the most apps, whatever the filter; empty for callers who see only their own."`
}

// Count is a value and how many apps have it.
type Count struct {
	Value string `json:"value"`
	N     int    `json:"count"`
}
