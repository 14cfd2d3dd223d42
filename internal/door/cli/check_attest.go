package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/check/proof"
	checkreport "github.com/paddock-dev/paddock/internal/life/check/report"
)

// checkAttest is about the signed statement that goes with a report.
type checkAttest struct {
	Attest string `help:"Write a signed statement about the report as JSON: what was looked at, by what, when. Needs --key." placeholder:"FILE"`
	Key    string `help:"With --attest: private key, made by paddock report keygen." placeholder:"FILE"`
}

const maxKey = 64 << 10

func (c *checkAttest) fits() error {
	if (c.Attest == "") != (c.Key == "") {
		return core.Errorf(core.Invalid, "--attest and --key go together.").Hinted("Make a key with: paddock report keygen FILE")
	}
	return nil
}

// attest writes the statement about the report's JSON form, and returns it; nil if
// none was asked for.
func (c *checkAttest) attest(std IO, got Checked) ([]byte, error) {
	if c.Attest == "" {
		return nil, nil
	}
	bundle, err := c.statement(std, got)
	if err != nil {
		return nil, err
	}
	return bundle, writeWhole(std, c.Attest, func(w io.Writer) error { _, err := w.Write(bundle); return err })
}

func (c *checkAttest) statement(std IO, got Checked) ([]byte, error) {
	text, err := readFile(std, c.Key, maxKey)
	if err != nil {
		return nil, err
	}
	key, err := proof.ReadKey(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := checkreport.JSON(&b, got.Report); err != nil {
		return nil, core.Hidden("Writing the report", err)
	}
	return proof.Sign(key, b.Bytes(), proof.Of(got.Report, got.Started, got.Finished))
}

type reportCmd struct {
	Verify reportVerifyCmd `cmd:"" help:"Check that a report is the one that was signed."`
	Keygen reportKeygenCmd `cmd:"" help:"Make a key that signs reports."`
}

type reportVerifyCmd struct {
	File        string `arg:"" help:"The report, as paddock check --format json wrote it."`
	Attestation string `required:"" help:"The signed statement, as paddock check --attest wrote it." placeholder:"FILE"`
	Key         string `required:"" help:"Public key of who signed." placeholder:"FILE"`
	Format      string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// maxReport bounds a report that is read, in bytes.
const maxReport = 256 << 20

// Run implements the command: exit code 1 if the statement does not hold.
func (c *reportVerifyCmd) Run(std IO) error {
	report, err := readFile(std, c.File, maxReport)
	if err != nil {
		return err
	}
	bundle, err := readFile(std, c.Attestation, maxReport)
	if err != nil {
		return err
	}
	text, err := readFile(std, c.Key, maxKey)
	if err != nil {
		return err
	}
	pub, err := seal.ParsePublicPEM(text)
	if err != nil {
		return core.AsError(err).Hinted("Use the .pub file that paddock report keygen wrote.")
	}
	said, err := proof.Verify(func(env []byte) (string, []byte, error) { return seal.VerifyDSSEWith(pub, env) }, report, bundle)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, said)
	}
	fmt.Fprintf(std.Out, "The report is the one that was signed: verdict %s%s, %d findings, commit %.10s, by %s, %s.\n", said.Verdict, ofPart(said.Scope), said.Findings, cmp.Or(said.Commit, "unknown"), said.Tool, said.Finished.Format(time.RFC3339))
	return nil
}

// ofPart says that a verdict is not about all files.
func ofPart(s core.Scope) string {
	if s.Since == "" {
		return ""
	}
	return fmt.Sprintf(" (code and secrets only of what changed since %.10s)", s.Since)
}

type reportKeygenCmd struct {
	File string `arg:"" help:"File for the private key; the public one is put beside it, with .pub."`
}

// Run implements the command. It overwrites nothing.
func (c *reportKeygenCmd) Run(std IO) error {
	private, public, err := proof.NewKey()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		text []byte
		mode fs.FileMode
	}{{c.File, private, 0o600}, {c.File + ".pub", public, 0o644}} {
		out, err := os.OpenFile(std.path(f.name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode)
		if errors.Is(err, fs.ErrExist) {
			return core.Errorf(core.Conflict, "%q is there already.", f.name).Hinted("Name another file, so that no key is lost.")
		}
		if err != nil {
			return unwritable(f.name, err)
		}
		if _, err := out.Write(f.text); errors.Join(err, out.Close()) != nil {
			return unwritable(f.name, err)
		}
	}
	fmt.Fprintf(std.Out, "%s signs reports: keep it secret. %s.pub checks them: hand it out.\n", c.File, c.File)
	return nil
}
