package training

import "github.com/paddock-dev/paddock/internal/core"

// mark compares answers with the course's. An empty or damaged quiz cannot be
// passed.
func mark(course core.Course, answers []int) (Result, error) {
	n := len(course.Questions)
	if n == 0 {
		return Result{}, core.Errorf(core.Invalid, "The course %q has no questions, so nobody can pass it.", course.Name).Hinted("Tell the platform team.")
	}
	if len(answers) != n {
		return Result{}, core.Errorf(core.Invalid, "%d answers for %d questions.", len(answers), n).At("answers").Hinted("Answer each question once.")
	}
	right, marks := 0, make([]Mark, n)
	for i, q := range course.Questions {
		if answers[i] < -1 || answers[i] >= len(q.Choices) {
			return Result{}, core.Errorf(core.Invalid, "Question %d has no choice %d.", i+1, answers[i]).At("answers").Hinted("Choose one of the %d.", len(q.Choices))
		}
		ok := answers[i] >= 0 && answers[i] == q.Answer
		marks[i] = Mark{Right: ok, Why: q.Why}
		if ok {
			right++
		}
	}
	return Result{Score: right * 100 / n, Passed: right > 0 && right*100 >= course.PassMark*n, Answers: marks}, nil
}
