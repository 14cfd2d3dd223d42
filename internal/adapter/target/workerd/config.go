package workerd

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// compatibilityDate pins workerd's behaviour; newer defaults need a test run.
const compatibilityDate = "2026-11-01"

// configText is config.capnp with three holes: V8 flags, bindings, and the
// folder of the sockets. The "internet" service must be there with an empty
// allow list: without it workerd opens every public address. Host is injected
// on the way to the gateway because workerd's proxy style sends none.
const configText = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = [%s],
  logging = (structuredLogging = true),
  services = [
    (name = "app", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "` + compatibilityDate + `",
      bindings = [
%s        (name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api",
          innerBindings = [(name = "fetcher", service = "data")])),
      ],
      globalOutbound = "egress",
    )),
    (name = "data", external = (address = "unix:%[3]s/data.sock", http = ())),
    (name = "egress", external = (address = "unix:%[3]s/egress.sock",
      http = (style = proxy, injectRequestHeaders = [(name = "Host", value = "egress")]))),
    (name = "internet", network = (allow = [])),
  ],
  sockets = [(name = "in", address = "unix:%[3]s/in.sock", http = (), service = "app")],
);
`

// config writes config.capnp for one app; worker.js must lie beside it.
func config(l Launch, sockets string) []byte {
	// Measured: under load workerd holds about three times its heap flag, and
	// young space does not come back unless semi spaces are kept at 1 MiB.
	flags := fmt.Sprintf("%s, %s", quoted(fmt.Sprintf("--max-heap-size=%d", max(l.Limits.MemoryMiB/4, 8))), quoted("--max-semi-space-size=1"))
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(l.Env)) {
		fmt.Fprintf(&b, "        (name = %s, text = %s),\n", quoted(name), quoted(l.Env[name]))
	}
	return fmt.Appendf(nil, configText, flags, b.String(), sockets)
}

// quoted writes s as a Cap'n Proto text literal: quotes, backslashes and
// control bytes become hexadecimal escapes, everything else stands as it is.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c == 0x7f {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
