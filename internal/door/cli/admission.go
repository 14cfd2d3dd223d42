package cli

import (
	"os"
	"regexp"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/admission"
)

type admissionCmd struct {
	Config admissionConfigCmd `cmd:"" help:"Print what makes a cluster ask this server, for kubectl apply."`
}

type admissionConfigCmd struct {
	URL       string `required:"" help:"The admission door, as the cluster's API server reaches it: https://HOST:PORT." placeholder:"URL"`
	CA        string `required:"" name:"ca" help:"PEM file with the CA that signed the door's certificate." placeholder:"FILE"`
	Namespace string `help:"Namespace that Paddock itself runs in; it is never looked at. Empty if it runs elsewhere." default:"paddock"`
	Timeout   int    `help:"Seconds that the API server waits for an answer, 1 to 30." default:"5"`
}

var namespaceForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$`)

// Run implements the command.
func (c *admissionConfigCmd) Run(std IO) error {
	if !namespaceForm.MatchString(c.Namespace) {
		return core.Errorf(core.Invalid, "%q is not the name of a namespace.", c.Namespace).Hinted("Use small letters, digits and dashes.").At("--namespace")
	}
	ca, err := os.ReadFile(std.path(c.CA))
	if err != nil {
		return (&core.Error{Code: core.Unreadable, Msg: "The file " + c.CA + " cannot be read: " + cause(err) + ".", Err: err}).Hinted("Check the path after --ca.")
	}
	b, err := admission.Webhooks{URL: c.URL, CA: ca, Own: c.Namespace, Timeout: c.Timeout}.JSON()
	if err != nil {
		return err
	}
	_, err = std.Out.Write(b)
	return err
}
