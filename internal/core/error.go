package core

import (
	"errors"
	"fmt"
	"time"
)

// Code classifies an Error. Codes are stable and documented in
// docs/reference/errors.md.
type Code string

// The codes. Each maps to one HTTP status and one exit code in codes below.
const (
	Invalid      Code = "invalid"      // the input is wrong; the Field says where
	Unauthorized Code = "unauthorized" // nobody is signed in
	Forbidden    Code = "forbidden"    // signed in, but not allowed
	NotFound     Code = "not_found"    // no such thing, or not visible to the caller
	Conflict     Code = "conflict"     // the state does not permit the act
	Denied       Code = "denied"       // a gate said no
	Pending      Code = "pending"      // a gate waits for a human
	Blocked      Code = "blocked"      // findings stand in the way
	TooLarge     Code = "too_large"    // a size, depth or time limit was passed
	RateLimited  Code = "rate_limited" // too many requests
	Unavailable  Code = "unavailable"  // something needed is not there right now; try again
	Unreadable   Code = "unreadable"   // input could not be read or parsed
	Internal     Code = "internal"     // a fault of Paddock's own
)

// Error is the one error type that crosses rooms. Code is for programs, Msg
// and Hint are safe to show to anybody, Err goes to the log only.
type Error struct {
	Code  Code
	Msg   string // what failed, with the offending value and its place
	Hint  string // what to do next, in plain words
	Field string // the input at fault: a form field, a JSON pointer or path:line:column
	Err   error  // the cause, never shown
	// Wait is after how long to try again; 0 where nobody knows.
	Wait time.Duration
	// Problems holds further errors of the same kind, so that a form or file
	// reports all of its faults at once. Empty for a single fault.
	Problems []*Error
}

// Error returns the message, its place and its hint on one line.
func (e *Error) Error() string {
	s := e.Msg
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Hint != "" {
		s += " " + e.Hint
	}
	for _, p := range e.Problems {
		s += "\n" + p.Error()
	}
	return s
}

// Unwrap returns the hidden cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error with a formatted message; a trailing %w is kept as cause.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Msg: err.Error(), Err: errors.Unwrap(err)}
}

// Hinted returns a copy of e that says what to do next.
func (e *Error) Hinted(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// At returns a copy of e that names the input at fault.
func (e *Error) At(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Hidden returns an Internal error that keeps err for the log and shows only
// what was being done.
func Hidden(doing string, err error) *Error {
	return &Error{Code: Internal, Msg: doing + " failed.", Hint: "Try again; if it happens again, give the request id to the platform team.", Err: err}
}

// AsError returns err as an *Error, wrapping anything else as Internal so that
// no internal text leaks. It returns nil for nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Hidden("This", err)
}

// CodeOf returns the code of err: "" for nil, Internal for foreign errors.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return AsError(err).Code
}

// Outcome says how a code leaves the process.
type Outcome struct {
	HTTP int // status of the HTTP answer
	Exit int // exit code of a command: 1 blocked, 2 usage or input, 3 internal
}

var outcomes = map[Code]Outcome{
	Invalid:      {422, 2},
	Unauthorized: {401, 2},
	Forbidden:    {403, 1},
	NotFound:     {404, 2},
	Conflict:     {409, 1},
	Denied:       {403, 1},
	Pending:      {202, 1},
	Blocked:      {409, 1},
	TooLarge:     {413, 2},
	RateLimited:  {429, 2},
	Unavailable:  {503, 3},
	Unreadable:   {400, 2},
	Internal:     {500, 3},
}

// OutcomeOf maps a code to its HTTP status and exit code; unknown codes are Internal.
func OutcomeOf(c Code) Outcome {
	if o, ok := outcomes[c]; ok {
		return o
	}
	return outcomes[Internal]
}

// Join gathers several faults into one error of the given code, or nil when
// there are none. One fault is returned as it is.
func Join(code Code, msg string, problems []*Error) error {
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return problems[0]
	}
	return &Error{Code: code, Msg: msg, Problems: problems}
}
