package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"
)

// Kubeconfig writes a file with which the administrator, or another user that
// has a certificate, reaches the API server, and returns its path. It goes with
// the cluster.
func (c *Cluster) Kubeconfig(t testing.TB) string {
	t.Helper()
	path, err := c.kubeconfig("admin")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func (c *Cluster) kubeconfig(user string) (string, error) {
	text, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": "test",
		"clusters": []any{map[string]any{"name": "test", "cluster": map[string]any{"server": c.url, "certificate-authority": c.file("ca.crt")}}},
		"users":    []any{map[string]any{"name": user, "user": map[string]any{"client-certificate": c.file(user + ".crt"), "client-key": c.file(user + ".key")}}},
		"contexts": []any{map[string]any{"name": "test", "context": map[string]any{"cluster": "test", "user": user}}},
	})
	if err != nil {
		return "", err
	}
	path := c.file(user + ".kubeconfig")
	return path, os.WriteFile(path, text, 0o600)
}

// Controllers starts the controller manager, if it does not run yet, and waits
// until it works: quotas get a status, namespaces a ServiceAccount, Deployments
// Pods.
func (c *Cluster) Controllers(t testing.TB) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.controllers != nil {
		return
	}
	config, err := c.kubeconfig(controller)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Run(c.dir, "", c.bin+"/"+controller, nil, "--kubeconfig="+config, "--authentication-kubeconfig="+config, "--authorization-kubeconfig="+config,
		"--bind-address=127.0.0.1", "--secure-port=0", "--leader-elect=false", "--service-account-private-key-file="+c.file("ca.key"), "--root-ca-file="+c.file("ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	c.controllers = p
	err = c.until([]*Process{p}, func(ctx context.Context) error {
		a, err := c.admin.call(ctx, http.MethodGet, "/api/v1/namespaces/default/serviceaccounts/default", "", nil)
		if err == nil && !a.OK() {
			err = fmt.Errorf("no default ServiceAccount: %s", a.Message)
		}
		return err
	})
	if err != nil {
		t.Fatalf("the controller manager does not work: %v", err)
	}
}
