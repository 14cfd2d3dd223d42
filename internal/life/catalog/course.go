package catalog

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// courseFile is training/<course>.yaml (WFL-2).
type courseFile struct {
	Name      string         `yaml:"name" required:"true" doc:"Name of the course, as its file."`
	Title     string         `yaml:"title" prose:"true" required:"true"`
	PassMark  int            `yaml:"pass_mark" doc:"Percent of right answers needed. Default 75."`
	ValidDays int            `yaml:"valid_days" doc:"Days until it must be taken again; 0 means never. Default 365."`
	Lessons   []lessonFile   `yaml:"lessons" required:"true"`
	Questions []questionFile `yaml:"questions" required:"true"`
}

type lessonFile struct {
	Title string `yaml:"title" prose:"true" required:"true"`
	Body  string `yaml:"body" prose:"true" required:"true" doc:"Plain text; an empty line starts a paragraph."`
}

type questionFile struct {
	Text    string   `yaml:"text" prose:"true" required:"true"`
	Choices []string `yaml:"choices" prose:"true" required:"true"`
	Answer  int      `yaml:"answer" required:"true" doc:"Number of the right choice, from 1."`
	Why     string   `yaml:"why" prose:"true" doc:"Shown after answering."`
}

// ParseCourse reads a course.
func ParseCourse(path string, b []byte) (c core.Course, warnings []*core.Error, err error) {
	c, doc, err := readCourse(path, b)
	if err != nil {
		return core.Course{}, nil, err
	}
	return c, doc.Warnings(), nil
}

func readCourse(path string, b []byte) (core.Course, *strict.Doc, error) {
	file := courseFile{PassMark: 75, ValidDays: 365}
	doc, found, err := readFile(path, b, &file)
	if err != nil {
		return core.Course{}, nil, err
	}
	f := faults{}
	file.check(&f)
	found = append(found, placed(doc, f)...)
	return file.course(), doc, core.Join(core.Invalid, path+" has faults:", found)
}

func (c *courseFile) check(f *faults) {
	required(f, map[string]bool{"name": c.Name == "", "title": c.Title == "", "lessons": len(c.Lessons) == 0, "questions": len(c.Questions) == 0})
	if c.Name != "" {
		f.check("name", CheckName(c.Name))
	}
	if c.PassMark < 1 || c.PassMark > 100 {
		f.add("pass_mark", "Use a percentage from 1 to 100.", "The pass mark cannot be %d.", c.PassMark)
	}
	if c.ValidDays < 0 || c.ValidDays > 3650 {
		f.add("valid_days", "Use a number of days, or 0 for ever.", "The course cannot be valid for %d days.", c.ValidDays)
	}
	for i, l := range c.Lessons {
		if strings.TrimSpace(l.Title) == "" || strings.TrimSpace(l.Body) == "" {
			f.add(fmt.Sprintf("lessons.%d", i), "Give it a title and a body.", "Lesson %d is not complete.", i+1)
		}
	}
	for i, q := range c.Questions {
		key := fmt.Sprintf("questions.%d", i)
		if strings.TrimSpace(q.Text) == "" || len(q.Choices) < 2 {
			f.add(key, "Give it a text and at least two choices.", "Question %d is not complete.", i+1)
		} else if q.Answer < 1 || q.Answer > len(q.Choices) {
			f.add(key+".answer", fmt.Sprintf("Use the number of the right choice, from 1 to %d.", len(q.Choices)), "Question %d has no choice %d.", i+1, q.Answer)
		}
	}
}

func (c *courseFile) course() core.Course {
	out := core.Course{Name: c.Name, Title: c.Title, PassMark: c.PassMark, ValidDays: c.ValidDays}
	for _, l := range c.Lessons {
		out.Lessons = append(out.Lessons, core.Lesson(l))
	}
	for _, q := range c.Questions {
		out.Questions = append(out.Questions, core.Question{Text: q.Text, Choices: q.Choices, Answer: q.Answer - 1, Why: q.Why})
	}
	return out
}
