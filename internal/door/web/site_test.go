package web_test

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/web"
)

// pagesOf makes the pages over the rich fixtures.
func pagesOf(tb testing.TB) *web.Pages { return newPages(tb, richDesk()) }

func newPages(tb testing.TB, desk web.Desk) *web.Pages {
	tb.Helper()
	pages, err := web.New(web.Options{Desk: desk, Sessions: fakeSessions{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Clock: fixed{now()}, BaseURL: "http://localhost:8080",
		May: func(who core.Person, permission string) bool {
			if strings.HasPrefix(permission, "people.") {
				return who.Has(core.RolePlatform)
			}
			return !strings.HasPrefix(who.Email, "guest") || permission == "app.read"
		}})
	if err != nil {
		tb.Fatal(err)
	}
	return pages
}

// handler serves the pages over desk, with the surroundings that the edge gives.
func handler(tb testing.TB, desk web.Desk, script bool, who core.Person) http.Handler {
	tb.Helper()
	pages := newPages(tb, desk)
	mux := http.NewServeMux()
	for _, r := range pages.Routes() {
		mux.Handle(r.Method+" "+r.Pattern, r.Handler)
	}
	mux.Handle("/", pages.NotFound())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := edge.WithRequestID(r.Context(), "0193abcd-0000-7000-8000-000000000001")
		if c, err := r.Cookie("session"); err == nil && c.Value != "" {
			ctx = edge.WithCaller(ctx, who)
		}
		mux.ServeHTTP(w, r.WithContext(guarded(ctx, w, script)))
	})
}

// guarded sets the content policy that the pages are made for.
func guarded(ctx context.Context, w http.ResponseWriter, script bool) context.Context {
	sources := "'self'"
	if script {
		nonce := rand.Text()
		ctx = templ.WithNonce(ctx, nonce)
		sources += " 'nonce-" + nonce + "'"
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src "+sources+"; style-src 'self'; img-src 'self' data:; connect-src 'self'; "+
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types htmx")
	return ctx
}

// site is a browser in front of the pages; it does not follow redirects.
type site struct {
	tb     testing.TB
	url    string
	client *http.Client
	desk   *fakeDesk
}

// fragment asks as htmx does.
func (s *site) fragment(path string) answer {
	s.tb.Helper()
	req, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		s.tb.Fatal(err)
	}
	req.Header.Set("HX-Request", "true")
	return s.do(req)
}

// visit starts a site that anna has signed in to.
func visit(tb testing.TB, desk *fakeDesk) *site {
	tb.Helper()
	return visitAs(tb, desk, anna(), true)
}

// visitAs starts a site that who has signed in to, with or without script.
func visitAs(tb testing.TB, desk *fakeDesk, who core.Person, script bool) *site {
	tb.Helper()
	s := open(tb, desk, who, script)
	u, _ := url.Parse(s.url)
	s.client.Jar.SetCookies(u, []*http.Cookie{{Name: "session", Value: "anna", Path: "/"}})
	return s
}

// stranger starts a site that nobody has signed in to.
func stranger(tb testing.TB, desk *fakeDesk) *site {
	tb.Helper()
	return open(tb, desk, anna(), true)
}

func open(tb testing.TB, desk *fakeDesk, who core.Person, script bool) *site {
	tb.Helper()
	srv := httptest.NewServer(handler(tb, desk, script, who))
	tb.Cleanup(srv.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return &site{tb: tb, url: srv.URL, desk: desk, client: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is a response that was read.
type answer struct {
	status   int
	location string
	header   http.Header
	body     string
	doc      *html.Node
}

func (s *site) get(path string) answer {
	s.tb.Helper()
	req, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		s.tb.Fatal(err)
	}
	return s.do(req)
}

func (s *site) post(path string, form url.Values) answer {
	s.tb.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.tb.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(req)
}

func (s *site) do(req *http.Request) answer {
	s.tb.Helper()
	res, err := s.client.Do(req)
	if err != nil {
		s.tb.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.tb.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		s.tb.Fatal(err)
	}
	return answer{res.StatusCode, res.Header.Get("Location"), res.Header, string(body), doc}
}
