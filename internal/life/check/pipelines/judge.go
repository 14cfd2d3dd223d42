package pipelines

import (
	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// judge holds the rules against one file.
func (c *checker) judge(f *file) {
	if f.Root() == nil {
		return
	}
	switch f.kind {
	case dependabotFile:
		c.dependabot(f)
		return
	case gitlabFile:
		c.gitlab(f)
		return
	case actionFile:
		if yamltree.Get(f.Root(), "runs") == nil {
			return // a file of that name for something else
		}
	case workflowFile:
		c.meaning(f)
	}
	w := readWorkflow(f)
	c.jobs += len(w.jobs)
	if w.action {
		c.dockerAction(w)
	} else {
		for _, rule := range []func(*workflow){c.permissions, c.triggers, c.timeLimits, c.callers, c.twice, c.releaseCaches, c.scans} {
			rule(w)
		}
	}
	for _, j := range w.jobs {
		c.job(j)
		for _, s := range j.steps {
			c.step(s)
		}
	}
	c.expressionsOf(w)
}

// job holds the rules about one job against it.
func (c *checker) job(j *job) {
	c.containers(j)
	c.ownRunner(j)
	c.reference(j.flow, yamltree.Get(j.body, "uses"))
	c.condition(j.flow, yamltree.Get(j.body, "if"))
	c.packages(j)
}

// step holds the rules about one step against it.
func (c *checker) step(s *step) {
	c.reference(s.job.flow, s.uses)
	c.condition(s.job.flow, yamltree.Get(s.body, "if"))
	c.injection(s)
	c.untrustedCheckout(s)
	c.kept(s)
	c.stored(s)
	c.published(s)
	c.envFile(s)
	c.download(s)
	c.insecureCommands(s)
	c.unusedPower(s)
}

// say adds a finding about a node.
func (c *checker) say(code string, w *workflow, n *yaml.Node, words ...string) {
	c.sayAt(code, w.at(n), words...)
}

// sayAt adds a finding with a place of its own. What is about a line that was
// only put in to make a whole of a part is nothing to say.
func (c *checker) sayAt(code string, at findings.At, words ...string) {
	if at.Line == 0 && at.Key == "" {
		return
	}
	c.add(findings.New(code, at, words...))
}

// edits drops a list that is not whole.
func edits(ok bool, list ...core.Edit) []core.Edit {
	if !ok {
		return nil
	}
	return list
}
