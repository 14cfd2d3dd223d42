package images

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// from is one FROM line: the image after its variables are filled in.
type from struct {
	image string
	line  int
}

func isDockerfile(name string) bool {
	base := strings.ToLower(path.Base(name))
	return base == "dockerfile" || base == "containerfile" || strings.HasPrefix(base, "dockerfile.") || strings.HasSuffix(base, ".dockerfile")
}

var variable = regexp.MustCompile(`\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})`)

// baseImages returns the images a Dockerfile builds on, in order: of each FROM
// line that does not name an earlier stage. Variables take the default of
// their ARG; those without one stay as they are.
func baseImages(f tree.File) []from {
	args, stages := map[string]string{}, []string{}
	var out []from
	for i, line := range logicalLines(string(f.Text)) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch strings.ToUpper(words[0]) {
		case "ARG":
			name, value, _ := strings.Cut(words[1], "=")
			args[name] = strings.Trim(value, `"'`)
		case "FROM":
			words = slices.DeleteFunc(words[1:], func(w string) bool { return strings.HasPrefix(w, "--") })
			if len(words) == 0 {
				continue
			}
			image := fill(words[0], args)
			if !slices.Contains(stages, strings.ToLower(image)) && image != "scratch" {
				out = append(out, from{image, i + 1})
			}
			if len(words) >= 3 && strings.EqualFold(words[1], "as") {
				stages = append(stages, strings.ToLower(words[2]))
			}
		}
	}
	return out
}

// logicalLines joins lines that end in a backslash to the first of them and
// leaves the others empty, so that numbers stay as they are.
func logicalLines(text string) []string {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		first := i
		lines[first] = strings.TrimSpace(lines[first])
		for strings.HasSuffix(lines[first], `\`) && i+1 < len(lines) {
			i++
			lines[first] = strings.TrimSuffix(lines[first], `\`) + " " + strings.TrimSpace(lines[i])
			lines[i] = ""
		}
	}
	return lines
}

func fill(image string, args map[string]string) string {
	return variable.ReplaceAllStringFunc(image, func(v string) string {
		m := variable.FindStringSubmatch(v)
		if value := args[m[1]+m[2]]; value != "" {
			return value
		}
		if m[3] != "" {
			return m[3]
		}
		return v
	})
}
