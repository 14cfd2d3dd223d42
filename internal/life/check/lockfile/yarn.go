package lockfile

import (
	"bytes"
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// yarnLock is a yarn.lock in the making, classic or berry: blocks that begin
// at the first column, with fields indented by two and maps by four spaces.
type yarnLock struct {
	lock
	keys    map[string]int // "name@range" -> index, Local for a folder of the app
	names   map[string]int // name -> first index
	ids     map[string]int // name@version -> index
	folders map[string]bool
	asks    [][]string // of each package, as keys
	block   yarnBlock
}

type yarnBlock struct {
	keys                            []string
	offset                          int
	version, resolution, from, sums string
	soft                            bool // a folder of the app
	section                         string
	asks                            []string
}

// readYarn reads a yarn.lock.
func readYarn(f tree.File, a *around) (*lock, error) {
	if len(f.Text) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	l := &yarnLock{keys: map[string]int{}, names: map[string]int{}, ids: map[string]int{}, folders: map[string]bool{}}
	for at := 0; at < len(f.Text); {
		end := bytes.IndexByte(f.Text[at:], '\n')
		if end < 0 {
			end = len(f.Text) - at
		}
		line := strings.TrimRight(string(f.Text[at:at+end]), "\r ")
		if err := l.line(line, at); err != nil {
			return nil, err
		}
		at += end + 1
	}
	if err := l.close(); err != nil {
		return nil, err
	}
	for i, asks := range l.asks {
		for _, key := range asks {
			l.need(i, l.key(key, true))
		}
	}
	strict := !bytes.Contains(a.file(path.Join(dirOf(f), "package.json")).Text, []byte(`"resolutions"`))
	patterns := a.workspaces(dirOf(f))
	l.covers = func(dir string, _ *manifest) bool { return l.folders[dir] || inWorkspace(patterns, dir) }
	l.find = func(_ string, a Ask) int { return l.key(a.Name+"@"+a.Want, true) }
	l.stale = func(_ string, a Ask) bool {
		return strict && !strings.Contains(a.Want, ":") && l.key(a.Name+"@"+a.Want, false) == Missing
	}
	return &l.lock, nil
}

func (l *yarnLock) line(line string, offset int) error {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	text := line[indent:]
	b := &l.block
	switch {
	case text == "" || text[0] == '#' || text == ":" && indent == 0:
	case indent == 0:
		if err := l.close(); err != nil {
			return err
		}
		head, ok := strings.CutPrefix(text, "? ") // how long keys are written
		if !ok {
			head, ok = strings.CutSuffix(text, ":")
		}
		if !ok {
			return errorf("it is not right near %.60q.", text)
		}
		l.block = yarnBlock{keys: yarnKeys(head), offset: offset}
	case len(b.keys) == 0:
		return errorf("it is not right near %.60q.", text)
	case indent == 2:
		b.field(text)
	case indent == 4 && (b.section == "dependencies" || b.section == "optionalDependencies"):
		if name, want := yarnPair(text); name != "" {
			b.asks = append(b.asks, name+"@"+want)
		}
	}
	return nil
}

func (b *yarnBlock) field(text string) {
	name, value := yarnPair(text)
	b.section = ""
	switch name {
	case "version":
		b.version = value
	case "resolution":
		b.resolution = value
	case "resolved":
		b.from = value
	case "integrity":
		b.sums = value
	case "linkType":
		b.soft = value == "soft"
	default:
		if value == "" {
			b.section = name
		}
	}
}

// close keeps the block that was read.
func (l *yarnLock) close() error {
	b := l.block
	l.block = yarnBlock{}
	if len(b.keys) == 0 || b.keys[0] == "__metadata" {
		return nil
	}
	name := yarnName(b.keys[0])
	switch real, source, _ := strings.Cut(after(b.resolution), ":"); {
	case b.soft || real == "workspace":
		l.folders[source] = true
		l.keep(b.keys, name, Local)
		return nil
	case real == "npm":
		name, b.resolution = yarnName(b.resolution), ""
	case real == "patch":
		name, b.resolution = yarnName(b.resolution), ""
		if i, ok := l.ids[name+"@"+b.version]; ok {
			l.keep(b.keys, name, i)
			return nil
		}
	}
	if b.version == "" || name == "" {
		return errorf("its entry %.80q has no version.", b.keys[0])
	}
	p := Package{Ecosystem: NPM, Name: name, Version: b.version, Place: b.keys[0], Hashes: integrity(b.sums), Resolved: b.resolution}
	if b.from != "" {
		from, sum, _ := strings.Cut(b.from, "#")
		p.Resolved = from
		if h, ok := hashOf("sha1", sum); ok && len(p.Hashes) == 0 {
			p.Hashes = []Hash{h}
		}
	}
	l.keep(b.keys, name, len(l.packages))
	l.ids[p.Key()] = len(l.packages)
	l.asks = append(l.asks, b.asks)
	return l.add(p, b.offset)
}

func (l *yarnLock) keep(keys []string, name string, i int) {
	for _, k := range keys {
		l.keys[k] = i
	}
	if _, ok := l.names[name]; !ok {
		l.names[name] = i
	}
}

// key finds what "name@range" gets; loosely, a name of which there is any
// version will do: resolutions and protocols may change the range.
func (l *yarnLock) key(key string, loose bool) int {
	if i, ok := l.keys[key]; ok {
		return i
	}
	name := yarnName(key)
	want := key[min(len(name)+1, len(key)):]
	if i, ok := l.keys[name+"@npm:"+want]; ok {
		return i
	}
	if i, ok := l.names[name]; ok && loose {
		return i
	}
	return Missing
}

// yarnKeys parts "a@^1, b@^2", quoted or not, each or together.
func yarnKeys(s string) []string {
	var out []string
	for k := range strings.SplitSeq(strings.ReplaceAll(s, `"`, ""), ", ") {
		out = append(out, strings.TrimSpace(k))
	}
	return out
}

// yarnPair parts a field: name "value" or name: value.
func yarnPair(text string) (name, value string) {
	if strings.HasPrefix(text, `"`) {
		name, value, _ = strings.Cut(text[1:], `"`)
	} else if i := strings.IndexAny(text, ": "); i >= 0 {
		name, value = text[:i], text[i:]
	}
	value = strings.TrimSpace(strings.TrimPrefix(value, ":"))
	return name, strings.Trim(value, `"`)
}

// yarnName takes the name from "name@range". An alias, "a@npm:b@^1" of the
// classic form, is b.
func yarnName(key string) string {
	if i := strings.Index(key, "@npm:"); i > 0 {
		if real := key[i+len("@npm:"):]; strings.LastIndexByte(real, '@') > 0 {
			return real[:strings.LastIndexByte(real, '@')]
		}
	}
	if i := strings.IndexByte(key[min(1, len(key)):], '@'); i >= 0 {
		return key[:i+1]
	}
	return key
}

// after is what follows the name of "name@rest".
func after(key string) string {
	if i := strings.IndexByte(key[min(1, len(key)):], '@'); i >= 0 {
		return key[i+2:]
	}
	return ""
}
