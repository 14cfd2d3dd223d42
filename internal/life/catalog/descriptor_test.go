package catalog

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func tracker() core.Descriptor {
	return core.Descriptor{Name: "candidate-tracker", Template: "internal-dashboard@1", Owner: "ana@example.com", CoOwners: []string{"bo@example.com"},
		Classification: "internal", Region: "eu-sovereign", Runtime: "serverless", Audience: "organisation", Data: []string{"contact"},
		Guardrails: core.Guardrails{MemoryMiB: 128}, Vendors: []core.VendorUse{{Name: "talent-directory", Hosts: []string{"talent.example"}}},
		Secrets: []core.SecretUse{{Name: "token", Store: "platform", Inject: "egress"}}, Budget: core.Budget{Monthly: 20, Currency: "EUR"}}
}

func TestDescriptorRoundTrip(t *testing.T) {
	for _, d := range []core.Descriptor{tracker(), {Name: "abc", Template: "t@1", Owner: "a@b.c", Classification: "phi", Region: "eu", Runtime: "container", Image: "docker.io/x"}} {
		b := FormatDescriptor(d)
		got, warnings, err := ParseDescriptor(DescriptorFile, b)
		if err != nil || len(warnings) > 0 || !reflect.DeepEqual(got, d) {
			t.Errorf("%s\nread as %+v %v %v", b, got, warnings, err)
		}
		if again := FormatDescriptor(got); !bytes.Equal(again, b) {
			t.Errorf("written differently:\n%s\n%s", b, again)
		}
	}
}

const good = "name: abc\ntemplate: t@1\nowner: a@b.c\nclassification: internal\nregion: eu\nruntime: serverless\n"

// What a maker reads when the file is wrong.
func TestDescriptorFaultsReadAloud(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"nothing but a name": {"name: abc\n", []string{
			`microapp.yaml:1:1: The key "classification" is missing. Add a line that starts with classification:`,
			`microapp.yaml:1:1: The key "owner" is missing. Add a line that starts with owner:`,
			`microapp.yaml:1:1: The key "region" is missing. Add a line that starts with region:`,
			`microapp.yaml:1:1: The key "runtime" is missing. Add a line that starts with runtime:`,
			`microapp.yaml:1:1: The key "template" is missing. Add a line that starts with template:`}},
		"misspelt": {good + "clasification: phi\n", []string{`microapp.yaml:7:1: The key "clasification" is not known here. Did you mean "classification"?`}},
		"several": {strings.Replace(strings.Replace(good, "abc", "A!", 1), "internal", "secret", 1) + "audience: all\n", []string{
			`microapp.yaml:4:17: "classification" cannot be "secret". Use one of: public, internal, restricted, phi.`,
			`microapp.yaml:7:11: "audience" cannot be "all". Use one of: owners, organisation, public.`,
			`microapp.yaml:1:7: The name "A!" is too short. Use 3 to 40 small letters, digits and single dashes, for example candidate-tracker.`}},
		"bad owner":     {strings.Replace(good, "a@b.c", "Ana", 1), []string{`microapp.yaml:3:8: "Ana" is not an e-mail address. Write it like ana@example.com.`}},
		"bad template":  {strings.Replace(good, "t@1", "t", 1), []string{`microapp.yaml:2:11: "t" is not a template with its version. Write it as name@version, for example internal-dashboard@1.`}},
		"no image":      {strings.Replace(good, "serverless", "container", 1), []string{`microapp.yaml:6:10: An app that runs as a container needs a base image. Add image: and the name of an approved image.`}},
		"https in host": {good + "vendors:\n- name: v\n  hosts: [https://a.example/]\n", []string{`microapp.yaml:9:11: "https://a.example/" is not a host name. Write only the host, for example api.example.com, without https:// and path.`}},
		"no hosts":      {good + "vendors:\n- name: v\n", []string{`microapp.yaml:8:3: The vendor "v" has no hosts. Add hosts: and the addresses that the app calls.`}},
		"secret":        {good + "secrets:\n- {name: k, store: valt, inject: enviroment}\n", []string{`microapp.yaml:8:20: There is no secret store "valt". Did you mean "vault"?`, `microapp.yaml:8:34: A secret cannot arrive by "enviroment". Use egress or env or file.`}},
		"data":          {good + "data: [contacts]\n", []string{`microapp.yaml:7:8: "data" cannot be "contacts". Did you mean "contact"? Use one of: contact, identity, health, payment, credentials, children.`}},
		"budget":        {good + "budget:\n  monthly: -1\n  currency: euro\n", []string{`microapp.yaml:8:12: The monthly budget cannot be -1. Use a sum from 0 to 1000000.`, `microapp.yaml:9:13: "euro" is not a currency code. Use three capital letters, such as EUR.`}},
		"guardrails":    {good + "guardrails:\n  memory_mib: -5\n  egress: ['a b']\n", []string{`microapp.yaml:8:15: "memory_mib" cannot be -5. Use a number from 1 to 65536, or leave the line out.`, `microapp.yaml:9:12: "a b" is not a host name. Write only the host, for example api.example.com, without https:// and path.`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := ParseDescriptor(DescriptorFile, []byte(c.in))
			if _, list := Describe([]byte(c.in)); err == nil || len(list) != len(c.want) {
				t.Fatalf("error %v, and as a list %v", err, list)
			}
			e := core.AsError(err)
			got := e.Problems
			if len(got) == 0 {
				got = []*core.Error{e}
			}
			var lines []string
			for _, p := range got {
				lines = append(lines, p.Error())
			}
			if strings.Join(lines, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(lines, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestDescriptorLines(t *testing.T) {
	lines := DescriptorLines([]byte(good + "vendors:\n- name: v\n  hosts:\n  - a.example\n"))
	if lines["region"] != 5 || lines["vendors.0.hosts.0"] != 10 {
		t.Errorf("lines = %v", lines)
	}
	if DescriptorLines([]byte("\t")) != nil {
		t.Error("lines of something that is not YAML")
	}
}

func TestAppNames(t *testing.T) {
	for name, says := range map[string]string{
		"candidate-tracker": "", "abc": "", "a1-b2": "", strings.Repeat("a", 40): "",
		"": "no name", "ab": "too short", strings.Repeat("a", 41): "41 characters", "1abc": "small letter", "Abc": "small letter",
		"a_b": "web address", "abc-": "web address", "a--b": "web address", "xn--abc": "web address", "a.b": "web address", "abc\n": "web address", "api": "taken",
	} {
		err := CheckAppName(name)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("CheckAppName(%q) = %v, want %q", name, err, says)
		}
	}
}

func TestHosts(t *testing.T) {
	for _, h := range []string{"a.example", "a.example:8443", "*.a.example", "127.0.0.1:80", "registry"} {
		if err := CheckHost(h); err != nil {
			t.Errorf("CheckHost(%q) = %v", h, err)
		}
	}
	for _, h := range []string{"", "*", "*.com", "a..b", "https://a", "a/b", "a:0", "a:99999", "a:08", "A.b", "-a.b", "a b", "*.*.a", "a.*.b"} {
		if CheckHost(h) == nil {
			t.Errorf("CheckHost(%q) accepts", h)
		}
	}
	for host, want := range map[string]bool{"a.example": true, "b.c.example": true, "c.example": false, "x.b.c.example": false, "*.c.example": true, "A.EXAMPLE": true} {
		if got := HostAllowed([]string{"a.example", "*.c.example"}, host); got != want {
			t.Errorf("HostAllowed(%q) = %v", host, got)
		}
	}
}

// What is accepted is written and read back as it is.
func FuzzParseDescriptor(f *testing.F) {
	f.Add([]byte(good))
	f.Add(FormatDescriptor(tracker()))
	f.Add([]byte("name: a‑b-c\nvendors:\n- name: v\n  hosts: ['*.a.example']\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, _, err := ParseDescriptor(DescriptorFile, b)
		if err != nil {
			return
		}
		text := FormatDescriptor(d)
		again, warnings, err := ParseDescriptor(DescriptorFile, text)
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%q was written as %q, which is refused: %v %v", b, text, err, warnings)
		}
		if second := FormatDescriptor(again); !bytes.Equal(second, text) {
			t.Fatalf("%q and then %q", text, second)
		}
	})
}
