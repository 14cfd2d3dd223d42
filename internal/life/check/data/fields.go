package data

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/life/check/lex"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// field is one name of a schema, a form, a query or a sample.
type field struct {
	entity string // the table, type or form; may be empty
	group  int    // fields of one entity share it
	name   string
	offset int
}

const (
	maxBlock  = 30_000 // bytes of one table or type
	maxFields = 5_000  // of one file
)

// pattern is one that is compiled when it is first used.
type pattern func() *regexp.Regexp

func lazily(src string) pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(src) })
}

// form is how one kind of schema is written: where a block begins, and how its
// fields stand in it.
type form struct {
	exts   string   // of files, parted by spaces; empty for all
	at     []string // a block begins on a line with one of these
	gate   []string // and one of these stands in the file; empty for no more
	head   pattern  // from the beginning of that line; group 1 is the entity's name; it ends with the opening bracket
	entry  pattern  // group 1 is a field's name; nil for names before a colon
	indent bool     // the block goes on as long as lines are moved in
}

var (
	column  = lazily("(?:^\\(|,|\n)\\s*[\"'`\\[]?([A-Za-z_][\\w]*)[\"'`\\]]?\\s+[A-Za-z]")
	python  = lazily(`(?m)^[ \t]+([A-Za-z_]\w*)\s*(?::\s*[A-Za-z"']|=\s*(?:[\w.]*\.)?(?:\w*Field|Column|mapped_column|relationship|Mapped|StringField)\b)`)
	goField = lazily(`(?m)^\s*([A-Z]\w*)\s+[\w\[\]*.]+(?:\s|$)`)
	proto   = lazily(`(?m)^\s*(?:repeated\s+|optional\s+|required\s+)?[\w.<>, ]+\s+(\w+)\s*=\s*\d+`)
	bare    = lazily(`(?m)^\s*(\w+)\s+[A-Z]\w*`)
	javaOne = lazily(`(?m)^\s*(?:@\w+(?:\([^)\n]*\))?\s*)*(?:private|public|protected|internal)\s+(?:final\s+|readonly\s+|required\s+)?[\w<>?,.\[\] ]+?\s+(\w+)\s*(?:;|=|\{\s*get)`)
	rails   = lazily(`\bt\.\w+\s*\(?\s*:(\w+)`)
	laravel = lazily(`\$table->\w+\(\s*['"](\w+)['"]`)
)

// forms are all kinds of schemas that are read by blocks.
func forms() []form {
	scripts := ".ts .tsx .js .jsx .mjs .cjs .mts .cts .vue .svelte"
	re := lazily
	return []form{
		{"", []string{"CREATE TABLE", "create table", "Create Table", "CREATE TEMP"}, nil, re("(?i)create\\s+(?:temp(?:orary)?\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?[\"'`\\[]?(?:\\w+[\"'`\\]]?\\.[\"'`\\[]?)?(\\w+)[\"'`\\]]?\\s*\\("), column, false},
		{"", []string{"INSERT INTO", "insert into", "Insert Into", "INSERT OR"}, nil, re("(?i)insert\\s+(?:or\\s+\\w+\\s+)?into\\s+[\"'`\\[]?(?:\\w+\\.)?(\\w+)[\"'`\\]]?\\s*\\("), re("[(,]\\s*[\"'`\\[]?([A-Za-z_]\\w*)"), false},
		{".prisma", []string{"model ", "type "}, nil, re(`^\s*(?:model|type)\s+(\w+)\s*\{`), bare, false},
		{scripts, []string{"interface "}, nil, re(`\binterface\s+(\w+)[^{;\n]*\{`), nil, false},
		{scripts, []string{"type "}, nil, re(`\btype\s+(\w+)\s*(?:<[^>\n]*>)?\s*=\s*\{`), nil, false},
		{scripts, []string{".object(", ".strictObject("}, nil, re(`(\w+)\s*(?::[^=\n]+)?=\s*(?:z|yup|Joi|joi|v|t)\.(?:object|strictObject)\(\s*\{`), nil, false},
		{scripts, []string{"Table("}, nil, re("\\w+Table\\(\\s*[\"'`](\\w+)[\"'`]\\s*,\\s*\\{"), nil, false},
		{scripts, []string{"Schema("}, nil, re(`(\w+)\s*(?::[^=\n]+)?=\s*new\s+(?:mongoose\.)?Schema\(\s*\{`), nil, false},
		{scripts, []string{".define("}, nil, re(`\.define\(\s*["'](\w+)["']\s*,\s*\{`), nil, false},
		{scripts, []string{"@Entity"}, nil, re(`@Entity\([^)]*\)\s*(?:export\s+)?(?:default\s+)?class\s+(\w+)[^{]*\{`), nil, false},
		{".py", []string{"class "}, []string{"Model", "Base", "@dataclass", "TypedDict", "Form", "Serializer", "Document"}, re(`^class\s+(\w+)\([^)\n]*(?:Model|Base|TypedDict|Form|Serializer|Document)\b[^)\n]*\):`), python, true},
		{".py", []string{"@dataclass"}, nil, re(`^@dataclass[^\n]*\nclass\s+(\w+)[^:\n]*:`), python, true},
		{".go", []string{" struct {"}, []string{`json:"`, `db:"`, `gorm:"`, `bson:"`}, re(`^type\s+(\w+)\s+struct\s*\{`), goField, false},
		{".graphql .gql .graphqls", []string{"type ", "input ", "interface "}, nil, re(`^\s*(?:extend\s+)?(?:type|input|interface)\s+(\w+)[^{\n]*\{`), nil, false},
		{".proto", []string{"message "}, nil, re(`^\s*message\s+(\w+)\s*\{`), proto, false},
		{".java .kt .cs", []string{"@Entity", "@Document", "@Table", "[Table"}, nil, re(`(?:@Entity|@Document|@Table|\[Table)[^{;]*?\bclass\s+(\w+)[^{]*\{`), javaOne, false},
		{".java .kt .cs", []string{"class "}, []string{"Dto", "DTO"}, re(`\bclass\s+(\w+(?:Dto|DTO))[^{]*\{`), javaOne, false},
		{".rb", []string{"create_table"}, nil, re(`create_table\s*\(?\s*[:"'](\w+)`), rails, true},
		{".php", []string{"Schema::create"}, nil, re(`Schema::create\(\s*['"](\w+)['"][^{]*\{`), laravel, false},
		{".json", []string{`"properties"`}, nil, re(`()"properties"\s*:\s*\{`), nil, false},
	}
}

// read returns the fields of one file, and whether that was all.
func (c *checker) read(f tree.File) (out []field, whole bool) {
	text, blanked, group := f.Text, false, 0
	for _, k := range c.forms {
		if k.exts != "" && !contains(k.exts, f.Ext()) || !anyOf(f.Text, k.at) || len(k.gate) > 0 && !anyOf(f.Text, k.gate) {
			continue
		}
		if !blanked {
			text, blanked = blank(f), true
		}
		for _, b := range k.blocks(text) {
			if len(out) > maxFields {
				return out, false
			}
			group++
			if f.Ext() == ".json" {
				b.entity = titleOf(text, b.from)
			}
			k.entries(text, b, func(from, to int) {
				out = append(out, field{b.entity, group, string(text[from:to]), from})
			})
		}
	}
	return out, true
}

// block is one table or type.
type block struct {
	entity   string
	from, to int
}

// blocks finds the blocks of a kind: their beginnings by a plain search, what
// they are by a closer look at the line.
func (k form) blocks(text []byte) (out []block) {
	for _, sign := range k.at {
		for at := 0; ; {
			i := bytes.Index(text[at:], []byte(sign))
			if i < 0 {
				break
			}
			pos := at + i
			at = pos + len(sign)
			start := max(bytes.LastIndexByte(text[:pos], '\n')+1, pos-200)
			m := k.head().FindSubmatchIndex(text[start:min(len(text), pos+400)])
			if m == nil || start+m[1] < at {
				continue
			}
			b := block{string(text[start+m[2] : start+m[3]]), start + m[1] - 1, 0}
			if k.indent {
				b.from++
				b.to = indented(text, b.from)
			} else {
				b.to = closing(text, b.from)
			}
			at = max(at, start+m[1])
			out = append(out, b)
		}
	}
	return out
}

// entries calls yield with each name in a block.
func (k form) entries(text []byte, b block, yield func(from, to int)) {
	if k.entry == nil {
		colons(text, b, yield)
		return
	}
	for _, e := range k.entry().FindAllSubmatchIndex(text[b.from:b.to], maxFields) {
		yield(b.from+e[2], b.from+e[3])
	}
}

// colons finds names before a colon: email: string, "email": {, email?: string.
func colons(text []byte, b block, yield func(from, to int)) {
	for i := b.from; i < b.to; i++ {
		if text[i] != ':' {
			continue
		}
		end := i
		for end > b.from && strings.IndexByte(" \t?!\"'", text[end-1]) >= 0 {
			end--
		}
		from := end
		for from > b.from && nameByte(text[from-1]) {
			from--
		}
		before := bytes.TrimRight(text[b.from:from], " \t\r\"'")
		before = bytes.TrimSuffix(bytes.TrimSuffix(before, []byte("readonly")), []byte("public"))
		before = bytes.TrimRight(before, " \t\r")
		if from < end && len(before) > 0 && strings.IndexByte("{,;\n)", before[len(before)-1]) >= 0 {
			yield(from, end)
		}
	}
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c == '-'
}

func contains(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

func anyOf(text []byte, list []string) bool {
	for _, s := range list {
		if bytes.Contains(text, []byte(s)) {
			return true
		}
	}
	return false
}

// blank returns a file's text with spaces in place of remarks.
func blank(f tree.File) []byte {
	text := f.Text
	copied := false
	for _, s := range lex.Read(f.Path, f.Text) {
		if s.Kind != lex.Remark {
			continue
		}
		if !copied {
			text, copied = bytes.Clone(f.Text), true
		}
		for i := s.From; i < s.To; i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
	return text
}

// closing returns where the bracket at an offset is closed.
func closing(text []byte, open int) int {
	end := min(len(text), open+maxBlock)
	depth := 0
	for i := open; i < end; i++ {
		switch text[i] {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return end
}

// indented returns where the lines end that are moved in.
func indented(text []byte, from int) int {
	end := min(len(text), from+maxBlock)
	i := from
	for i < end {
		next := bytes.IndexByte(text[i:end], '\n')
		if next < 0 {
			return end
		}
		i += next + 1
		if i < end && text[i] != ' ' && text[i] != '\t' && text[i] != '\n' && text[i] != '\r' {
			return i
		}
	}
	return end
}

var schemaTitle = lazily(`"(?:title|\$id)"\s*:\s*"([^"\n]{1,80})"`)

// titleOf returns the last title before an offset in a JSON Schema.
func titleOf(text []byte, at int) string {
	if all := schemaTitle().FindAllSubmatch(text[max(0, at-2000):at], -1); len(all) > 0 {
		return string(all[len(all)-1][1])
	}
	return ""
}
