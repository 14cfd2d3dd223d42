package run

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// page is what a visitor reads when an app cannot answer.
type page struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Type   string `json:"type"`
	retry  int    // seconds; 0 for no advice
}

var (
	pageUnknown    = page{Status: 404, Title: "There is no app here", Detail: "Check the address, or ask the person who gave it to you."}
	pageNoFile     = page{Status: 404, Title: "This page does not exist", Detail: "Go back to the app's first page."}
	pageUpgrade    = page{Status: 501, Title: "This kind of connection is not available", Detail: "Apps here answer plain requests only."}
	pageTooLarge   = page{Status: 413, Title: "This is too large", Detail: "The app takes up to 10 MB at a time. Send less."}
	pageBusy       = page{Status: 503, Title: "The app is busy", Detail: "Too many people use it right now. Try again in a moment.", retry: 2}
	pageNotStarted = page{Status: 503, Title: "The app did not start", Detail: "Its owner can see the reason in the app's log. Try again later.", retry: 30}
	pageSlow       = page{Status: 408, Title: "The connection was too slow", Detail: "Try again with a better connection."}
	pageMemory     = page{Status: 503, Title: "The app ran out of memory", Detail: "It was stopped and starts again. Try again in a moment.", retry: 2}
	pageBroken     = page{Status: 502, Title: "The app did not finish its answer", Detail: "It may be starting again. Try again in a moment.", retry: 2}
)

func pageOff(why string) page {
	return page{Status: 404, Title: "This app is switched off", Detail: why}
}

func pageTimeout(limit time.Duration) page {
	return page{Status: 504, Title: "The app took too long", retry: 2,
		Detail: fmt.Sprintf("It had %g seconds to answer. Try again in a moment.", limit.Seconds())}
}

func pageLater(wait time.Duration) page {
	seconds := max(1, int(wait.Round(time.Second).Seconds()))
	return page{Status: 503, Title: "The app is starting again", retry: seconds,
		Detail: fmt.Sprintf("It stopped several times. Try again in %d seconds.", seconds)}
}

// say answers with a page for people, or a problem (RFC 9457) for programs.
func say(w http.ResponseWriter, r *http.Request, p page) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retry))
	}
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		p.Type = "about:blank"
		h.Set("Content-Type", "application/problem+json")
		w.WriteHeader(p.Status)
		_ = json.NewEncoder(w).Encode(p) // the visitor may have gone
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.WriteHeader(p.Status)
	fmt.Fprintf(w, `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%[1]s</title>
<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}</style></head>
<body><main><h1>%[1]s</h1><p>%[2]s</p></main></body></html>
`, html.EscapeString(p.Title), html.EscapeString(p.Detail))
}
