package web

import (
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// evidence hands out the app's evidence pack (NEW-5).
func (p *Pages) evidence(w http.ResponseWriter, r *http.Request, who core.Person) error {
	d, err := p.desk.EvidencePack(r.Context(), who, r.PathValue("app"), "", "")
	if err != nil {
		return err
	}
	sendDownload(w, d)
	return nil
}

// sendDownload answers with a file to save, and closes it.
func sendDownload(w http.ResponseWriter, d view.Download) {
	defer d.Body.Close()
	h := w.Header()
	h.Set("Content-Type", d.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	h.Set("Content-Length", strconv.FormatInt(d.Size, 10))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache")
	_, _ = io.Copy(w, d.Body)
}
