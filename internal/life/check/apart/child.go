package apart

import (
	"context"
	"encoding/gob"
	"errors"
	"io"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
	"github.com/paddock-dev/paddock/internal/life/confined"
)

// Hands are what the process is made with, for it cannot be sent.
type Hands struct {
	Descriptor func([]byte) (core.Descriptor, []*core.Error) // see check.Input
	// Advisories opens the vulnerability database that Runner.Database told of.
	// It is called once, before the process is confined.
	Advisories func(place []byte) dependencies.Data
}

// Child is the other side of Runner: it confines this process for good and
// checks what its standard input holds. Call it only as the single work of a
// process; in and out are its standard input and output.
func Child(in io.Reader, out io.Writer, hands Hands) error {
	dec := gob.NewDecoder(in)
	var o order
	if err := dec.Decode(&o); err != nil {
		return err
	}
	known := hands.Advisories(o.Database)
	if err := confined.Confine(o.Limits.bounds()); err != nil {
		return err
	}
	report, err := inspect(dec, out, o, known, hands)
	if err != nil {
		return speak(out, said{Error: confined.Close(err)})
	}
	return speak(out, saying(false, report))
}

func inspect(dec *gob.Decoder, out io.Writer, o order, known dependencies.Data, hands Hands) (core.Report, error) {
	tree, err := receive(dec)
	if err != nil {
		return core.Report{}, err
	}
	input, err := o.input()
	if err != nil {
		return core.Report{}, err
	}
	input.Files, input.Descriptor = tree, hands.Descriptor
	if o.HasPolicy {
		input.Policy = remote{dec, out}
	}
	e, err := check.New(check.Options{Clock: at(o.Now), Version: o.Version, Key: o.Key, Advisories: func() dependencies.Data { return known }})
	if err != nil {
		return core.Report{}, err
	}
	return e.Run(context.Background(), input)
}

// at is the moment that the server said it is.
type at time.Time

// Now implements core.Clock.
func (a at) Now() time.Time { return time.Time(a) }

// remote asks the server for the merge rules.
type remote struct {
	dec *gob.Decoder
	out io.Writer
}

// Merge implements check.Policy.
func (r remote) Merge(_ context.Context, soFar core.Report) (core.Verdicts, string, error) {
	var a answer
	if err := speak(r.out, saying(true, soFar)); err != nil {
		return a.Verdicts, "", err
	}
	if err := r.dec.Decode(&a); err != nil {
		return a.Verdicts, "", err
	}
	if a.Failed {
		return a.Verdicts, "", errors.New("the server could not ask the rules")
	}
	return a.Verdicts, a.Revision, nil
}
