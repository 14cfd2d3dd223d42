package core

// Cell is a group of apps that lists count together.
type Cell struct {
	State          AppState
	Classification Classification
	Region         string
	Template       string // name, without its version
}

// Tally is how many apps are in a cell.
type Tally struct {
	Cell
	N int
}

// OwnerTally is how many apps a person owns.
type OwnerTally struct {
	Owner ID
	Email string
	N     int
}

// Brief is what lists of apps are filtered and sorted by.
type Brief struct {
	Name string
	Cell
	OwnerID    ID
	LastActive int64
}

// AppFilter narrows a list of apps. Empty fields narrow nothing.
type AppFilter struct {
	States          []AppState
	Classifications []Classification
	Regions         []string
	Templates       []string
	Owner           ID
	Words           []string // each begins a word of the name
}

// Fits reports whether a cell passes the filter, names and owners aside.
func (f AppFilter) Fits(c Cell) bool {
	return c.State != AppDeleted && among(f.States, c.State) && among(f.Classifications, c.Classification) &&
		among(f.Regions, c.Region) && among(f.Templates, c.Template)
}

func among[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return len(list) == 0
}

// AppOrder is how a list of apps is sorted.
type AppOrder string

// The orders.
const (
	ByName   AppOrder = "name"
	ByRecent AppOrder = "recent" // last used first, those never used last
)

// AppCursor is the place in a list after which the next page starts.
type AppCursor struct {
	Name       string
	LastActive int64
	Set        bool
}
