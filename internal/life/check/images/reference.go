package images

import "strings"

// Registry returns the place an image comes from, in lower case: the part
// before the first slash if it looks like a host, else docker.io.
func Registry(image string) string {
	host, _, found := strings.Cut(image, "/")
	if found && (strings.ContainsAny(host, ".:") || host == "localhost") {
		return strings.ToLower(host)
	}
	return "docker.io"
}

// approved reports whether an image comes from one of the registries: a host,
// or a host with the beginning of a path.
func approved(image string, registries []string) bool {
	full := image
	if Registry(image) == "docker.io" && !strings.HasPrefix(image, "docker.io/") {
		full = "docker.io/" + image
	}
	host, rest, _ := strings.Cut(full, "/")
	full = strings.ToLower(host) + "/" + rest
	for _, r := range registries {
		r = strings.TrimSuffix(strings.ToLower(r), "/")
		if r != "" && strings.HasPrefix(full, r+"/") {
			return true
		}
	}
	return false
}
