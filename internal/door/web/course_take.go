package web

import (
	"net/http"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// quiz is a course's quiz as it is shown; answers is nil before it is taken.
type quiz struct {
	course  core.Course
	state   view.Course
	answers []int // per question, -1 for none
	score   int   // percent
}

// taken reports whether this page is the result of an attempt.
func (q quiz) taken() bool { return q.answers != nil }

// right reports whether question i was answered right.
func (q quiz) right(i int) bool {
	return i < len(q.answers) && q.answers[i] == q.course.Questions[i].Answer
}

// chosen reports whether choice c of question i was picked.
func (q quiz) chosen(i, c int) bool { return i < len(q.answers) && q.answers[i] == c }

// takeCourse marks the quiz. Who passes goes on; who does not sees, beside each
// question, what to look at again.
func (p *Pages) takeCourse(w http.ResponseWriter, r *http.Request, who core.Person) error {
	name := r.PathValue("course")
	c, _, err := p.desk.Course(r.Context(), who, name)
	if err != nil {
		return err
	}
	answers := quizAnswers(r, len(c.Questions))
	score, state, err := p.desk.TakeCourse(r.Context(), who, name, answers)
	if err != nil {
		return err
	}
	if state.Passed && score >= c.PassMark {
		return done(w, r, coursePath(name), didPass)
	}
	q := quiz{course: c, state: state, answers: answers, score: score}
	return p.show(w, r, http.StatusUnprocessableEntity, coursePage(p.frame(r, "Not passed yet: "+c.Title, ""), q))
}

// quizAnswers reads one index per question, -1 where there is none.
func quizAnswers(r *http.Request, n int) []int {
	answers := make([]int, n)
	for i := range answers {
		answers[i] = -1
		if v, err := strconv.Atoi(r.PostForm.Get("q" + strconv.Itoa(i))); err == nil && v >= 0 {
			answers[i] = v
		}
	}
	return answers
}
