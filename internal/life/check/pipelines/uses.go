package pipelines

import (
	_ "embed" // the lists below
	"regexp"
	"strings"

	"github.com/rhysd/actionlint"
	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// archivedList names repositories of actions that nobody looks after any more,
// one a line. From zizmor (MIT), see testdata/zizmor/LICENSE.
//
//go:embed data/archived.txt
var archivedList string

// pinList names the commit of released versions of common actions, one a line:
// owner/repository, version, commit. Each was seen in at least two well-known
// projects that pin it so.
//
//go:embed data/pins.txt
var pinList string

// pin is a version of an action and its commit.
type pin struct{ version, commit string }

// knownPins reads the list. A version such as v4 is the newest v4 in it.
func knownPins() map[string]pin {
	out := map[string]pin{}
	for _, line := range strings.Split(pinList, "\n") {
		w := strings.Fields(line)
		if len(w) == 3 && isHex(w[2], 40) {
			learn(out, strings.ToLower(w[0]), w[1], w[2])
		}
	}
	return out
}

func learn(pins map[string]pin, repo, version, commit string) {
	pins[repo+"@"+version] = pin{version, commit}
	parts := strings.Split(version, ".")
	for n := 1; n < len(parts); n++ {
		short := repo + "@" + strings.Join(parts[:n], ".")
		if old, ok := pins[short]; !ok || newer(version, old.version) {
			pins[short] = pin{version, commit}
		}
	}
}

func newer(a, b string) bool {
	x, y := numbers(a), numbers(b)
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] > y[i]
		}
	}
	return len(x) > len(y)
}

func numbers(v string) []int {
	var out []int
	for _, p := range strings.Split(strings.TrimPrefix(v, "v"), ".") {
		n := 0
		for _, r := range p {
			if r < '0' || r > '9' || n > 1_000_000 {
				break
			}
			n = n*10 + int(r-'0')
		}
		out = append(out, n)
	}
	return out
}

var pinned = regexp.MustCompile(`uses:\s*["']?([\w.-]+/[\w.-]+)(?:/[\w./-]+)?@([0-9a-f]{40})["']?\s+#\s*(v?[0-9]+(?:\.[0-9]+)*)\s*$`)

// learnPins takes the pins that the app's own pipelines already hold.
func (c *checker) learnPins(files []*file) {
	for _, f := range files {
		for _, line := range f.lines {
			if m := pinned.FindStringSubmatch(line); m != nil {
				key := strings.ToLower(m[1]) + "@" + m[3]
				if _, known := c.pins[key]; !known {
					learn(c.pins, strings.ToLower(m[1]), m[3], m[2])
				}
			}
		}
	}
}

// reference judges what a step or a job uses from elsewhere.
func (c *checker) reference(w *workflow, n *yaml.Node) {
	if text := yamltree.Text(n); strings.HasPrefix(text, "docker://") {
		c.image(w, n, strings.TrimPrefix(text, "docker://"))
		return
	}
	r, ok := refOf(n)
	if !ok {
		return
	}
	if why := unknownAction(r); why != "" {
		at := w.at(n)
		if e, ok := w.replace(n.Line, n.Column, r.as, why); ok && r.hashed() && scalarOnOneLine(n) && c.released(why, r.ref) {
			at.Edits = []core.Edit{e} // the commit is the right one's, so that is what was meant
		}
		c.sayAt("pipeline_action_unknown", at, "action", r.as, "instead", why)
		return
	}
	if spec := r.name + "@" + r.ref; r.as != r.name { // actionlint knows them in lower case only
		if _, old := actionlint.OutdatedPopularActionSpecs[spec]; old {
			c.say("pipeline_action_old", w, n, "name", r.as+"@"+r.ref)
		}
	}
	if archived(r.repo) {
		c.say("pipeline_action_archived", w, n, "action", r.as)
	}
	if !r.hashed() {
		at := w.at(n)
		if p, ok := c.pins[r.repo+"@"+r.ref]; ok && scalarOnOneLine(n) && !strings.Contains(w.line(n.Line), "#") && strings.HasSuffix(strings.TrimRight(w.line(n.Line), " \"'"), "@"+r.ref) {
			end := strings.TrimRight(w.line(n.Line), " ")
			quote := strings.TrimLeft(end[strings.LastIndex(end, r.ref)+len(r.ref):], " ")
			if e, ok := w.replace(n.Line, n.Column, "@"+r.ref+quote, "@"+p.commit+quote+" # "+p.version); ok {
				at.Edits = []core.Edit{e}
			}
		}
		c.sayAt("pipeline_action_unpinned", at, "action", r.as, "ref", r.ref)
		return
	}
	if strings.Contains(w.line(n.Line), "#") {
		if m := pinned.FindStringSubmatch(w.line(n.Line)); m != nil {
			if p, known := c.pins[r.repo+"@"+m[3]]; known && p.version == m[3] && !strings.EqualFold(p.commit, r.ref) && strings.Count(m[3], ".") == 2 {
				c.say("pipeline_pin_differs", w, n, "action", r.as, "version", m[3])
			}
		}
	}
}

// released reports whether a commit is known to be a released version of an
// action.
func (c *checker) released(repo, commit string) bool {
	for key, p := range c.pins {
		if strings.HasPrefix(key, repo+"@") && strings.EqualFold(p.commit, commit) {
			return true
		}
	}
	return false
}

func archived(repo string) bool {
	return strings.Contains("\n"+archivedList, "\n"+repo+"\n")
}

// ghosts are actions that pages on the web tell people to use, and that are not
// there under that name.
var ghosts = map[string]string{
	"snyk/actions": "snyk/actions/node",
}

// owners are names under which common actions are published.
var owners = strings.Fields("actions github docker snyk open-policy-agent aws-actions azure google-github-actions hashicorp aquasecurity anchore sigstore slsa-framework codecov sonarsource goreleaser golangci gradle ruby pnpm oven-sh astral-sh denoland cloudflare softprops peter-evans peaceiris step-security slackapi pypa")

var common = map[string]string{"openpolicyagent": "open-policy-agent/setup-opa"}

// repos are common actions, for names that are one slip away from them.
var repos = strings.Fields("actions/checkout actions/cache actions/setup-node actions/setup-go actions/setup-python actions/setup-java actions/setup-dotnet actions/upload-artifact actions/download-artifact actions/github-script actions/labeler actions/stale actions/create-github-app-token actions/configure-pages actions/deploy-pages actions/dependency-review-action actions/upload-pages-artifact aws-actions/configure-aws-credentials azure/login codecov/codecov-action dependabot/fetch-metadata docker/build-push-action docker/login-action docker/metadata-action docker/setup-buildx-action docker/setup-qemu-action dorny/paths-filter dtolnay/rust-toolchain github/codeql-action google-github-actions/auth google-github-actions/setup-gcloud goreleaser/goreleaser-action hashicorp/setup-terraform jamesives/github-pages-deploy-action peaceiris/actions-gh-pages peter-evans/create-pull-request pnpm/action-setup pre-commit/action pypa/gh-action-pypi-publish release-drafter/release-drafter ruby/setup-ruby shivammathur/setup-php slackapi/slack-github-action softprops/action-gh-release step-security/harden-runner swatinem/rust-cache tj-actions/changed-files ncipollo/release-action")

// unknownAction returns what was most likely meant by an action that does not
// exist, or that has the name of a well-known one with a slip in it.
func unknownAction(r reference) string {
	if instead := ghosts[r.name]; instead != "" {
		return instead
	}
	owner, rest, _ := strings.Cut(r.repo, "/")
	if instead := common[owner]; instead != "" {
		return instead
	}
	for _, known := range owners {
		if owner != known && strings.ReplaceAll(owner, "-", "") == strings.ReplaceAll(known, "-", "") {
			return known + "/" + rest
		}
	}
	for _, known := range repos {
		if r.repo == known {
			return ""
		}
	}
	for _, known := range repos {
		if oneSlip(r.repo, known) {
			return known
		}
	}
	return ""
}

// oneSlip reports whether a name is a known one with one letter too many, too
// few, changed or swapped. Names that differ by an "s" at the end may be two
// projects, and short names are not compared.
func oneSlip(name, known string) bool {
	if name == known || len(name) < 8 || abs(len(name)-len(known)) > 1 {
		return false
	}
	owner, _, _ := strings.Cut(name, "/")
	for _, o := range owners {
		if owner == o {
			return false // the owner is who it says
		}
	}
	i := 0
	for i < min(len(name), len(known)) && name[i] == known[i] {
		i++
	}
	a, b := name[i:], known[i:]
	switch len(a) - len(b) {
	case 1:
		return a[1:] == b
	case -1:
		return b[1:] == a
	}
	return a[1:] == b[1:] || len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// image judges a container image: named by digest, or not.
func (c *checker) image(w *workflow, n *yaml.Node, image string) {
	if image == "" || strings.Contains(image, "@sha256:") || strings.Contains(image, "${{") || strings.HasPrefix(image, "./") || image == "Dockerfile" {
		return
	}
	c.say("pipeline_image_unpinned", w, n, "image", image)
}

// containers judges the images that a job runs in and beside, and passwords
// for them that are written down.
func (c *checker) containers(j *job) {
	one := func(n *yaml.Node) {
		img := yamltree.Get(n, "image")
		if n = yamltree.Plain(n); n != nil && n.Kind == yaml.ScalarNode {
			img = n
		}
		c.images(j, img)
	}
	one(yamltree.Get(j.body, "container"))
	for _, p := range yamltree.Pairs(yamltree.Get(j.body, "services")) {
		one(p.Value)
	}
}

func (c *checker) images(j *job, n *yaml.Node) {
	text := yamltree.Text(n)
	if !strings.Contains(text, "${{") {
		c.image(j.flow, n, text)
		return
	}
	for _, e := range expressions(text) {
		if e.raw != strings.TrimSpace(text) {
			return
		}
		for _, name := range flows(e.node) {
			for _, v := range j.matrix(strings.TrimPrefix(name, "matrix.")) {
				if strings.HasPrefix(name, "matrix.") {
					c.image(j.flow, v, yamltree.Text(v))
				}
			}
		}
	}
}

// dockerAction judges the image of an action that is one.
func (c *checker) dockerAction(w *workflow) {
	n := yamltree.Get(w.root, "runs", "image")
	if text, ok := strings.CutPrefix(yamltree.Text(n), "docker://"); ok {
		c.image(w, n, text)
	}
}
