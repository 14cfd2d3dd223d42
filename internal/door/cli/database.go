package cli

import (
	"net/url"
	"os"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// maxAddress bounds a database address in bytes.
const maxAddress = 4096

// Database says where the records are. Without an address they are in the data
// folder, on SQLite.
type Database struct {
	Database     Address `help:"PostgreSQL, as postgres://role:password@host:5432/name; default: SQLite in the data folder. Several servers may share one database and one data folder." env:"PADDOCK_DATABASE" yaml:"database" json:"database"`
	DatabaseFile string  `help:"File that holds the database's address, to keep its password out of the process list." env:"PADDOCK_DATABASE_FILE" yaml:"database_file" json:"database_file"`
}

// Address is a database address. It prints without its password.
type Address string

// String returns the address without its password.
func (a Address) String() string {
	if a == "" {
		return ""
	}
	u, err := url.Parse(string(a))
	if err != nil || u.Scheme == "" {
		return "[redacted]"
	}
	q := u.Query()
	if q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// MarshalText returns the address without its password.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Address returns where the database is, reading the file if one is named; "" for
// SQLite. dir is where relative paths start. Errors: Invalid, Unreadable.
func (d Database) Address(dir func(string) string) (string, error) {
	text, field := string(d.Database), "database"
	if d.DatabaseFile != "" {
		field = "database_file"
		if text != "" {
			return "", core.Errorf(core.Invalid, "Both database and database_file are set. Keep one of them.").At(field)
		}
		b, err := os.ReadFile(dir(d.DatabaseFile))
		if err != nil {
			return "", core.Errorf(core.Unreadable, "The file %q with the database's address cannot be read: %s.", d.DatabaseFile, cause(err)).At(field)
		}
		if text = strings.TrimSpace(string(b)); text == "" {
			return "", core.Errorf(core.Invalid, "The file %q is empty. Write the database's address into it.", d.DatabaseFile).At(field)
		}
	}
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if err != nil || len(text) > maxAddress || (u.Scheme != "postgres" && u.Scheme != "postgresql") || strings.Trim(u.Path, "/") == "" {
		return "", core.Errorf(core.Invalid, "The database address %q is not like postgres://role:password@host:5432/name.", Address(text)).At(field)
	}
	return text, nil
}
