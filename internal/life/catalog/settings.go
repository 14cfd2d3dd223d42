package catalog

import (
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/copies"
	"github.com/paddock-dev/paddock/internal/engine/audit/witness"
)

// Settings is paddock.yaml: what holds for the whole organisation. Keys that
// are left out have the values of Default.
type Settings struct {
	Organisation       string          `yaml:"organisation" prose:"true" doc:"Name of the organisation, as people see it."`
	Regions            []string        `yaml:"regions" doc:"Regions that apps may be in and refer to. A group of regions, such as eu-sovereign, stands for all of them in what apps refer to."`
	Targets            []Target        `yaml:"targets" doc:"Places where apps run, each in one region."`
	ApprovedRegistries []string        `yaml:"approved_registries" doc:"Registry hosts that base images may come from, and artifacts that are brought in by reference."`
	ApprovedRuntimes   []core.Runtime  `yaml:"approved_runtimes" enum:"serverless,container,managed-db" doc:"Runtimes that apps may use."`
	Classifications    Classes         `yaml:"classifications" doc:"Who must say yes, by classification. Nobody listed means automatic."`
	Roles              []GroupRole     `yaml:"roles" doc:"Which groups of a sign-in provider have which roles, besides the roles that people are given by hand. Counts at the next request."`
	Approvals          Approvals       `yaml:"approvals" doc:"How long approvals live."`
	Guardrails         core.Guardrails `yaml:"guardrails" doc:"Limits of an app that sets none."`
	Budgets            Budgets         `yaml:"budgets" doc:"Money."`
	Prices             Prices          `yaml:"prices" doc:"What use costs, in the currency of the budgets."`
	Lifecycle          Lifecycle       `yaml:"lifecycle" doc:"The clocks of an app's life."`
	SecretPolicy       SecretPolicy    `yaml:"secret_policy" doc:"The secret policy. It may stand in secrets-policy.json instead."`
	MoreAllowedStores  []string        `yaml:"more_allowed_stores" doc:"Secret stores allowed besides those of the secret policy; platform is the built-in one."`
	Licences           core.Licences   `yaml:"licences" doc:"Under which licences packages may come. What is not named has the defaults."`
	Policy             PolicySettings  `yaml:"policy" doc:"What a change of the policies must meet."`
	Policies           []PolicyBinding `yaml:"policies" doc:"Existing allow-style policies, and the gates that ask them."`
	Notifications      Notifications   `yaml:"notifications" doc:"When people are told."`
	Admission          Admission       `yaml:"admission" doc:"How clusters are answered that ask whether a workload may run."`
	Trust              Trust           `yaml:"trust" doc:"Whose builds count besides this server's own."`
	Access             Access          `yaml:"access" doc:"Rights that people get for a while (grants)."`
	Audit              Audit           `yaml:"audit" doc:"Who keeps watch over the audit log, and over whose logs this server keeps watch."`
}

// Target is a place to run, with one region.
type Target struct {
	Name   string `yaml:"name" required:"true"`
	Region string `yaml:"region" required:"true"`
	Kind   string `yaml:"kind" required:"true" enum:"embedded,kubernetes,serverless"`
}

// Classes holds the approvals of each classification.
type Classes struct {
	Public     Class `yaml:"public"`
	Internal   Class `yaml:"internal"`
	Restricted Class `yaml:"restricted"`
	PHI        Class `yaml:"phi"`
}

// Class is who must say yes, by gate.
type Class struct {
	AppCreate   []Need `yaml:"app.create"`
	ChangeMerge []Need `yaml:"change.merge"`
	AppDeploy   []Need `yaml:"app.deploy"`
	Elevate     []Need `yaml:"access.elevate"`
}

// Approvals says how long a request and its approvals live.
type Approvals struct {
	ExpireHours int `yaml:"expire_hours" doc:"Hours until an open request, or an unused approval, ends. Default 72."`
}

// Expiry returns how long an approval lives.
func (a Approvals) Expiry() time.Duration { return time.Duration(a.ExpireHours) * time.Hour }

// Budgets is money per app and calendar month.
type Budgets struct {
	Monthly      float64 `yaml:"monthly" doc:"Of an app that sets none. Default 20."`
	ApproveAbove float64 `yaml:"approve_above" doc:"A larger monthly budget needs finance to say yes; 0 means never. Default 200."`
	Currency     string  `yaml:"currency" doc:"ISO 4217. Default EUR."`
}

// Prices is what use costs. A version, once billed, is never changed.
type Prices struct {
	Version         string  `yaml:"version" doc:"Name of this price list, e.g. 2026-01."`
	CPUSecond       float64 `yaml:"cpu_second"`
	GiBHour         float64 `yaml:"gib_hour" doc:"Of memory held."`
	MillionRequests float64 `yaml:"million_requests"`
	EgressGiB       float64 `yaml:"egress_gib"`
}

// Lifecycle holds the clocks of LIF-2 and WFL-2, in days.
type Lifecycle struct {
	IdleDays    int `yaml:"idle_days" doc:"Days without use until the owner is told. Default 90."`
	ArchiveDays int `yaml:"archive_days" doc:"Days without use until the app is archived. Default 120."`
	BuddyDays   int `yaml:"buddy_days" doc:"Days that a new maker has a buddy. Default 30."`
}

// SecretPolicy is the published secret policy (SEC-6), key by key.
type SecretPolicy struct {
	RepoDetection string   `yaml:"repo_detection" enum:"block_on_match" doc:"What happens to a push with a secret in it."`
	AllowedStores []string `yaml:"allowed_stores" doc:"Stores that may hold secrets."`
	CIAuth        string   `yaml:"ci_auth" enum:"oidc" doc:"How pipelines prove who they are."`
	RotationDays  int      `yaml:"rotation_days" doc:"Days until a high-risk key is replaced."`
}

// PolicySettings is what a change of the policies must meet.
type PolicySettings struct {
	CoverageFloor int `yaml:"coverage_floor" doc:"Share of the rules' lines that policy tests must run, in percent. Default 0."`
	ExemptionDays int `yaml:"exemption_days" doc:"Most days that an exemption may last. Default 90."`
}

// PolicyBinding runs an existing allow-style policy at gates.
type PolicyBinding struct {
	Query   string      `yaml:"query" required:"true" doc:"The rule, e.g. data.policy.container.allow."`
	Gates   []core.Gate `yaml:"gates" required:"true" enum:"template.publish,app.create,change.merge,app.deploy,workload.admit,secret.issue,access.elevate,vendor.use,app.archive,policy.publish"`
	Input   string      `yaml:"input" enum:"actor,app,template,report,artifact,target,vendor,org,workload,publish,access" doc:"The part of the gate input that the rule reads; empty for all of it. At workload.admit, app is read once for each image."`
	Code    string      `yaml:"code" doc:"Code of the denial."`
	Message string      `yaml:"message" prose:"true" doc:"What the maker reads."`
	Fix     string      `yaml:"fix" prose:"true" doc:"What the maker can do."`
}

// Notifications says when people are told.
type Notifications struct {
	RemindHours int `yaml:"remind_hours" doc:"Hours until an open approval is brought up again. Default 24."`
}

// Audit names witnesses of the audit log (c2sp.org/tlog-witness), and places for
// copies of its checkpoints.
type Audit struct {
	Witnesses []Witness `yaml:"witnesses" doc:"Servers that cosign the checkpoints of this log."`
	Quorum    int       `yaml:"quorum" doc:"How many of them must have cosigned a checkpoint before it counts as witnessed. Default 1."`
	Logs      []string  `yaml:"logs" doc:"Verifier keys of other logs, whose checkpoints this server cosigns as a witness."`
	Copies    []Copy    `yaml:"copies" doc:"Places elsewhere where checkpoints of this log are kept. Each has one of folder, git and s3."`
	Every     int       `yaml:"copy_minutes" doc:"Minutes between two copies, if the log has grown. Default 60."`
}

// Copy is one place where checkpoints are kept.
type Copy struct {
	Folder     string `yaml:"folder" doc:"Whole path of a folder that exists, on another machine's disk or one that is written once."`
	Git        string `yaml:"git" doc:"Repository that takes one tag for each checkpoint: https, ssh, or a whole path."`
	S3         string `yaml:"s3" doc:"S3-compatible object store, as https://HOST/BUCKET/PREFIX."`
	Region     string `yaml:"region" doc:"Region of the object store."`
	User       string `yaml:"user" doc:"User for git over HTTP. Default paddock."`
	AccessKey  string `yaml:"access_key" doc:"Id of the object store's access key."`
	Secret     string `yaml:"secret" doc:"Name of the secret, on the page Secrets, that holds git's token or the access key's secret."`
	RetainDays int    `yaml:"retain_days" doc:"Days that each object is locked for, in a bucket with Object Lock. 0 for no lock."`
}

// Places returns the places as the copier takes them.
func (a Audit) Places() []copies.Place {
	var out []copies.Place
	for _, c := range a.Copies {
		out = append(out, c.place())
	}
	return out
}

func (c Copy) place() copies.Place {
	p := copies.Place{Region: c.Region, User: c.User, Secret: c.Secret, RetainDays: c.RetainDays}
	switch {
	case c.Folder != "":
		p.Kind, p.Where = copies.Folder, c.Folder
	case c.Git != "":
		p.Kind, p.Where = copies.Git, c.Git
	case c.S3 != "":
		p.Kind, p.Where, p.User = copies.S3, c.S3, c.AccessKey
	}
	return p
}

// Witness is one server that cosigns checkpoints.
type Witness struct {
	URL string `yaml:"url" required:"true" doc:"Its address; for a Paddock its base URL and /witness."`
	Key string `yaml:"key" required:"true" doc:"Its verifier key; a Paddock shows it on the page Audit."`
}

// Peers returns the witnesses as they are asked. The settings must be valid.
func (a Audit) Peers() witness.Peers {
	p := witness.Peers{Quorum: a.Quorum}
	for _, w := range a.Witnesses {
		if peer, err := witness.ParsePeer(w.URL, w.Key); err == nil {
			p.List = append(p.List, peer)
		}
	}
	return p
}

// Watched returns the keys of the logs that this server cosigns. The settings
// must be valid.
func (a Audit) Watched() witness.Logs {
	logs, err := witness.ParseLogs(a.Logs)
	if err != nil {
		return nil
	}
	return logs
}

// Default returns the settings of an organisation that has set nothing.
func Default() Settings {
	return Settings{
		ApprovedRuntimes: []core.Runtime{core.Serverless},
		Approvals:        Approvals{ExpireHours: 72},
		Guardrails:       core.Guardrails{CPUMillis: 500, MemoryMiB: 128, Concurrency: 20, TimeoutMS: 10000, EgressKBps: 512, StorageMiB: 100},
		Budgets:          Budgets{Monthly: 20, ApproveAbove: 200, Currency: "EUR"},
		Prices:           Prices{Version: "default", CPUSecond: 0.00002, GiBHour: 0.01, MillionRequests: 0.3, EgressGiB: 0.08},
		Lifecycle:        Lifecycle{IdleDays: 90, ArchiveDays: 120, BuddyDays: 30},
		SecretPolicy:     SecretPolicy{RepoDetection: "block_on_match", CIAuth: "oidc", RotationDays: 7, AllowedStores: []string{"platform"}},
		Notifications:    Notifications{RemindHours: 24},
		Admission:        Admission{Mode: AdmissionEnforce},
		Trust:            Trust{MaxRootAgeDays: 90},
		Policy:           PolicySettings{ExemptionDays: 90},
		Audit:            Audit{Quorum: 1, Every: 60},
		Access:           Access{LongestMinutes: 480, PendingHours: 24, TicketPattern: `^[A-Z][A-Z0-9]{1,9}-[0-9]{1,9}$`, TimeZone: "UTC", ToHour: 24},
	}
}

// AllowedStores lists the stores that may hold secrets, sorted.
func (s Settings) AllowedStores() []string {
	all := append(slices.Clone(s.SecretPolicy.AllowedStores), s.MoreAllowedStores...)
	slices.Sort(all)
	return slices.Compact(all)
}
