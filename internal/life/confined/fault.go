package confined

import "github.com/paddock-dev/paddock/internal/core"

// Fault is a core.Error between two processes; its cause stays behind.
type Fault struct {
	Code     core.Code `json:"code"`
	Msg      string    `json:"msg"`
	Hint     string    `json:"hint"`
	Field    string    `json:"field"`
	Problems []*Fault  `json:"problems,omitempty"`
}

// Close makes a fault of an error, nil of nil.
func Close(err error) *Fault {
	if err == nil {
		return nil
	}
	e := core.AsError(err)
	w := &Fault{Code: e.Code, Msg: e.Msg, Hint: e.Hint, Field: e.Field}
	for _, p := range e.Problems {
		w.Problems = append(w.Problems, Close(p))
	}
	return w
}

// Open makes the error of a fault.
func (w *Fault) Open() *core.Error {
	e := &core.Error{Code: w.Code, Msg: w.Msg, Hint: w.Hint, Field: w.Field}
	for _, p := range w.Problems {
		e.Problems = append(e.Problems, p.Open())
	}
	return e
}
