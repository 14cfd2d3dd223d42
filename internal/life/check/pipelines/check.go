package pipelines

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// Input is what the check needs to know.
type Input struct {
	Tree *tree.Tree
	// Inherited holds, by path, the pipeline files that every app is made with.
	// Empty means that the app inherits none, as a folder outside of Paddock.
	Inherited map[string][]byte
}

// Check reads all pipelines of a tree. Time that runs out makes it incomplete.
func Check(ctx context.Context, in Input) findings.Result {
	c := &checker{tree: in.Tree, pins: knownPins(), perFile: map[string]int{}}
	var docs []*file
	for _, f := range in.Tree.Files {
		kind := kindOf(f.Path)
		if kind == other {
			continue
		}
		if ctx.Err() != nil {
			c.res.Missed("the time ran out before %s", f.Path)
			break
		}
		docs = append(docs, c.read(f, kind))
	}
	c.learnPins(docs)
	for _, d := range docs {
		if ctx.Err() != nil {
			c.res.Missed("the time ran out before %s was judged", d.File.Path)
			break
		}
		c.judge(d)
	}
	c.inherited(in.Inherited)
	for i := range c.res.Findings {
		f := &c.res.Findings[i]
		f.Details = findings.Clean(f.Details, 400)
	}
	c.res.Looked = fmt.Sprintf("%s, %s, %d rules", findings.Count(c.res.Seen.Files, "pipeline file"), findings.Count(c.jobs, "job"), len(codes()))
	c.res.Seen.Rules, c.res.Seen.RulesDigest = len(codes()), digest()
	return c.res
}

// maxPerFile bounds the findings of one file.
const maxPerFile = 300

type checker struct {
	res     findings.Result
	tree    *tree.Tree
	pins    map[string]pin // by action and version
	jobs    int
	perFile map[string]int
}

func (c *checker) add(f core.Finding) {
	c.perFile[f.Path]++
	switch n := c.perFile[f.Path]; {
	case n == maxPerFile:
		c.res.Missed("%s has more than %d faults; the rest were not listed", f.Path, maxPerFile)
	case n < maxPerFile:
		c.res.Add(f)
	}
}

type kind int

const (
	other kind = iota
	workflowFile
	actionFile
	gitlabFile
	dependabotFile
)

// kindOf says what a file is, by its name and place.
func kindOf(name string) kind {
	base := strings.ToLower(path.Base(name))
	if !strings.HasSuffix(base, ".yml") && !strings.HasSuffix(base, ".yaml") {
		return other
	}
	dir := path.Dir(name)
	switch {
	case dir == ".github/workflows":
		return workflowFile
	case base == "action.yml" || base == "action.yaml":
		return actionFile
	case name == ".github/dependabot.yml" || name == ".github/dependabot.yaml":
		return dependabotFile
	case strings.HasSuffix(base, ".gitlab-ci.yml") || strings.HasSuffix(base, ".gitlab-ci.yaml") || strings.HasPrefix(dir+"/", ".gitlab/ci/"):
		return gitlabFile
	}
	return other
}

// file is one pipeline file, read. Root is nil if it could not be read.
type file struct {
	*yamltree.Doc
	kind kind
	// shift says that the text was mended in memory; places lead back from it.
	shift *shift
	lines []string // of the text that was read
}

// codes returns the codes of this check.
func codes() []string {
	var out []string
	for _, t := range findings.All() {
		if t.Check == "pipelines" {
			out = append(out, t.Code)
		}
	}
	return out
}

func digest() string {
	sum := sha256.Sum256([]byte("actionlint 1.7.12\x00" + strings.Join(codes(), "\x00") + archivedList + pinList))
	return "sha256:" + hex.EncodeToString(sum[:])
}
