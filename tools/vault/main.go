// Command vault is Vault's own server over its own core, with what tests need:
// signing in by JWT, and the key-value store. It keeps everything in memory, is
// unsealed, and ends with its parent.
//
//	vault -listen 127.0.0.1:PORT -token ROOT-TOKEN
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	log "github.com/hashicorp/go-hclog"
	jwt "github.com/hashicorp/vault-plugin-auth-jwt"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/helper/namespace"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8200", "loopback address to listen on")
	token := flag.String("token", "", "root token")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *listen, *token); err != nil {
		fmt.Fprintln(os.Stderr, "vault:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, listen, token string) error {
	logger := log.New(&log.LoggerOptions{Level: log.Warn})
	store, err := inmem.NewInmem(nil, logger)
	if err != nil {
		return err
	}
	c, err := vault.NewCore(&vault.CoreConfig{
		Physical: store, Logger: logger, DisableMlock: true, BuiltinRegistry: none{},
		CredentialBackends: map[string]logical.Factory{"jwt": jwt.Factory},
		LogicalBackends:    map[string]logical.Factory{"kv": kv.Factory},
	})
	if err != nil {
		return err
	}
	if err := open(ctx, c, token); err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: vaulthttp.Handler.Handler(&vault.HandlerProperties{Core: c})}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Println("listening on", l.Addr())
	if err := server.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// open makes a new vault, unseals it, and makes token its root token.
func open(ctx context.Context, c *vault.Core, token string) error {
	ctx = namespace.RootContext(ctx)
	made, err := c.Initialize(ctx, &vault.InitParams{BarrierConfig: &vault.SealConfig{SecretShares: 1, SecretThreshold: 1}, RecoveryConfig: &vault.SealConfig{}})
	if err != nil {
		return err
	}
	for _, share := range made.SecretShares {
		if _, err := c.Unseal(share); err != nil {
			return err
		}
	}
	answer, err := c.HandleRequest(ctx, &logical.Request{Operation: logical.UpdateOperation, ClientToken: made.RootToken, Path: "auth/token/create",
		Data: map[string]any{"id": token, "policies": []string{"root"}, "no_parent": true}})
	if err == nil && answer.IsError() {
		err = answer.Error()
	}
	return err
}

// none has no plugins beside those that are built in.
type none struct{}

func (none) Contains(string, consts.PluginType) bool { return false }

func (none) Get(string, consts.PluginType) (func() (any, error), bool) { return nil, false }

func (none) Keys(consts.PluginType) []string { return nil }

func (none) DeprecationStatus(string, consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Unknown, false
}

func (none) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }
