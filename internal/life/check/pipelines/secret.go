package pipelines

import (
	"regexp"
	"strings"

	"github.com/rhysd/actionlint"
	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// longLived are names of keys that stay valid until somebody takes them back,
// and that a cloud would not need: it takes the pipeline's own identity.
var longLived = regexp.MustCompile(`(?i)^(AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|aws-access-key-id|aws-secret-access-key|AZURE_CREDENTIALS|AZURE_CLIENT_SECRET|ARM_CLIENT_SECRET|ARM_ACCESS_KEY|GOOGLE_CREDENTIALS|GOOGLE_APPLICATION_CREDENTIALS_JSON|GCP_SA_KEY|GCP_CREDENTIALS|GCLOUD_SERVICE_KEY|credentials_json|service_account_key|creds|ALICLOUD_SECRET_KEY)$`)

// stored reports keys of a cloud that are kept as secrets of the project.
func (c *checker) stored(s *step) {
	for _, n := range []*yaml.Node{yamltree.Get(s.body, "env"), s.with} {
		for _, p := range yamltree.Pairs(n) {
			if longLived.MatchString(p.Key.Value) && secretOf(yamltree.Text(p.Value)) {
				if p.Key.Value == "creds" && !s.isUse("azure/login") || elsewhere(p.Value, n) {
					continue
				}
				c.say("pipeline_stored_key", s.job.flow, p.Key, "name", p.Key.Value)
				return
			}
		}
	}
	if s.n == 0 {
		c.storedAbove(s.job)
	}
}

// storedAbove is for variables of a whole job or workflow.
func (c *checker) storedAbove(j *job) {
	at := []*yaml.Node{yamltree.Get(j.body, "env")}
	if len(j.flow.jobs) > 0 && j.flow.jobs[0] == j {
		at = append(at, yamltree.Get(j.flow.root, "env"))
	}
	for _, n := range at {
		for _, p := range yamltree.Pairs(n) {
			if longLived.MatchString(p.Key.Value) && secretOf(yamltree.Text(p.Value)) && !elsewhere(p.Value, n) {
				c.say("pipeline_stored_key", j.flow, p.Key, "name", p.Key.Value)
				return
			}
		}
	}
}

// elsewhere reports whether an AWS key is for a store of another maker, which
// takes no other way to log in.
func elsewhere(value, env *yaml.Node) bool {
	return strings.Contains(yamltree.Text(value), "R2_") || yamltree.Has(env, "AWS_ENDPOINT_URL") || yamltree.Has(env, "AWS_ENDPOINT_URL_S3")
}

// publishKey names keys that hand out packages in somebody's name.
var publishKey = regexp.MustCompile(`^(PYPI_API_TOKEN|PYPI_TOKEN|TWINE_PASSWORD|UV_PUBLISH_TOKEN|POETRY_PYPI_TOKEN_PYPI|NPM_TOKEN|NODE_AUTH_TOKEN|CARGO_REGISTRY_TOKEN|GEM_HOST_API_KEY|RUBYGEMS_API_KEY|NUGET_API_KEY)$`)

// publishCommand is a command that hands out a package.
var publishCommand = regexp.MustCompile(`\b(?:npm|pnpm|yarn(?:\s+npm)?|bun|cargo(?:\s+\+\w+)?|uv|poetry|hatch)\s+(?:\\\s*)?publish\b|\btwine\s+upload\b|\bgem\s+push\b|\bnuget\s+push\b`)

// published reports a long-lived key to a place where packages are handed out;
// the big ones take the pipeline's own identity.
func (c *checker) published(s *step) {
	w := s.job.flow
	if s.isUse("pypa/gh-action-pypi-publish") {
		if n := yamltree.Key(s.with, "password"); n != nil && publicIndex(s.input("repository-url")) {
			c.say("pipeline_publish_key", w, n, "name", "password")
		}
		return
	}
	if s.isUse("rubygems/configure-rubygems-credentials") && s.input("api-token") != nil {
		c.say("pipeline_publish_key", w, yamltree.Key(s.with, "api-token"), "name", "api-token")
		return
	}
	run := yamltree.Text(s.run)
	if m := publishCommand.FindStringIndex(run); m == nil || strings.Contains(run[m[0]:], "--dry-run") || strings.Contains(run[m[0]:], " -n") {
		return
	}
	for _, n := range []*yaml.Node{yamltree.Get(s.body, "env"), yamltree.Get(s.job.body, "env"), yamltree.Get(w.root, "env")} {
		for _, p := range yamltree.Pairs(n) {
			if publishKey.MatchString(p.Key.Value) && secretOf(yamltree.Text(p.Value)) {
				c.say("pipeline_publish_key", w, p.Key, "name", p.Key.Value)
				return
			}
		}
	}
}

func secretOf(text string) bool { return strings.Contains(text, "secrets.") }

// expressionsOf judges every expression of a file: what it takes from the
// secrets, and what it believes of the person who acts.
func (c *checker) expressionsOf(w *workflow) {
	if !strings.Contains(string(w.File.Text), "secrets") {
		return
	}
	var walk func(n *yaml.Node, depth int)
	walk = func(n *yaml.Node, depth int) {
		if n == nil || depth > 60 || n.Kind == yaml.AliasNode {
			return
		}
		if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "${{") {
			c.secretsIn(w, n)
		}
		for _, child := range n.Content {
			walk(child, depth+1)
		}
	}
	walk(w.root, 0)
}

func (c *checker) secretsIn(w *workflow, n *yaml.Node) {
	cursor := w.cursor(n)
	for _, e := range expressions(n.Value) {
		line, column := cursor.next(e.raw)
		all, part := false, false
		visitExpr(e.node, func(x actionlint.ExprNode) {
			switch x := x.(type) {
			case *actionlint.FuncCallNode:
				for _, a := range x.Args {
					name, _ := chain(a)
					all = all || strings.EqualFold(x.Callee, "tojson") && name == "secrets"
					part = part || strings.EqualFold(x.Callee, "fromjson") && strings.HasPrefix(name, "secrets.")
				}
			case *actionlint.IndexAccessNode:
				if v, ok := x.Operand.(*actionlint.VariableNode); ok && v.Name == "secrets" {
					_, written := x.Index.(*actionlint.StringNode)
					all = all || !written
				}
			}
		})
		if all {
			c.sayAt("pipeline_secrets_all", w.spot(line, column))
		}
		if part {
			c.sayAt("pipeline_secret_shown", w.spot(line, column))
		}
	}
}

// spoofed are values that say who acted last, not who made the change.
var spoofed = map[string]bool{"github.actor": true, "github.triggering_actor": true, "github.event.pull_request.sender.login": true, "github.event.sender.login": true, "github.actor_id": true}

// condition judges an if.
func (c *checker) condition(w *workflow, n *yaml.Node) {
	text := yamltree.Text(n)
	if text == "" {
		return
	}
	if list := expressions(text); len(list) > 0 && strings.TrimSpace(text) == list[0].raw && text != list[0].raw || len(list) > 0 && strings.TrimSpace(text) != list[0].raw && !wholly(text, list) {
		c.say("pipeline_condition_always", w, n)
		return
	}
	src := strings.TrimSpace(text)
	if list := expressions(src); len(list) == 1 && list[0].raw == src {
		src = strings.TrimSuffix(strings.TrimPrefix(src, "${{"), "}}")
	}
	node := parseExpr(src)
	bot, list := false, false
	visitExpr(node, func(x actionlint.ExprNode) {
		switch x := x.(type) {
		case *actionlint.CompareOpNode:
			bot = bot || x.Kind == actionlint.CompareOpNodeKindEq && (isBot(x.Left, x.Right) || isBot(x.Right, x.Left))
		case *actionlint.FuncCallNode:
			if strings.EqualFold(x.Callee, "contains") && len(x.Args) == 2 {
				_, written := x.Args[0].(*actionlint.StringNode)
				name, _ := chain(x.Args[1])
				list = list || written && strings.HasPrefix(name, "github.")
			}
		}
	})
	if bot && w.has("pull_request_target", "workflow_run", "issue_comment") {
		c.say("pipeline_bot_believed", w, n)
	}
	if list {
		c.say("pipeline_condition_part", w, n)
	}
}

// wholly reports whether text around expressions is no more than blanks.
func wholly(text string, list []expression) bool {
	for _, e := range list {
		text = strings.Replace(text, e.raw, "", 1)
	}
	return strings.TrimSpace(text) == ""
}

func isBot(name, value actionlint.ExprNode) bool {
	s, ok := value.(*actionlint.StringNode)
	n, _ := chain(name)
	return ok && spoofed[n] && (strings.HasSuffix(s.Value, "[bot]") || s.Value == "49699333" || s.Value == "27856297" || s.Value == "29139614")
}

// insecureCommands reports the switch that lets any output of a step set
// variables.
func (c *checker) insecureCommands(s *step) {
	nodes := []*yaml.Node{s.body}
	if s.n == 0 {
		nodes = append(nodes, s.job.body)
		if w := s.job.flow; len(w.jobs) > 0 && w.jobs[0] == s.job {
			nodes = append(nodes, w.root)
		}
	}
	w := s.job.flow
	for _, n := range nodes {
		env := yamltree.Get(n, "env")
		for _, p := range yamltree.Pairs(env) {
			if p.Key.Value != "ACTIONS_ALLOW_UNSECURE_COMMANDS" || yamltree.Text(p.Value) == "" || strings.EqualFold(yamltree.Text(p.Value), "false") {
				continue
			}
			at := w.at(p.Key)
			if key := yamltree.Key(n, "env"); w.shift == nil && !yamltree.Flow(env) && key != nil && key.Line != p.Key.Line {
				at.Edits = deleteLines(w.file, p.Key.Line)
				if len(yamltree.Pairs(env)) == 1 {
					at.Edits = deleteLines(w.file, key.Line, p.Key.Line)
				}
				if strings.HasPrefix(strings.TrimSpace(w.line(key.Line)), "- ") {
					at.Edits = nil
				}
			}
			c.sayAt("pipeline_unsafe_commands", at)
		}
	}
}

// publicIndex reports whether packages go to the public Python index, or to the
// public one for trials: what the action does if it is not told.
func publicIndex(n *yaml.Node) bool {
	to := yamltree.Text(n)
	return n == nil || strings.Contains(to, "//upload.pypi.") || strings.Contains(to, "//test.pypi.")
}
