package training_test

import (
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/training"
	"github.com/paddock-dev/paddock/internal/testkit"
)

func course() core.Course {
	return core.Course{Name: "data-basics", PassMark: 75, ValidDays: 365, Questions: []core.Question{
		{Text: "One?", Choices: []string{"a", "b"}, Answer: 0, Why: "because one"},
		{Text: "Two?", Choices: []string{"a", "b"}, Answer: 1, Why: "because two"},
		{Text: "Three?", Choices: []string{"a", "b", "c"}, Answer: 2, Why: "because three"},
		{Text: "Four?", Choices: []string{"a", "b"}, Answer: 0, Why: "because four"},
	}}
}

func as(p core.Person) core.Actor {
	return core.Actor{Kind: core.ActorPerson, ID: p.ID, Name: p.Email, Door: "web"}
}

// WFL-2
func TestTakeCourse(t *testing.T) {
	g := testkit.New(t)
	ana := g.Somebody("ana@example.org")
	s := training.New(g, g, g.Audit, g.Clock)
	r, err := s.Take(t.Context(), as(ana), course(), []int{0, 0, 2, -1})
	if err != nil || r.Passed || r.Score != 50 || r.Until != 0 || r.Answers[1].Right || r.Answers[1].Why != "because two" || !r.Answers[2].Right {
		t.Errorf("half right: %+v, %v", r, err)
	}
	if ok, err := s.Passed(t.Context(), ana.ID, "data-basics"); ok || err != nil {
		t.Errorf("passed with 50 %%: %v", err)
	}
	r, err = s.Take(t.Context(), as(ana), course(), []int{0, 1, 2, 1})
	if err != nil || !r.Passed || r.Score != 75 {
		t.Errorf("exactly the pass mark: %+v, %v", r, err)
	}
	if _, err = s.Take(t.Context(), as(ana), course(), []int{-1, -1, -1, -1}); err != nil {
		t.Fatal(err)
	}
	held, until, err := s.Held(t.Context(), ana.ID, "data-basics")
	if !held || err != nil || core.Moment(until) != g.Clock.Now().AddDate(0, 0, 365) {
		t.Errorf("after a later failure: %v until %s, %v", held, core.Moment(until), err)
	}
	g.Clock.Move(365*24*time.Hour - time.Second)
	if ok, _ := s.Passed(t.Context(), ana.ID, "data-basics"); !ok {
		t.Error("the certificate ended early")
	}
	g.Clock.Move(time.Second)
	if ok, _ := s.Passed(t.Context(), ana.ID, "data-basics"); ok {
		t.Error("the certificate did not end")
	}
	if got := strings.Join(g.Events(0), " "); got != "course.take course.take course.take" {
		t.Errorf("events: %s", got)
	}
}

func TestCertificateForEver(t *testing.T) {
	g := testkit.New(t)
	ana := g.Somebody("ana@example.org")
	s := training.New(g, g, g.Audit, g.Clock)
	c := course()
	c.ValidDays = 0
	_, err := s.Take(t.Context(), as(ana), c, []int{0, 1, 2, 0})
	g.Must(err)
	g.Clock.Move(100 * 365 * 24 * time.Hour)
	if held, until, _ := s.Held(t.Context(), ana.ID, c.Name); !held || until != 0 {
		t.Errorf("held %v until %d", held, until)
	}
	if ok, _ := s.Passed(t.Context(), ana.ID, "another"); ok {
		t.Error("passed a course never taken")
	}
}

func TestAnswersThatDoNotFit(t *testing.T) {
	g := testkit.New(t)
	ana := g.Somebody("ana@example.org")
	s := training.New(g, g, g.Audit, g.Clock)
	for name, answers := range map[string][]int{"none": nil, "too few": {0, 1, 2}, "too many": {0, 1, 2, 0, 0}, "too high": {0, 2, 2, 0}, "too low": {0, -2, 2, 0}} {
		if _, err := s.Take(t.Context(), as(ana), course(), answers); core.CodeOf(err) != core.Invalid || core.AsError(err).Field != "answers" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Take(t.Context(), as(ana), core.Course{Name: "empty"}, nil); core.CodeOf(err) != core.Invalid {
		t.Errorf("an empty quiz: %v", err)
	}
	lenient := course()
	lenient.PassMark = 0
	if r, err := s.Take(t.Context(), as(ana), lenient, []int{1, 0, 0, 1}); err != nil || r.Passed {
		t.Errorf("nothing right, pass mark 0: %+v %v", r, err)
	}
	damaged := course()
	damaged.Questions[0].Answer = -1
	if r, _ := s.Take(t.Context(), as(ana), damaged, []int{-1, 1, 2, 1}); r.Answers[0].Right {
		t.Error("no answer is right where the course has no right answer")
	}
}

func TestBuddy(t *testing.T) {
	p := func(id core.ID, off bool, roles ...core.Role) core.Person {
		return core.Person{ID: id, Roles: roles, Disabled: off}
	}
	people := []core.Person{p("e", false, core.RoleMaker), p("d", false, core.RolePlatform), p("c", false, core.RolePlatform), p("b", false, core.RolePlatform), p("a", true, core.RolePlatform)}
	for name, c := range map[string]struct {
		load  map[core.ID]int
		owner core.ID
		want  core.ID
	}{
		"smaller id":      {nil, "e", "b"},
		"fewest apps":     {map[core.ID]int{"b": 2, "c": 1, "d": 1}, "e", "c"},
		"never the owner": {map[core.ID]int{"c": 5, "d": 6}, "b", "c"},
	} {
		if got := training.Buddy(people, c.load, c.owner); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := training.Buddy(people[:2], nil, "d"); got != "" {
		t.Errorf("nobody is left, but %q", got)
	}
}
