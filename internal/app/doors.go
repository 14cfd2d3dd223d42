package app

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/address"
	"github.com/paddock-dev/paddock/internal/door/api"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/door/docs"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/git"
	issuerdoor "github.com/paddock-dev/paddock/internal/door/issuer"
	"github.com/paddock-dev/paddock/internal/door/oauth"
	"github.com/paddock-dev/paddock/internal/door/opa"
	scimdoor "github.com/paddock-dev/paddock/internal/door/scim"
	"github.com/paddock-dev/paddock/internal/door/web"
	witnessdoor "github.com/paddock-dev/paddock/internal/door/witness"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/recall"
	"github.com/paddock-dev/paddock/internal/org/fleet"
	"github.com/paddock-dev/paddock/internal/org/inventory"
)

// doors puts every route into the one table.
func (h *house) doors(ctx context.Context) error {
	h.seat()
	h.table = &edge.Table{}
	identity := h.identity
	pages, err := web.New(web.Options{Desk: h.desk, Sessions: h.sessions(), Log: h.log, Clock: h.clock, BaseURL: h.baseURL(),
		May: offered, Providers: h.signIns.buttons(), ProviderOf: h.providerOf})
	if err != nil {
		return err
	}
	h.table.Add(pages.Routes()...)
	h.table.Add(h.signInRoutes(func(w http.ResponseWriter, r *http.Request, e *core.Error) { pages.Fail(w, r, e) })...)
	h.table.Add(api.New(h.desk, h.version).Routes()...)
	h.table.Add(h.gitRoutes()...)
	explain, err := docs.New(func(w http.ResponseWriter, r *http.Request, e *core.Error) { pages.Fail(w, r, e) })
	if err != nil {
		return err
	}
	h.table.Add(explain.Routes()...)
	h.table.Add(h.health()...)
	h.table.Add(h.scimRoutes()...)
	h.table.Add(oauth.Door{Exchange: exchanger{h.pipelines}, Reveal: desk.Reveal}.Routes()...)
	h.table.Add(opa.New(&bundles{shelf: h.shelf, keys: h.keys, bell: h.ruled}, h.outsideLogs(), api.Refuse).Routes()...)
	h.table.Add(witnessdoor.Door{Witness: cosigner{h.witness}, Refuse: api.Refuse}.Routes()...)
	h.table.Add(issuerdoor.Door{Issuer: h.issuer, Refuse: api.Refuse}.Routes()...)
	front := &address.Door{Store: h.store, Identity: identity, Runtime: h.runtime, AppOf: func(host string) string { return h.router.AppOf(host) },
		AppURL: h.appURL, BaseURL: h.baseURL(), Refuse: plainPage,
		May: func(ctx context.Context, who core.Person, a core.App) error {
			return h.access.May(authz.Carry(ctx), who, who.As("app"), authz.AppOpen, a, "")
		}, ReadOnly: authz.ReadOnly}
	h.table.Add(front.Routes()...)
	if err := h.admissionDoor(ctx); err != nil {
		return err
	}
	refusePage := func(w http.ResponseWriter, r *http.Request, e *core.Error) { pages.Fail(w, r, e) }
	h.edge = edge.Options{Identity: callers{identity, h.pipelines}, Log: h.log, Clock: h.clock, IDs: h.ids, Hosts: h.hosts(), AppDomain: h.config.AppDomain, Onlookers: h.onlookers(),
		Secure: h.secure(), Proxies: h.proxies(),
		May: func(who core.Person, permission string) bool { return authz.May(who, authz.Permission(permission)) },
		Covers: func(scopes []string, permission string, change bool) error {
			return authz.Covers(scopes, authz.Permission(permission), change)
		},
		Refuse: map[edge.Door]func(http.ResponseWriter, *http.Request, *core.Error){edge.Web: refusePage, edge.API: api.Refuse, edge.Git: plainText, edge.Address: plainPage, edge.SCIM: scimdoor.Refuse}}
	h.router = edge.NewRouter(h.edge, h.table)
	return nil
}

// offered reports whether pages should offer what needs a permission: what
// people may do only for their own apps is offered on those apps' pages.
func offered(who core.Person, permission string) bool {
	p := authz.Permission(permission)
	if p == authz.AuditRead {
		return authz.Can(who, p, nil) == nil
	}
	return authz.May(who, p)
}

// seat fills the desk.
func (h *house) seat() {
	h.desk.Parts = desk.Parts{
		Store:     h.store,
		Log:       h.eventLog(),
		Catalog:   h.shelf,
		Identity:  h.identity,
		Provision: h.provision,
		Changes:   h.changes,
		Deploys:   h.deploys,
		Archives:  h.archives,
		Approvals: h.approvals,
		Access:    h.access,
		Data:      appData{h},
		Pipelines: h.pipelines,
		Retire:    retired{h.retirer},
		Costs:     costs{h.budgets},
		Fleet:     &fleet.Fleet{Store: h.store},
		Govern:    h.govern,
		VEX:       h.vex,
		Carrier:   &carrier{house: h},
		Lender:    &lender{shelf: h.shelf, keys: h.keys},
		Inventory: &inventory.Inventory{Store: h.store, VEX: h.vex, Clock: h.clock},
		Training:  h.school,
		Secrets:   vaultDesk{h.secrets},
		Imports:   h.warehouse,
		Index:     h.index,
		Evidence:  h.packs(),
		Recall:    h.recall(),
		Forge:     h.forge,
		Queue:     h.queue,
		Audit:     h.audit,
		Sagas:     h.sagas,
		Issuer:    h.issuer,
		Reviews:   h.reviews,
		Unsaved:   h.unsaved,
		Owners:    h.owners,
		Brought:   directories{h.directory},
		Tell:      h.notifier,
	}
	h.desk.Clock, h.desk.BaseURL, h.desk.AppURL, h.desk.AuditKey, h.desk.Scratch = h.clock, h.baseURL(), h.appURL, h.keys.AuditKey(), h.config.Data
	h.desk.AuditRead, h.desk.Version = h.eventLog().file, h.version
	if h.lab != nil {
		h.desk.Lab = h
	}
}

// recall looks back at decisions.
func (h *house) recall() *recall.Recall {
	return &recall.Recall{Records: h.store, History: ruleHistory{past: pastRules{filepath.Join(h.config.Data, "git")}, shelf: h.shelf, records: h.store}}
}

func (h *house) eventLog() eventLog {
	return eventLog{store: h.store, reader: h.reader, peers: h.peers, watch: h.watch}
}

// gitRoutes serve git clients. The door knows its callers by itself.
func (h *house) gitRoutes() []edge.Route {
	keeper := git.Keeper{Apps: h.store, Changes: h.changes, Governance: h.govern, GovernanceRepo: GovernanceRepo, Base: h.baseURL()}
	h.hooks = git.NewHookServer(git.HookOptions{Socket: h.place.hooks(), Pushes: h.forge, Keeper: &grantKeeper{Keeper: keeper, apps: h.store, access: h.access}, Log: h.log})
	d := git.New(git.Options{Repos: h.forge, Tickets: h.hooks, Auth: gitAuth{h.identity.At("git")}, Access: gitAccess{store: h.store, access: h.access, onlookers: h.onlookers()}, Log: h.log})
	route := func(method, path, permission, audit string, f http.HandlerFunc) edge.Route {
		return edge.Route{Door: edge.Git, Method: method, Pattern: "/git/{repo}/" + path, Permission: permission, Audit: audit, Example: "/git/payroll.git/" + path, Limit: -1, Streams: true, Handler: f}
	}
	return []edge.Route{
		route("GET", "info/refs", "app.read", "none: says what the repository has", d.InfoRefs),
		route("POST", "git-upload-pack", "app.read", "none: reads the repository", d.UploadPack),
		route("POST", "git-receive-pack", "app.edit", "change.open, change.update, push.refuse governance.open or governance.activate", d.ReceivePack),
	}
}

// health answers probes.
func (h *house) health() []edge.Route {
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	return []edge.Route{{Door: edge.API, Method: "GET", Pattern: "/healthz", Permission: edge.Anyone, Audit: "none: a probe", Example: "/healthz", Handler: ok}}
}

// hosts are the names that Paddock's own pages answer to.
func (h *house) hosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if u, err := url.Parse(h.baseURL()); err == nil {
		hosts = append(hosts, u.Hostname())
	}
	return hosts
}

func (h *house) port() string {
	_, port, _ := net.SplitHostPort(h.config.Listen)
	return port
}

// plainText refuses a git client.
func plainText(w http.ResponseWriter, _ *http.Request, e *core.Error) {
	http.Error(w, e.Error(), core.OutcomeOf(e.Code).HTTP)
}
