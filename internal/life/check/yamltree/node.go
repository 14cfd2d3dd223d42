package yamltree

import (
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// Pair is a key of a mapping with its value.
type Pair struct{ Key, Value *yaml.Node }

// Pairs returns the pairs of a mapping in order, with those that a merge key
// (<<) brings in, which stand behind the mapping's own. It returns nothing for
// any other node.
func Pairs(n *yaml.Node) []Pair { return pairs(n, 0) }

func pairs(n *yaml.Node, depth int) []Pair {
	if n = Plain(n); n == nil || n.Kind != yaml.MappingNode || depth > 8 {
		return nil
	}
	out := make([]Pair, 0, len(n.Content)/2)
	var merged []Pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Value != "<<" || k.Style != 0 {
			out = append(out, Pair{k, v})
			continue
		}
		if list := Plain(v); list != nil && list.Kind == yaml.SequenceNode {
			for _, one := range list.Content {
				merged = append(merged, pairs(one, depth+1)...)
			}
			continue
		}
		merged = append(merged, pairs(v, depth+1)...)
	}
	return append(out, merged...)
}

// Plain returns the node that an alias stands for, or the node itself.
func Plain(n *yaml.Node) *yaml.Node {
	for i := 0; n != nil && n.Kind == yaml.AliasNode && i < 8; i++ {
		n = n.Alias
	}
	return n
}

// Get follows keys through mappings, and returns nil where one is missing.
func Get(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		n = Plain(n)
		var next *yaml.Node
		for _, p := range Pairs(n) {
			if p.Key.Value == key {
				next = p.Value
				break
			}
		}
		if next == nil {
			return nil
		}
		n = next
	}
	return Plain(n)
}

// Key returns the node of a mapping's key, or nil.
func Key(n *yaml.Node, key string) *yaml.Node {
	for _, p := range Pairs(n) {
		if p.Key.Value == key {
			return p.Key
		}
	}
	return nil
}

// Has reports whether a mapping has a key.
func Has(n *yaml.Node, key string) bool { return Key(n, key) != nil }

// Text returns a scalar's value, or "" for anything else, null too.
func Text(n *yaml.Node) string {
	if n = Plain(n); n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// True reports whether a scalar says true, as a boolean or as text.
func True(n *yaml.Node) bool { return strings.EqualFold(Text(n), "true") }

// Items returns the items of a list; a scalar is a list of itself.
func Items(n *yaml.Node) []*yaml.Node {
	n = Plain(n)
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.SequenceNode:
		return n.Content
	case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
		return []*yaml.Node{n}
	}
	return nil
}

// Flow reports whether a node is written in brackets on one line.
func Flow(n *yaml.Node) bool { return n != nil && n.Style&yaml.FlowStyle != 0 }
