package pipelines

import (
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

func deleteLines(f *file, lines ...int) []core.Edit {
	out := make([]core.Edit, len(lines))
	for i, n := range lines {
		out[i] = core.Edit{Kind: core.EditDelete, Path: f.File.Path, Line: n}
	}
	return out
}

var (
	pipeToShell = regexp.MustCompile(`\b(?:curl|wget)\b[^|;&\n]*https?://[^|;&\n]*\|\s*(?:sudo\s+(?:-E\s+)?)?(?:env\s+\S+\s+)?(?:ba|z|da)?sh\b`)
	shellOfURL  = regexp.MustCompile(`\b(?:ba|z|da)?sh\s+(?:-c\s+["']?\$\(|<\()\s*(?:curl|wget)\b`)
	iexWeb      = regexp.MustCompile(`(?i)\b(?:iex|invoke-expression)\b[^\n]*(?:downloadstring|iwr|irm|invoke-webrequest|invoke-restmethod)|(?:\b(?:iwr|irm|invoke-webrequest|invoke-restmethod)\b[^|\n]*\|\s*(?:iex|invoke-expression)\b)`)
)

// downloads returns the line of a script that runs what it downloads, unseen.
func downloads(text string) (string, bool) {
	if !strings.Contains(text, "curl") && !strings.Contains(text, "wget") && !iexWeb.MatchString(text) {
		return "", false
	}
	joined := strings.ReplaceAll(text, "\\\n", "  ")
	for _, re := range []*regexp.Regexp{pipeToShell, shellOfURL, iexWeb} {
		if m := re.FindString(joined); m != "" {
			return m, true
		}
	}
	return "", false
}

// download reports a script that is fetched and run in one go.
func (c *checker) download(s *step) {
	m, ok := downloads(yamltree.Text(s.run))
	if !ok {
		return
	}
	w := s.job.flow
	line, column := w.cursor(s.run).next(firstWords(m))
	c.sayAt("pipeline_download_run", w.spot(line, column))
}

func firstWords(s string) string {
	if i := strings.Index(s, "  "); i > 0 {
		s = s[:i]
	}
	return strings.TrimSpace(s)
}

var (
	npmRun     = regexp.MustCompile(`(?m)^\s*(?:[A-Z_]+=\S+\s+)*npm\s+(?:run(?:-script)?\s+([\w:.-]+)|(test|start)\b|run\b)`)
	npmInstall = regexp.MustCompile(`\b(?:npm\s+(?:ci|clean-install|install|i)\b|yarn\b|pnpm\b|bun\b|make\b|\./|bash\s|docker\b|lerna\b|npx\s)`)
	adhoc      = regexp.MustCompile(`(?m)^\s*(?:sudo\s+)?(?:(npm)\s+(?:install|i|add)\s+((?:-\S+\s+)*)([^\s-][^\s]*)|(yarn)\s+(?:global\s+)?add\s+\S+|(pnpm)\s+(?:add)\s+\S+|(gem)\s+install\s+[^\s-]\S*|(bundle)\s+add\s+\S+)`)
)

// packages judges how a job comes by the packages that its scripts use.
func (c *checker) packages(j *job) {
	installed := j.flow.action
	for _, s := range j.steps {
		text := yamltree.Text(s.run)
		if r, ok := refOf(s.uses); s.uses != nil && (!ok || r.repo == "bahmutov/npm-install" || r.repo == "cypress-io/github-action" || strings.Contains(yamltree.Text(s.input("run_install")), "true")) {
			installed = true // an action of the app's own may do it
		}
		if m := adhoc.FindStringSubmatch(text); m != nil && !strings.HasPrefix(m[3], ".") && !strings.HasPrefix(m[3], "/") && !strings.Contains(m[3], "$") {
			line, column := j.flow.cursor(s.run).next(strings.TrimSpace(m[0]))
			c.sayAt("pipeline_packages_loose", j.flow.spot(line, column), "tool", m[1]+m[4]+m[5]+m[6]+m[7])
		}
		m := npmRun.FindStringSubmatchIndex(text)
		if m == nil {
			installed = installed || npmInstall.MatchString(text)
			continue
		}
		if !installed && !npmInstall.MatchString(text[:m[0]]) {
			line, column := j.flow.cursor(s.run).next(strings.TrimSpace(text[m[0]:m[1]]))
			c.sayAt("pipeline_npm_not_installed", j.flow.spot(line, column), "command", strings.TrimSpace(text[m[0]:m[1]]))
		}
		installed = true // once is enough
	}
}

// unusedPower reports settings that no reader can follow.
func (c *checker) unusedPower(s *step) {
	w := s.job.flow
	if n := s.input("pip-install"); n != nil && s.isUse("actions/setup-python") {
		c.say("pipeline_packages_loose", w, yamltree.Key(s.with, "pip-install"), "tool", "pip")
	}
}
