package app

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/admission"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/life/admit"
)

// countsEvery is how often the counts of admissions are kept.
const countsEvery = time.Second

// admissionDoor answers Kubernetes. Its listener is opened only if the
// configuration names one; its rows are in the table in any case.
func (h *house) admissionDoor(ctx context.Context) error {
	h.admissions = &gate.Admissions{Gates: h.gates, Repeats: h.store}
	door := &admission.Door{Log: h.log, Own: h.config.AdmissionNamespace,
		Gate: &admit.Service{Store: h.store, Namespaces: admit.ByName{}, Catalog: h.shelf, Gate: h.admissions, Clock: h.clock}}
	h.table.Add(door.Routes()...)
	if h.config.AdmissionListen == "" {
		return nil
	}
	var err error
	files := admission.Files{Cert: h.config.AdmissionCert, Key: h.config.AdmissionKey, ClientCA: h.config.AdmissionClientCA}
	h.admission, err = admission.Listen(ctx, h.config.AdmissionListen, files, door.Handler(), h.log)
	return err
}

// admit serves the door until ctx ends, and keeps the counts.
func (h *house) admit(ctx context.Context) error {
	if h.admission == nil {
		return nil
	}
	h.log.Info("admission", "address", h.admission.Address(), "own namespace", h.config.AdmissionNamespace)
	done := make(chan error, 1)
	go func() { done <- h.admission.Serve(ctx) }()
	tick := time.NewTicker(countsEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			h.count(context.WithoutCancel(ctx))
			return err
		case <-tick.C:
			h.count(ctx)
		}
	}
}

func (h *house) count(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	if err := h.admissions.Flush(bounded); err != nil {
		h.log.WarnContext(ctx, "admission: counts are kept later", "error", err, "cause", core.AsError(err).Err)
	}
}
