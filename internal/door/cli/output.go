package cli

import (
	"encoding/json"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
)

// printJSON writes v, indented, to standard output.
func printJSON(std IO, v any) error {
	enc := json.NewEncoder(std.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// problem is an error as JSON.
type problem struct {
	OK       bool      `json:"ok"`
	Code     core.Code `json:"code,omitempty"`
	Message  string    `json:"message,omitempty"`
	Hint     string    `json:"hint,omitempty"`
	Field    string    `json:"field,omitempty"`
	Problems []problem `json:"problems,omitempty"`
}

func problemOf(e *core.Error) problem {
	p := problem{Code: e.Code, Message: e.Msg, Hint: e.Hint, Field: e.Field}
	for _, sub := range e.Problems {
		p.Problems = append(p.Problems, problemOf(sub))
	}
	return p
}

// result is what a verifier found, as text for people or as JSON.
type result interface {
	WriteText(io.Writer) error
	WriteJSON(io.Writer) error
}

// report prints a result; exit code 1 if it is not good.
func report(std IO, format string, r result, good bool) error {
	write := r.WriteText
	if format == "json" {
		write = r.WriteJSON
	}
	if err := write(std.Out); err != nil {
		return err
	}
	if !good {
		return exitCode(1)
	}
	return nil
}
