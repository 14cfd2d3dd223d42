package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"testing"
)

// Object is a Kubernetes object as JSON has it.
type Object = map[string]any

// Client sends requests as one identity.
type Client struct {
	cluster *Cluster
	http    *http.Client
	header  http.Header
}

// Answer is what the API server said.
type Answer struct {
	Status  int    // of HTTP
	Reason  string // of a refusal, such as Forbidden or Invalid
	Message string // of a refusal
	Object  Object // what is stored now, or the whole refusal
	Warned  []string
}

// OK reports whether the request was accepted.
func (a Answer) OK() bool { return a.Status >= 200 && a.Status < 300 }

// String is for the messages of tests.
func (a Answer) String() string {
	if a.OK() {
		return fmt.Sprintf("%d accepted", a.Status)
	}
	return fmt.Sprintf("%d %s: %s", a.Status, a.Reason, a.Message)
}

// Admin returns a client that may do everything.
func (c *Cluster) Admin() *Client { return c.admin }

// User returns a client of a user who is in these groups, and may do what RBAC
// grants them.
func (c *Cluster) User(name string, groups ...string) *Client {
	return c.admin.with(http.Header{"Impersonate-User": {name}, "Impersonate-Group": append([]string{"system:authenticated"}, groups...)})
}

// Account returns a client that shows a token of a ServiceAccount.
func (c *Cluster) Account(t testing.TB, namespace, name string) *Client {
	t.Helper()
	a, err := c.admin.call(t.Context(), http.MethodPost, "/api/v1/namespaces/"+namespace+"/serviceaccounts/"+name+"/token", "application/json",
		[]byte(`{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}`))
	if err != nil || !a.OK() {
		t.Fatalf("no token of %s/%s: %v %v", namespace, name, a, err)
	}
	status, _ := a.Object["status"].(Object)
	config, err := c.trust()
	if err != nil {
		t.Fatal(err)
	}
	plain := &Client{cluster: c, http: &http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: c.admin.http.Timeout}}
	return plain.with(http.Header{"Authorization": {fmt.Sprint("Bearer ", status["token"])}})
}

func (c *Client) with(h http.Header) *Client {
	next := *c
	next.header = maps.Clone(c.header)
	if next.header == nil {
		next.header = http.Header{}
	}
	maps.Copy(next.header, h)
	return &next
}

// Create creates an object. It fails the test only when there is no answer.
func (c *Client) Create(t testing.TB, o Object) Answer {
	t.Helper()
	return c.create(t, o, "")
}

// Try is Create as a dry run: all of admission is asked, nothing is stored.
func (c *Client) Try(t testing.TB, o Object) Answer {
	t.Helper()
	return c.create(t, o, "?dryRun=All")
}

func (c *Client) create(t testing.TB, o Object, query string) Answer {
	t.Helper()
	path, _ := c.path(t, o)
	return c.must(t, http.MethodPost, path+query, "application/json", encode(t, o))
}

// Apply makes an object as it is here, by server-side apply.
func (c *Client) Apply(t testing.TB, o Object) Answer {
	t.Helper()
	path, name := c.path(t, o)
	return c.must(t, http.MethodPatch, path+"/"+url.PathEscape(name)+"?fieldManager=test&force=true", "application/apply-patch+yaml", encode(t, o))
}

// Get returns an object of that kind and name.
func (c *Client) Get(t testing.TB, o Object) Answer {
	t.Helper()
	path, name := c.path(t, o)
	return c.must(t, http.MethodGet, path+"/"+url.PathEscape(name), "", nil)
}

// Delete removes an object of that kind and name.
func (c *Client) Delete(t testing.TB, o Object) Answer {
	t.Helper()
	path, name := c.path(t, o)
	return c.must(t, http.MethodDelete, path+"/"+url.PathEscape(name), "", nil)
}

// Send sends any request, for what the other methods cannot do.
func (c *Client) Send(t testing.TB, method, path, contentType string, body []byte) Answer {
	t.Helper()
	return c.must(t, method, path, contentType, body)
}

func (c *Client) must(t testing.TB, method, path, contentType string, body []byte) Answer {
	t.Helper()
	a, err := c.call(context.WithoutCancel(t.Context()), method, path, contentType, body) // clean-up asks too
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (c *Client) call(ctx context.Context, method, path, contentType string, body []byte) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.cluster.url+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	maps.Copy(req.Header, c.header)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Status: res.StatusCode, Warned: res.Header.Values("Warning")}
	if err := json.Unmarshal(b, &a.Object); err != nil {
		a.Message = string(b)
	}
	if !a.OK() && a.Object != nil {
		a.Reason, _ = a.Object["reason"].(string)
		a.Message, _ = a.Object["message"].(string)
	}
	return a, nil
}

func encode(t testing.TB, o Object) []byte {
	t.Helper()
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
