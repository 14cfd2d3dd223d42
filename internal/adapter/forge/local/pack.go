package local

import (
	"context"
	"io"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
)

// Services that git clients ask for.
const (
	UploadPackService  = "git-upload-pack"  // fetch and clone
	ReceivePackService = "git-receive-pack" // push
)

// Advertise writes what a repository has, as the first answer of the smart HTTP
// protocol without its service line (gitprotocol-http(5)). Protocol is the
// client's Git-Protocol header, checked by the caller.
func (f *Forge) Advertise(ctx context.Context, name, service, protocol string, out io.Writer) error {
	dir, err := f.open(name)
	if err != nil {
		return err
	}
	args := []string{"upload-pack", "--strict", "--stateless-rpc", "--advertise-refs", dir}
	if service == ReceivePackService {
		args = []string{"receive-pack", "--stateless-rpc", "--advertise-refs", dir}
	}
	ctx, cancel := context.WithTimeout(ctx, f.limits.CommandTime)
	defer cancel()
	return fault("Reading the repository "+name, f.stream(ctx, call{env: version(protocol), args: args}, out))
}

// UploadPack answers one request of a fetch or clone. It reads in to its end,
// and stops git when ctx ends.
func (f *Forge) UploadPack(ctx context.Context, name, protocol string, in io.Reader, out io.Writer) error {
	dir, err := f.open(name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, f.limits.PackTime)
	defer cancel()
	args := []string{"upload-pack", "--strict", "--stateless-rpc", "--timeout=" + strconv.Itoa(int(f.limits.PackTime.Seconds())+1), dir}
	return fault("Sending the repository "+name, f.stream(ctx, call{env: version(protocol), stdin: in, args: args}, out))
}

// ReceivePack takes one push. The hooks find token in PADDOCK_HOOK_TOKEN and
// the socket in PADDOCK_HOOK_SOCKET. It is Unavailable when the hooks could not
// run, because git would take the push unjudged then.
func (f *Forge) ReceivePack(ctx context.Context, name, protocol, token string, in io.Reader, out io.Writer) error {
	dir, err := f.open(name)
	if err != nil {
		return err
	}
	if err := f.hooks.ready(); err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "Pushes cannot be checked right now.", Hint: "Tell the platform team.", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, f.limits.PackTime)
	defer cancel()
	defer f.beginPush(name)()
	env := append(version(protocol), "PADDOCK_HOOK_TOKEN="+token, "PADDOCK_HOOK_SOCKET="+f.socket)
	return fault("Taking the push to "+name, f.stream(ctx, call{env: env, stdin: in, args: []string{"receive-pack", "--stateless-rpc", dir}}, out))
}

func version(protocol string) []string {
	if protocol == "" {
		return nil
	}
	return []string{"GIT_PROTOCOL=" + protocol}
}
