package regions

import (
	"strings"
)

// hostAt returns the host that the bytes from..to of a text are part of, in
// small letters, and where it begins. It reports false where more follows that
// is only known when the program runs.
func hostAt(text []byte, from, to int) (host string, start int) {
	start = from
	for start > 0 && hostByte(text[start-1]) && from-start < 200 {
		start--
	}
	for to < len(text) && hostByte(text[to]) && to-from < 200 {
		to++
	}
	return strings.ToLower(strings.Trim(string(text[start:to]), ".-")), start
}

func hostByte(c byte) bool { return letter(c) || digit(c) || c == '-' || c == '.' }

// below reports whether a host is a name or stands below it.
func below(host, name string) bool {
	return host == name || strings.HasSuffix(host, "."+name)
}

// inHost returns the region that a host below the end of a cloud names.
func (a *atlas) inHost(host, end string) *region {
	front := strings.TrimSuffix(strings.TrimSuffix(host, end), ".")
	providers := a.clouds[end]
	labels := strings.Split(front, ".")
	for i := len(labels) - 1; i >= 0; i-- { // the region stands nearer to the end than what people choose
		if x := a.inLabel(labels[i], providers); x != nil {
			return x
		}
	}
	return nil
}

// inLabel finds a region that is all of a label or a part of it between
// hyphens, the longest first.
func (a *atlas) inLabel(label string, providers []string) *region {
	if list := a.in(label, providers); len(list) > 0 {
		return list[0]
	}
	parts := strings.Split(label, "-")
	if len(parts) > 12 {
		return nil
	}
	for n := len(parts) - 1; n > 0; n-- {
		for i := 0; i+n <= len(parts); i++ {
			name := strings.Join(parts[i:i+n], "-")
			for _, x := range a.in(name, providers) {
				if !x.weak && !short(name) || i == 0 && x.multi && n == 1 && len(parts) == 2 && parts[1] == "docker" {
					return x
				}
			}
		}
	}
	return nil
}

// short reports whether a name is one that is made by leaving hyphens out, or
// is a plain word.
func short(name string) bool { return !strings.ContainsAny(name, "-0123456789") && len(name) < 6 }

// placeOf returns the place that a host is in, by its longest known name.
func (a *atlas) placeOf(host string) (place, bool) {
	for {
		if p, ok := a.places[host]; ok {
			return p, true
		}
		_, rest, more := strings.Cut(host, ".")
		if !more {
			return place{}, false
		}
		host = rest
	}
}
