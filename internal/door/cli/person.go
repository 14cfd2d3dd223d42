package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/erasure"
)

type personCmd struct {
	Links   personLinksCmd   `cmd:"" help:"List accounts that count as one human's."`
	Link    personLinkCmd    `cmd:"" help:"Say whether two accounts are one human's."`
	Address personAddressCmd `cmd:"" help:"Add an address that somebody commits under."`
	Erase   personEraseCmd   `cmd:"" help:"Take a person out of the records, and out of the audit log without breaking a proof."`
}

type personEraseCmd struct {
	Email string `arg:"" help:"E-mail of the person."`
	Yes   bool   `help:"Erase without asking. It cannot be undone."`
	Data  string `help:"The server's data folder; the server may run." default:"paddock-data" env:"PADDOCK_DATA"`
	// On PostgreSQL only the owner may take anything out of the log.
	Database     Address `help:"Address of the database for its owner: postgres://owner:password@host/name; default: SQLite in the data folder." env:"PADDOCK_OWNER_DATABASE" placeholder:"URL"`
	DatabaseFile string  `help:"File that holds this address, to keep its password out of the process list." env:"PADDOCK_OWNER_DATABASE_FILE" placeholder:"FILE"`
	Format       string  `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// EraseOptions say whom to erase.
type EraseOptions struct {
	Data     string
	Database string // address of PostgreSQL, as its owner; "" for the folder's own
	Email    string
	Look     bool // keep nothing: only say what would be erased
}

// Run implements the command. Without --yes it says what would be erased, and
// asks where somebody is there to answer.
func (c *personEraseCmd) Run(ctx context.Context, std IO, p Programs) error {
	address, err := Database{Database: c.Database, DatabaseFile: c.DatabaseFile}.Address(std.path)
	if err != nil {
		return err
	}
	o := EraseOptions{Data: std.path(c.Data), Database: address, Email: c.Email, Look: true}
	if !c.Yes {
		would, err := p.Erase(ctx, o)
		if err != nil {
			return err
		}
		if !std.agreed(c.Email, would) {
			return core.Errorf(core.Invalid, "Nothing was erased. Of %s there would go: %s. %d decisions would still name the person.", c.Email, would.Counts(), would.Decisions).
				Hinted("It cannot be undone. To erase, give --yes.").At("yes")
		}
	}
	o.Look = false
	r, err := p.Erase(ctx, o)
	if err != nil {
		return err
	}
	return report(std, c.Format, r, true)
}

// agreed asks whoever sits at the terminal, and takes only the e-mail for a yes;
// false where nobody does.
func (std IO) agreed(email string, would erasure.Result) bool {
	f, ok := std.In.(*os.File)
	if !ok {
		return false
	}
	if _, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err != nil {
		return false // not a terminal
	}
	fmt.Fprintf(std.Err, "Of %s there will go: %s.\n%d decisions will still name the person. It cannot be undone.\nTo erase, type the e-mail again: ", email, would.Counts(), would.Decisions)
	line, _ := bufio.NewReader(std.In).ReadString('\n')
	return strings.EqualFold(strings.TrimSpace(line), strings.TrimSpace(email))
}
