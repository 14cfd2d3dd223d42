package web_test

import (
	"strings"

	"golang.org/x/net/html"
)

// all returns the elements below n that fit.
func all(n *html.Node, fits func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for e := range n.Descendants() {
		if e.Type == html.ElementNode && fits(e) {
			found = append(found, e)
		}
	}
	return found
}

func tagged(names ...string) func(*html.Node) bool {
	return func(n *html.Node) bool {
		for _, name := range names {
			if n.Data == name {
				return true
			}
		}
		return false
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// words is the text of n with its white space folded.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// byID returns the element with an id, or nil.
func byID(n *html.Node, id string) *html.Node {
	found := all(n, func(e *html.Node) bool { return attr(e, "id") == id })
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// main returns the text of the page's content.
func main(doc *html.Node) string { return words(byID(doc, "main")) }
