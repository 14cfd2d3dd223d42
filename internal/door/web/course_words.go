package web

import "strings"

// paragraphs splits a lesson's text at empty lines.
func paragraphs(body string) []string {
	var some []string
	for _, text := range strings.Split(body, "\n\n") {
		if text = strings.TrimSpace(text); text != "" {
			some = append(some, text)
		}
	}
	return some
}
