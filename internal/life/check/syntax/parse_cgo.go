//go:build cgo

package syntax

/*
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

// What is used of tree-sitter's api.h. The library and the grammars are linked
// from the imported packages; "weak" lets cgo look at this file without them.
#define FROM_LIBRARY __attribute__((weak))
typedef struct TSLanguage TSLanguage;
typedef struct TSParser TSParser;
typedef struct TSTree TSTree;
typedef struct { uint32_t context[4]; const void *id; const TSTree *tree; } TSNode;
typedef struct { const void *tree; const void *id; uint32_t context[3]; } TSTreeCursor;
FROM_LIBRARY TSParser *ts_parser_new(void);
FROM_LIBRARY void ts_parser_delete(TSParser *);
FROM_LIBRARY bool ts_parser_set_language(TSParser *, const TSLanguage *);
FROM_LIBRARY void ts_parser_set_timeout_micros(TSParser *, uint64_t);
FROM_LIBRARY void ts_parser_set_cancellation_flag(TSParser *, const size_t *);
FROM_LIBRARY TSTree *ts_parser_parse_string(TSParser *, const TSTree *, const char *, uint32_t);
FROM_LIBRARY void ts_tree_delete(TSTree *);
FROM_LIBRARY TSNode ts_tree_root_node(const TSTree *);
FROM_LIBRARY TSTreeCursor ts_tree_cursor_new(TSNode);
FROM_LIBRARY void ts_tree_cursor_delete(TSTreeCursor *);
FROM_LIBRARY TSNode ts_tree_cursor_current_node(const TSTreeCursor *);
FROM_LIBRARY uint16_t ts_tree_cursor_current_field_id(const TSTreeCursor *);
FROM_LIBRARY bool ts_tree_cursor_goto_parent(TSTreeCursor *);
FROM_LIBRARY bool ts_tree_cursor_goto_next_sibling(TSTreeCursor *);
FROM_LIBRARY bool ts_tree_cursor_goto_first_child(TSTreeCursor *);
FROM_LIBRARY uint16_t ts_node_symbol(TSNode);
FROM_LIBRARY uint32_t ts_node_start_byte(TSNode);
FROM_LIBRARY uint32_t ts_node_end_byte(TSNode);
FROM_LIBRARY uint32_t ts_node_descendant_count(TSNode);
FROM_LIBRARY bool ts_node_is_named(TSNode);
FROM_LIBRARY bool ts_node_is_missing(TSNode);
FROM_LIBRARY bool ts_node_is_extra(TSNode);
FROM_LIBRARY bool ts_node_has_error(TSNode);
FROM_LIBRARY uint32_t ts_language_symbol_count(const TSLanguage *);
FROM_LIBRARY const char *ts_language_symbol_name(const TSLanguage *, uint16_t);
FROM_LIBRARY uint32_t ts_language_field_count(const TSLanguage *);
FROM_LIBRARY const char *ts_language_field_name_for_id(const TSLanguage *, uint16_t);
FROM_LIBRARY const TSLanguage *tree_sitter_javascript(void);
FROM_LIBRARY const TSLanguage *tree_sitter_typescript(void);
FROM_LIBRARY const TSLanguage *tree_sitter_tsx(void);
FROM_LIBRARY const TSLanguage *tree_sitter_python(void);
FROM_LIBRARY const TSLanguage *tree_sitter_go(void);
FROM_LIBRARY const TSLanguage *tree_sitter_bash(void);
FROM_LIBRARY const TSLanguage *tree_sitter_sql(void);
FROM_LIBRARY const TSLanguage *tree_sitter_dockerfile(void);
FROM_LIBRARY const TSLanguage *tree_sitter_html(void);
FROM_LIBRARY const TSLanguage *tree_sitter_hcl(void);
FROM_LIBRARY const TSLanguage *tree_sitter_yaml(void);

// In the order of Lang.
static const TSLanguage *grammar(int lang) {
	switch (lang) {
	case 1: return tree_sitter_javascript();
	case 2: return tree_sitter_typescript();
	case 3: return tree_sitter_tsx();
	case 4: return tree_sitter_python();
	case 5: return tree_sitter_go();
	case 6: return tree_sitter_bash();
	case 7: return tree_sitter_sql();
	case 8: return tree_sitter_dockerfile();
	case 9: return tree_sitter_html();
	case 10: return tree_sitter_hcl();
	case 11: return tree_sitter_yaml();
	}
	return NULL;
}

// Trees are made on any thread and are soon gone. A heap for each thread would
// keep what the largest of its trees took.
static void few_heaps(void) {
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
	mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

struct flat { uint16_t kind, field; uint32_t flags, start, end, parent, next; };

enum { OK, TIME, LARGE, DEEP, NONE };

struct read { TSParser *parser; TSTree *tree; uint32_t count; bool partial; };

static void done(struct read *r) {
	if (r->tree) ts_tree_delete(r->tree);
	if (r->parser) ts_parser_delete(r->parser);
}

// Parses and counts; the tree stays with r until done.
static int parse(struct read *r, int lang, const char *text, uint32_t len, uint64_t micros, const size_t *stop) {
	const TSLanguage *g = grammar(lang);
	r->parser = ts_parser_new();
	if (!g || !ts_parser_set_language(r->parser, g)) return NONE;
	ts_parser_set_timeout_micros(r->parser, micros);
	ts_parser_set_cancellation_flag(r->parser, stop);
	r->tree = ts_parser_parse_string(r->parser, NULL, text, len);
	if (!r->tree) return TIME;
	TSNode root = ts_tree_root_node(r->tree);
	r->count = ts_node_descendant_count(root);
	r->partial = ts_node_has_error(root);
	return OK;
}

// Copies the tree into room for r->count nodes.
static int flatten(struct read *r, struct flat *out, uint32_t base, uint32_t most) {
	uint32_t open[most];
	uint32_t depth = 0, n = 0;
	int result = OK;
	TSTreeCursor c = ts_tree_cursor_new(ts_tree_root_node(r->tree));
	for (;;) {
		if (n == r->count) { result = LARGE; break; }
		TSNode node = ts_tree_cursor_current_node(&c);
		struct flat *f = &out[n];
		f->kind = ts_node_symbol(node);
		f->field = ts_tree_cursor_current_field_id(&c);
		f->flags = ts_node_is_named(node) | (f->kind == UINT16_MAX) << 1 | ts_node_is_missing(node) << 2 | ts_node_is_extra(node) << 3;
		f->start = base + ts_node_start_byte(node);
		f->end = base + ts_node_end_byte(node);
		f->parent = depth ? open[depth - 1] : 0;
		open[depth] = n++;
		if (ts_tree_cursor_goto_first_child(&c)) {
			if (++depth == most) { result = DEEP; break; }
			continue;
		}
		out[open[depth]].next = n;
		bool more;
		while (!(more = ts_tree_cursor_goto_next_sibling(&c)) && depth > 0) {
			ts_tree_cursor_goto_parent(&c);
			out[open[--depth]].next = n;
		}
		if (!more) break;
	}
	ts_tree_cursor_delete(&c);
	r->count = n;
	return result;
}
*/
import "C"

import (
	"context"
	"sync/atomic"
	"unsafe"

	_ "github.com/smacker/go-tree-sitter" // the library
	_ "github.com/smacker/go-tree-sitter/bash"
	_ "github.com/smacker/go-tree-sitter/dockerfile"
	_ "github.com/smacker/go-tree-sitter/golang"
	_ "github.com/smacker/go-tree-sitter/hcl"
	_ "github.com/smacker/go-tree-sitter/html"
	_ "github.com/smacker/go-tree-sitter/javascript"
	_ "github.com/smacker/go-tree-sitter/python"
	_ "github.com/smacker/go-tree-sitter/sql"
	_ "github.com/smacker/go-tree-sitter/typescript/tsx"
	_ "github.com/smacker/go-tree-sitter/typescript/typescript"
	_ "github.com/smacker/go-tree-sitter/yaml"
)

// Available says whether this build has the parsers.
const Available = true

// parse fills a tree with the nodes of a part of its text.
func (p *Parsers) parse(ctx context.Context, t *Tree, from, to int) error {
	if t.names = p.namesOf(t.Lang); t.names == nil {
		return ErrNone
	}
	stop := (*C.size_t)(C.calloc(1, C.sizeof_size_t))
	unwatch := context.AfterFunc(ctx, func() { atomic.StoreUintptr((*uintptr)(unsafe.Pointer(stop)), 1) })
	var r C.struct_read
	defer func() {
		C.done(&r)
		if unwatch() { // else somebody may still write to it: leave the 8 bytes
			C.free(unsafe.Pointer(stop))
		}
	}()
	text := t.Text[from:to]
	if err := failure(C.parse(&r, C.int(t.Lang), (*C.char)(unsafe.Pointer(unsafe.SliceData(text))), C.uint32_t(len(text)), maxTime, stop)); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	if r.count == 0 || r.count > maxNodes {
		return ErrLarge
	}
	t.nodes = make([]node, r.count)
	t.Partial = bool(r.partial)
	err := failure(C.flatten(&r, (*C.struct_flat)(unsafe.Pointer(unsafe.SliceData(t.nodes))), C.uint32_t(from), maxDepth))
	t.nodes = t.nodes[:r.count]
	return err
}

func failure(code C.int) error {
	switch code {
	case C.OK:
		return nil
	case C.TIME:
		return ErrTime
	case C.DEEP:
		return ErrDeep
	case C.LARGE:
		return ErrLarge
	}
	return ErrNone
}

func (p *Parsers) namesOf(lang Lang) *names {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.names[lang] == nil {
		C.few_heaps() // before the first tree; after that it changes nothing
		g := C.grammar(C.int(lang))
		if g == nil {
			return nil
		}
		p.names[lang] = load(g)
	}
	return p.names[lang]
}

func load(g *C.TSLanguage) *names {
	n := &names{ids: map[string]uint16{}}
	for i := range uint16(C.ts_language_symbol_count(g)) {
		n.kinds = append(n.kinds, C.GoString(C.ts_language_symbol_name(g, C.uint16_t(i))))
	}
	for i := range uint16(C.ts_language_field_count(g)) + 1 { // 0 stands for none
		name := C.GoString(C.ts_language_field_name_for_id(g, C.uint16_t(i)))
		n.fields, n.ids[name] = append(n.fields, name), i
	}
	return n
}
