package cli

import (
	"cmp"
	"reflect"
	"strings"
)

// grammar is what the command line may say. If it begins with the name of a command,
// only that command is described: to describe all of them takes longer than some
// commands do.
func grammar(args []string) any {
	all := reflect.TypeFor[commands]()
	for i := range all.NumField() {
		f := all.Field(i)
		if len(args) > 0 && args[0] == cmp.Or(f.Tag.Get("name"), strings.ToLower(f.Name)) {
			return reflect.New(reflect.StructOf([]reflect.StructField{f})).Interface()
		}
	}
	return &commands{}
}
