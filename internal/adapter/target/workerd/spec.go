package workerd

// SandboxArg is the first argument that makes our own binary become a sandbox:
// main calls SandboxInit before anything else when it sees it.
const SandboxArg = "sandbox-init"

// envInside marks the sandbox child, so that a program which forgot to call
// SandboxInit fails instead of starting itself again and again.
const envInside = "PADDOCK_SANDBOX_INIT"

// The file descriptors that sandbox-init inherits.
const (
	specFD    = 3 // the spec as one JSON value; held open by the server as a lifeline
	controlFD = 4 // handed on to workerd for its readiness messages
)

// Paths inside the sandbox.
const (
	sandboxBinary  = "/app/workerd"
	sandboxConfig  = "/app/config.capnp"
	sandboxWorker  = "/app/worker.js"
	sandboxSockets = "/run/app"
	sandboxSelf    = "/proc/self/exe" // there is no proc file system, but workerd looks itself up
)

// bind is one file of the host shown read-only in the sandbox; without
// namespaces it is read at its source.
type bind struct {
	Source, Target string
	Device         bool // a device file, which must stay usable as one
}

// spec tells sandbox-init what to build. It comes from our own server over an
// inherited pipe, never from outside.
type spec struct {
	Probe   bool     // build everything, run nothing, exit 0
	Root    string   // empty folder to mount the new root on; empty means no namespaces
	Files   []bind   // the only files to read: shown in the root, or left readable
	Sockets string   // host folder shown at /run/app, writable; without namespaces the working directory
	Exec    []string // program and arguments
	Env     []string
	UID     int // user to become, -1 to stay
	// DataBytes caps private memory by RLIMIT_DATA; 0 means a cgroup does it.
	DataBytes uint64
}
