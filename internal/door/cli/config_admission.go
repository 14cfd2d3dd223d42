package cli

import "net"

// Admission is the door for Kubernetes, on a listener of its own.
type Admission struct {
	AdmissionListen    string `help:"Address on which a Kubernetes API server asks whether a workload may run; without it nobody is answered." env:"PADDOCK_ADMISSION_LISTEN" yaml:"admission_listen" json:"admission_listen"`
	AdmissionCert      string `help:"File with the certificate of that address. It is read again when it changes." env:"PADDOCK_ADMISSION_CERT" yaml:"admission_cert" json:"admission_cert"`
	AdmissionKey       string `help:"File with the certificate's key." env:"PADDOCK_ADMISSION_KEY" yaml:"admission_key" json:"admission_key"`
	AdmissionClientCA  string `name:"admission-client-ca" help:"File with the CA of the API server's own certificate; then nobody else is answered." env:"PADDOCK_ADMISSION_CLIENT_CA" yaml:"admission_client_ca" json:"admission_client_ca"`
	AdmissionAnyone    bool   `help:"Answer other machines without a certificate of theirs, for clusters whose API server has none." env:"PADDOCK_ADMISSION_ANYONE" yaml:"admission_anyone" json:"admission_anyone"`
	AdmissionNamespace string `help:"Namespace that Paddock itself runs in; it is never looked at." default:"paddock" env:"PADDOCK_ADMISSION_NAMESPACE" yaml:"admission_namespace" json:"admission_namespace"`
}

// check notes what is wrong with the door's settings.
func (a Admission) check(add func(field, format string, args ...any)) {
	if a.AdmissionListen == "" {
		if a.AdmissionCert != "" || a.AdmissionKey != "" || a.AdmissionClientCA != "" {
			add("admission_listen", "There are certificates for admission, but no address. Write for example 127.0.0.1:8443.")
		}
		return
	}
	host, _, err := net.SplitHostPort(a.AdmissionListen)
	switch {
	case err != nil:
		add("admission_listen", "The address %q is not host:port. Write for example 127.0.0.1:8443.", a.AdmissionListen)
	case !loopback(host) && a.AdmissionClientCA == "" && !a.AdmissionAnyone:
		add("admission_listen", "The address %q is reachable from other machines, and anybody there could ask. Set admission_client_ca, or admission_anyone if the API server has no certificate.", a.AdmissionListen)
	}
	if a.AdmissionCert == "" || a.AdmissionKey == "" {
		add("admission_cert", "An API server asks over TLS only. Set admission_cert and admission_key to PEM files.")
	}
}
