// Package training lets people take short courses and keeps who has passed
// (WFL-2), and chooses the buddy who helps a maker in the first 30 days.
package training

import (
	"context"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
)

// Certificates keeps who has passed what.
type Certificates interface {
	// PutCertificate keeps that a person passed a course; expires 0 means never.
	PutCertificate(ctx context.Context, person core.ID, course string, passed, expires int64) error
	// Certificates returns when each certificate of a person ends, by course.
	Certificates(ctx context.Context, person core.ID) (map[string]int64, error)
}

// Tx runs fn in one transaction; a call inside a transaction joins it.
type Tx interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// School marks quizzes. It is safe for concurrent use if its parts are.
type School struct {
	tx    Tx
	certs Certificates
	audit Audit
	clock core.Clock
}

// New returns a school.
func New(tx Tx, certs Certificates, audit Audit, clock core.Clock) *School {
	return &School{tx: tx, certs: certs, audit: audit, clock: clock}
}

// Result is a marked quiz.
type Result struct {
	Score   int    // percent of the questions answered right, rounded down
	Passed  bool   // the score reaches the pass mark
	Until   int64  // Stamp; when the certificate ends; 0 for never, or if not passed
	Answers []Mark // one for each question, in order
}

// Mark is one marked answer.
type Mark struct {
	Right bool
	Why   string // from the course, for right and wrong answers alike
}

// Take marks a person's answers, the index of a choice for each question or -1
// for none, and keeps a certificate if they pass. Failing takes no older
// certificate away. Errors: Invalid when the answers do not fit the course.
func (s *School) Take(ctx context.Context, who core.Actor, course core.Course, answers []int) (Result, error) {
	r, err := mark(course, answers)
	if err != nil {
		return r, err
	}
	now := s.clock.Now()
	if r.Passed && course.ValidDays > 0 {
		r.Until = core.Stamp(now.AddDate(0, 0, course.ValidDays))
	}
	code := "ok"
	if !r.Passed {
		code = "failed"
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if r.Passed {
			if err := s.certs.PutCertificate(ctx, who.ID, course.Name, core.Stamp(now), r.Until); err != nil {
				return err
			}
		}
		return s.audit.Append(ctx, core.Event{Action: "course.take", Actor: who, Target: course.Name, Code: code,
			Data: map[string]string{"score": strconv.Itoa(r.Score)}})
	})
	return r, err
}

// Held reports whether a person holds a course's certificate now, and until
// when; until 0 with held true means for ever.
func (s *School) Held(ctx context.Context, person core.ID, course string) (held bool, until int64, err error) {
	all, err := s.certs.Certificates(ctx, person)
	if err != nil {
		return false, 0, err
	}
	until, ok := all[course]
	if !ok || until != 0 && core.Stamp(s.clock.Now()) >= until {
		return false, 0, nil
	}
	return true, until, nil
}

// Passed reports whether a person holds a course's certificate now.
func (s *School) Passed(ctx context.Context, person core.ID, course string) (bool, error) {
	held, _, err := s.Held(ctx, person, course)
	return held, err
}
