package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// checkServer is the server whose rules are taken, and that keeps the report.
type checkServer struct {
	Server    string `help:"Take the rules in force from this server, and bring it the report. --governance goes before." env:"PADDOCK_SERVER" placeholder:"URL"`
	Token     string `hidden:"" env:"PADDOCK_TOKEN"`
	TokenFile string `help:"File with the access token for --server; default the variable PADDOCK_TOKEN." placeholder:"FILE"`
	ServerKey string `help:"File with the server's public key (its keys/signing.pub); default the key it had at the first meeting." env:"PADDOCK_SERVER_KEY" placeholder:"FILE"`
	App       string `help:"The app's name on the server; default the one in microapp.yaml." placeholder:"NAME"`
	Offline   bool   `help:"Ask no server: use the rules it gave last."`
	Upload    string `help:"Bring the server the report of a commit: ${enum}. With auto, a commit that it does not know is only mentioned." enum:"auto,always,never" default:"auto"`
}

// Lent is what a server lends for checking: the public parts of its rules.
type Lent struct {
	Files  map[string][]byte // a governance tree
	Commit string            // of the governance repository
	Policy string            // revision of the policies, as the server's decisions name it
	Halted []string          // rules that only warn
	From   string            // RulesServer or RulesCache
}

// Where the rules of a check come from, as the report says it.
const (
	RulesServer  = "server"
	RulesCache   = "cache"    // a server's, as it gave them last
	RulesStarter = "built in" // in place of a server's, which nobody could get
)

// lend gets the rules for a check: nil if no server is asked, or if there are none
// to be had, which fallback then says.
func (c *checkCmd) lend(ctx context.Context, std IO) (lent *Lent, fallback bool, err error) {
	if c.Server == "" && c.Offline {
		return nil, false, core.Errorf(core.Invalid, "--offline says which server's rules to use, and no server is named.").Hinted("Add --server URL. Without a server nothing is asked anyway.")
	}
	if c.Server == "" || c.Governance != "" {
		return nil, false, nil
	}
	c.App = c.appName(std)
	place, err := c.rulePlace(std)
	if err != nil {
		return nil, false, err
	}
	why := "As --offline asks, the server is not asked"
	if !c.Offline {
		file, silent, err := c.rules(ctx, std, place)
		if err != nil {
			return nil, false, err
		}
		if silent == "" {
			lent, err = place.open(std, c.checkServer, file)
			if err != nil {
				return nil, false, err
			}
			lent.From = RulesServer
			return lent, false, place.keep(std, file)
		}
		why = silent
	}
	file, at := place.kept()
	if file == nil {
		fmt.Fprintf(std.Err, "%s, and there are no rules of it here from before.\nThe rules that come with Paddock are used. The server may say otherwise.\n", why)
		return nil, true, nil
	}
	if lent, err = place.open(std, c.checkServer, file); err != nil {
		return nil, false, err
	}
	lent.From = RulesCache
	fmt.Fprintf(std.Err, "%s. Its revision %.10s is used, as it was %s ago.\n", why, lent.Commit, age(std.now().Sub(at)))
	return lent, false, nil
}

// server is the server as other commands name it.
func (c checkServer) server() Server {
	return Server{Server: c.Server, Token: c.Token, TokenFile: c.TokenFile}
}

// appName is the name that was given, or that the app gives itself; "" if it has none.
func (c *checkCmd) appName(std IO) string {
	if c.App != "" {
		return c.App
	}
	for _, dir := range []string{std.path(c.Target), std.Dir} {
		b, err := readFile(std, dir+"/"+catalog.DescriptorFile, 1_000_000)
		if err != nil {
			if _, missing := os.Stat(dir); missing != nil {
				continue // a commit: the folder is likely to be of the same app
			}
			return ""
		}
		if d, _, err := catalog.ParseDescriptor(catalog.DescriptorFile, b); err == nil {
			return d.Name
		}
		return ""
	}
	return ""
}

// age says a length of time in the largest unit that fits.
func age(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		word string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / u.unit); n == 1 {
			return "1 " + u.word
		} else if n > 1 {
			return fmt.Sprintf("%d %ss", n, u.word)
		}
	}
	return "less than a minute"
}
