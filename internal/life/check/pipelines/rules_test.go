package pipelines

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// steps wraps steps into a workflow that has no other fault.
func steps(on, body string) tree.File {
	return flowFile("on: " + on + "\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n" + body)
}

// TestRules gives each rule what it must find and what it must leave alone.
func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		file tree.File
		want []string // codes
	}{
		"title in a script":      {steps("issues", "      - run: echo ${{ github.event.issue.title }}\n"), []string{"pipeline_injection"}},
		"title compared":         {steps("issues", "      - run: echo ${{ github.event.issue.title == 'x' }}\n"), nil},
		"number in a script":     {steps("issues", "      - run: echo ${{ github.event.issue.number }}\n"), nil},
		"title by env":           {steps("issues", "      - run: echo \"$T\"\n        env:\n          T: ${{ github.event.issue.title }}\n"), nil},
		"all of the event":       {steps("issues", "      - run: echo '${{ toJSON(github.event) }}'\n"), []string{"pipeline_injection"}},
		"head of a change":       {steps("pull_request_target", "      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683\n        with:\n          persist-credentials: false\n          ref: ${{ github.event.pull_request.head.sha }}\n"), []string{"pipeline_strangers_code", "pipeline_trigger_strangers"}},
		"head on pull_request":   {steps("pull_request", "      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683\n        with:\n          persist-credentials: false\n          ref: ${{ github.event.pull_request.head.sha }}\n"), nil},
		"cloud key":              {steps("push", "      - run: ./deploy\n        env:\n          AWS_SECRET_ACCESS_KEY: ${{ secrets.K }}\n"), []string{"pipeline_stored_key"}},
		"curl to a shell":        {steps("push", "      - run: curl -sSf https://x.example/i.sh | sudo bash\n"), []string{"pipeline_download_run"}},
		"curl to a file":         {steps("push", "      - run: curl -sSf https://x.example/i.sh -o i.sh\n"), nil},
		"all secrets":            {steps("push", "      - run: ./x\n        env:\n          A: ${{ toJSON(secrets) }}\n"), []string{"pipeline_secrets_all"}},
		"part of a secret":       {steps("push", "      - run: ./x\n        env:\n          A: ${{ fromJSON(secrets.A).b }}\n"), []string{"pipeline_secret_shown"}},
		"unsafe commands":        {steps("push", "      - run: ./x\n        env:\n          ACTIONS_ALLOW_UNSECURE_COMMANDS: true\n"), []string{"pipeline_unsafe_commands"}},
		"condition with a break": {steps("push", "      - if: |\n          ${{ github.ref == 'x' }}\n        run: ./x\n"), []string{"pipeline_condition_always"}},
		"no packages":            {steps("push", "      - run: npm test\n"), []string{"pipeline_npm_not_installed"}},
		"packages":               {steps("push", "      - run: npm ci\n      - run: npm test\n"), nil},
		"tag":                    {steps("push", "      - uses: some/where@v1\n"), []string{"pipeline_action_unpinned"}},
		"one slip":               {steps("push", "      - uses: action/checkout@11bd71901bbe5b1630ceea73d27597364c9af683\n"), []string{"pipeline_action_unknown"}},
		"archived":               {steps("push", "      - uses: actions/create-release@11bd71901bbe5b1630ceea73d27597364c9af683\n"), []string{"pipeline_action_archived"}},
		"own machine":            {flowFile("on: pull_request\npermissions: {}\njobs:\n  a:\n    runs-on: self-hosted\n    timeout-minutes: 5\n    steps:\n      - run: ./x\n"), []string{"pipeline_own_runner"}},
		"every right":            {flowFile("on: push\npermissions: write-all\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n      - run: ./x\n"), []string{"pipeline_permissions_all"}},
		"image by tag":           {flowFile("on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container: node:22\n    timeout-minutes: 5\n    steps:\n      - run: ./x\n"), []string{"pipeline_image_unpinned"}},
		"written password":       {flowFile("on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container:\n      image: x@sha256:1\n      credentials:\n        username: u\n        password: hunter\n    timeout-minutes: 5\n    steps:\n      - run: ./x\n"), []string{"pipeline_password"}},
		"inherit":                {flowFile("on: push\npermissions: {}\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    secrets: inherit\n"), []string{"pipeline_secrets_inherit"}},
		"unknown key":            {flowFile("on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    step:\n      - run: ./x\n"), []string{"pipeline_key_unknown", "pipeline_part_missing"}},
		"cache in a release":     {steps("release", "      - uses: actions/cache@55cc8345863c7cc4c66a329aec7e433d2d1c52a9\n        with:\n          path: x\n          key: y\n"), []string{"pipeline_release_cache"}},
		"tab":                    {flowFile("on: push\n\tjobs: x\n"), []string{"pipeline_unreadable"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range check(c.file).Findings {
				got = append(got, f.Code)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// TestEditsMend follows the exact edits and finds nothing more.
func TestEditsMend(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"value in a script": {"on: issues\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n      - run: |\n          echo ${{ github.event.issue.title }}\n          echo \"x ${{ github.event.issue.body }}\"\n      - run: ./x\n",
			"          echo \"${ISSUE_TITLE}\"\n          echo \"x ${ISSUE_BODY}\"\n        env:\n          ISSUE_TITLE: ${{ github.event.issue.title }}\n          ISSUE_BODY: ${{ github.event.issue.body }}\n"},
		"env that is there": {"on: issues\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n      - env:\n          A: b\n        run: echo ${{ github.event.issue.title }}\n",
			"          ISSUE_TITLE: ${{ github.event.issue.title }}\n          A: b\n        run: echo \"${ISSUE_TITLE}\"\n"},
		"checkout": {"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./x\n",
			"on: push\npermissions:\n  contents: read\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 30\n    steps:\n      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2\n        with:\n          persist-credentials: false\n"},
		"twice and no rights": {"on: [push, pull_request]\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n      - run: ./x\n",
			"on: {push: {branches: [main]}, pull_request: {}}\npermissions:\n  contents: read\njobs:\n"},
		"event":           {strings.Replace(small, "on: push", "on: pul_request", 1), "on: pull_request\n"},
		"machine":         {strings.Replace(small, "ubuntu-latest", "ubunt-latest", 1), "    runs-on: ubuntu-latest\n"},
		"right":           {strings.Replace(small, "{}", "{content: read}", 1), "permissions: {contents: read}\n"},
		"context":         {small + "        env:\n          A: ${{ gihub.sha }}\n", "          A: ${{ github.sha }}\n"},
		"input":           {small + "      - uses: actions/checkout@v4\n        with:\n          persist-credentials: false\n          fetch-dept: 0\n", "          fetch-depth: 0\n"},
		"job":             {small + "  b:\n    needs: [a, buld]\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n      - run: ./x\n  build:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n      - run: ./x\n", "    needs: [a, build]\n"},
		"all rights":      {strings.Replace(small, "{}", "write-all", 1), "permissions: {contents: read}\n"},
		"may read":        {strings.Replace(small, "{}", "read-all", 1), "permissions: {contents: read}\n"},
		"owner":           {small + "      - uses: " + strings.Replace(checkout, "actions/", "action/", 1) + "\n        with:\n          persist-credentials: false\n", "      - uses: " + checkout + "\n"},
		"slip":            {"on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutse: 5\n    steps:\n      - run: ./x\n", "    timeout-minutes: 5\n"},
		"unsafe commands": {"on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    env:\n      ACTIONS_ALLOW_UNSECURE_COMMANDS: true\n    steps:\n      - run: ./x\n", "    timeout-minutes: 5\n    steps:\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := mended(t, flowFile(c.text))
			if !strings.Contains(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if left := listed(check(flowFile(got))); len(left) > 0 {
				t.Errorf("still there: %v", left)
			}
		})
	}
}

const (
	small    = "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n      - run: ./x\n"
	checkout = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"
)

// TestNoEditIsGuessed has faults that look like others with an exact mend, but
// where it could take away what the maker needs.
func TestNoEditIsGuessed(t *testing.T) {
	for name, text := range map[string]string{
		"rights that are used":      strings.Replace(small, "{}", "write-all", 1) + "      - run: git push\n",
		"a token that is named":     strings.Replace(small, "{}", "read-all", 1) + "        env:\n          T: ${{ github.token }}\n",
		"an action nobody knows":    strings.Replace(small, "{}", "read-all", 1) + "      - uses: some/where@11bd71901bbe5b1630ceea73d27597364c9af683\n",
		"a commit of nobody":        small + "      - uses: action/checkout@0000000000000000000000000000000000000000\n",
		"a name of its own":         strings.Replace(small, "on: push", "on: deliveries", 1),
		"a job like no other":       small + "  b:\n    needs: elsewhere\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n      - run: ./x\n",
		"a machine that is a value": strings.Replace(small, "ubuntu-latest", "gpu-large", 1) + "      - run: echo '${{ github.event }}'\n",
	} {
		t.Run(name, func(t *testing.T) {
			list := check(flowFile(text)).Findings
			if len(list) == 0 {
				t.Error("nothing was found")
			}
			for _, f := range list {
				if len(f.Edits) > 0 {
					t.Errorf("%s: %v", f.Code, f.Fix)
				}
			}
		})
	}
}

// TestUpdatesWait is for the settings of the program that raises versions.
func TestUpdatesWait(t *testing.T) {
	f := tree.File{Path: ".github/dependabot.yml", Text: []byte("version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /\n  - package-ecosystem: bundler\n    insecure-external-code-execution: allow\n    cooldown:\n      default-days: 1\n")}
	want := "version: 2\nupdates:\n  - package-ecosystem: npm\n    cooldown:\n      default-days: 7\n    directory: /\n  - package-ecosystem: bundler\n    insecure-external-code-execution: deny\n    cooldown:\n      default-days: 7\n"
	got := mended(t, f)
	if got != want {
		t.Errorf("got\n%s", got)
	}
	if left := check(tree.File{Path: f.Path, Text: []byte(got)}).Findings; len(left) > 0 {
		t.Errorf("still there: %v", left)
	}
}

func TestQuotesThatHoldNoVariable(t *testing.T) {
	for _, run := range []string{"echo '${{ github.event.issue.title }}'", "cat <<'E'\n          ${{ github.event.issue.title }}\n          E", "${{ github.event.issue.title }}"} {
		res := check(steps("issues", "      - run: |\n          "+run+"\n"))
		if len(res.Findings) != 1 || len(res.Findings[0].Edits) != 0 || len(res.Findings[0].Fix) == 0 {
			t.Errorf("%s: an edit here would change what the script does: %+v", run, res.Findings)
		}
	}
}

// TestSameFaultInManyJobs finds one fault of many jobs at the first of them, each
// time: actionlint visits jobs in the order of a map.
func TestSameFaultInManyJobs(t *testing.T) {
	text := "on: push\npermissions: {}\njobs:\n"
	for _, j := range strings.Split("abcdefgh", "") {
		text += "  " + j + ":\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n      - run: echo ${{ nothing.here }}\n"
	}
	for range 10 {
		var lines []int
		for _, f := range check(flowFile(text)).Findings {
			if f.Code == "pipeline_expression" {
				lines = append(lines, f.Line)
			}
		}
		if !slices.Equal(lines, []int{8}) {
			t.Fatalf("found at lines %v, want the first only", lines)
		}
	}
}

// TestInheritedPipeline takes away, changes and weakens the pipeline that an
// app was made with; the edits bring it back.
func TestInheritedPipeline(t *testing.T) {
	text := "# Every app has this.\non: push\npermissions: {}\njobs:\n  check:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - name: Check\n        run: go run x.example/cmd/paddock@v1 check .\n"
	want := map[string][]byte{".github/workflows/ci.yml": []byte(text)}
	run := func(files ...tree.File) []string {
		var out []string
		for _, f := range Check(context.Background(), Input{Tree: &tree.Tree{Files: files}, Inherited: want}).Findings {
			if strings.Contains(f.Code, "inherited") {
				out = append(out, f.Code)
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		files []tree.File
		want  string
	}{
		"gone":           {nil, "pipeline_inherited_missing"},
		"same":           {[]tree.File{flowFile(text)}, ""},
		"other ends":     {[]tree.File{flowFile(strings.ReplaceAll(text, "\n", "\r\n"))}, ""},
		"one more step":  {[]tree.File{flowFile(text + "      - run: ./x\n")}, "pipeline_inherited_changed"},
		"check ignored":  {[]tree.File{flowFile(strings.Replace(text, "check .", "check . || true", 1))}, "pipeline_inherited_weak"},
		"check gone":     {[]tree.File{flowFile(strings.Replace(text, "paddock@v1 check .", "true", 1))}, "pipeline_inherited_weak"},
		"may fail":       {[]tree.File{flowFile(text + "        continue-on-error: true\n")}, "pipeline_inherited_weak"},
		"check in notes": {[]tree.File{flowFile(strings.Replace(text, "        run: go", "        run: \"true\" # go", 1))}, "pipeline_inherited_weak"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(run(c.files...), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for _, broken := range []string{"", "on: push\n", "# new\n" + text, strings.Replace(text, "permissions: {}\n", "", 1), strings.Replace(text, "# Every app has this.\n", "", 1)} {
		f := flowFile(broken)
		var lines []string
		if broken != "" {
			lines = textLines(f.Text)
		}
		got := applied(lines, restore(f, want[f.Path]))
		if !slices.Equal(got, textLines([]byte(text))) {
			t.Errorf("from %q:\n%s", broken, strings.Join(got, "\n"))
		}
	}
}
