package lockfile

import (
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// readGradleLock reads a gradle.lockfile: group:name:version=configurations.
func readGradleLock(f tree.File, _ *around) (*lock, error) {
	if len(f.Text) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	l, number := &lock{dev: true}, 0
	for line := range strings.SplitSeq(string(f.Text), "\n") {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || strings.HasPrefix(line, "empty=") {
			continue
		}
		id, uses, _ := strings.Cut(line, "=")
		parts := strings.Split(id, ":")
		if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
			return nil, errorf("its line %d is not right.", number)
		}
		p := Package{Ecosystem: Maven, Name: parts[0] + ":" + parts[1], Version: parts[2], Place: id, Line: number, Dev: onlyTests(uses)}
		if err := l.add(p, -1); err != nil {
			return nil, err
		}
	}
	l.find = l.byName()
	return l, nil
}

// onlyTests reports whether all configurations are for building or testing.
func onlyTests(uses string) bool {
	for use := range strings.SplitSeq(uses, ",") {
		lower := strings.ToLower(use)
		if !strings.HasPrefix(lower, "test") && !strings.Contains(lower, "annotationprocessor") && !strings.HasPrefix(lower, "checkstyle") && !strings.HasPrefix(lower, "jacoco") {
			return false
		}
	}
	return uses != ""
}

var gradleAsk = regexp.MustCompile(`^\s*([A-Za-z]*(?:[iI]mplementation|[aA]pi|[cC]ompileOnly|[rR]untimeOnly|[cC]ompile|[rR]untime|[aA]nnotationProcessor|kapt|ksp|classpath))\b[\s(]+(?:platform\(|enforcedPlatform\()?\s*(?:['"]([\w.-]+):([\w.-]+)(?::([^'"@:]+))?[^'"]*['"]|(libs\.[\w.]+))`)

// readGradle reads the plain lines of a build.gradle or build.gradle.kts, which
// is a program, that name packages.
func readGradle(f tree.File) (*manifest, error) {
	m, number := &manifest{tool: "gradle"}, 0
	if len(f.Text) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	for line := range strings.SplitSeq(string(f.Text), "\n") {
		number++
		if len(line) > maxText || len(m.asks) >= maxPackages {
			continue
		}
		g := gradleAsk.FindStringSubmatchIndex(line)
		if g == nil {
			continue
		}
		a := Ask{File: f, Line: number, Dev: strings.HasPrefix(strings.TrimSpace(line), "test")}
		if g[10] >= 0 { // of a catalogue: the name is not known
			a.Name, a.Column, a.Want = line[g[10]:g[11]], g[10]+1, "file:"
		} else {
			a.Name, a.Column = line[g[4]:g[5]]+":"+line[g[6]:g[7]], g[4]+1
		}
		if g[8] >= 0 {
			a.Want, a.WantLine, a.WantColumn = line[g[8]:g[9]], number, g[8]+1
		}
		m.asks = append(m.asks, a)
	}
	m.asks = unique(m.asks)
	return m, nil
}
