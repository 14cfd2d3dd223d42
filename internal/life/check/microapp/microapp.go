// Package microapp finds places in an app's microapp.yaml, so that a finding
// can point at the line to change.
package microapp

import (
	"strconv"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Name is the descriptor's path in an app.
const Name = "microapp.yaml"

const maxSize = 200_000 // bytes; a descriptor is a page of text

// File is a microapp.yaml with the places of its values. The zero File has no
// places.
type File struct {
	tree.File
	root *yaml.Node
}

// Find returns the descriptor's file of a tree, and whether it is there.
func Find(t *tree.Tree) (File, bool) {
	f, ok := t.Find(Name)
	out := File{File: f}
	var doc yaml.Node
	if ok && len(f.Text) <= maxSize && yaml.Unmarshal(f.Text, &doc) == nil && len(doc.Content) == 1 {
		out.root = doc.Content[0]
	}
	return out, ok
}

// Place returns the line and column, from 1, of the value at a path of keys
// and indices, such as Place("vendors", "0", "hosts"). It returns those of the
// longest part of the path that is there, or zeros.
func (f File) Place(path ...string) (line, column int) {
	n := f.root
	for _, key := range path {
		next := child(n, key)
		if next == nil {
			break
		}
		n = next
		line, column = n.Line, n.Column
	}
	return line, column
}

func child(n *yaml.Node, key string) *yaml.Node {
	switch {
	case n == nil:
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i+1]
			}
		}
	case n.Kind == yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}
