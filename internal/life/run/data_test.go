package run_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run"
)

// notes is a worker that uses all of the D1 binding.
const notes = `export default { async fetch(req, env) {
	const path = new URL(req.url).pathname;
	try {
		await env.DB.exec("CREATE TABLE IF NOT EXISTS notes(id INTEGER PRIMARY KEY, text TEXT, at DATETIME)");
		if (path === "/add") {
			const r = await env.DB.prepare("INSERT INTO notes(text, at) VALUES(?1, ?2)").bind("n", "2026-11-23 10:00:00").run();
			return Response.json({id: r.meta.last_row_id, changes: r.meta.changes});
		}
		if (path === "/batch") {
			const put = env.DB.prepare("INSERT INTO notes(id, text) VALUES(?, ?)");
			await env.DB.batch([put.bind(100, "a"), put.bind(100, "b")]);
		}
		if (path === "/attach") await env.DB.exec("ATTACH '/run/app/x.db' AS x");
		if (path === "/raw") return Response.json(await env.DB.prepare("SELECT id, at FROM notes").raw({columnNames: true}));
		const count = await env.DB.prepare("SELECT count(*) AS n FROM notes").first("n");
		const { results } = await env.DB.prepare("SELECT text, at FROM notes LIMIT 1").all();
		return Response.json({count, first: results[0] ?? null});
	} catch (e) { return new Response(e.message, {status: 500}) }
} }`

// The D1 binding works, and data outlives versions, stops and servers.
func TestData(t *testing.T) {
	h := newHouse(t)
	id := h.app("notes", notes)
	other := h.app("other", notes)
	h.want(id, "/", `{"count":0,"first":null}`)
	h.want(id, "/add", `{"id":1,"changes":1}`)
	h.want(id, "/raw", `[["id","at"],[1,"2026-11-23 10:00:00"]]`)
	const one = `{"count":1,"first":{"text":"n","at":"2026-11-23 10:00:00"}}`
	for path, want := range map[string]string{"/batch": "UNIQUE constraint failed", "/attach": "does not run ATTACH"} {
		if status, text := h.get(id, path); status != http.StatusInternalServerError || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	h.want(id, "/", one) // the failed batch left nothing
	h.app("notes", notes, func(s *run.Spec) { s.AppID = id })
	h.want(id, "/", one)
	if err := h.Stop(t.Context(), id, "It was archived."); err != nil {
		t.Fatal(err)
	}
	if err := h.Adopt(run.Spec{AppID: id, Name: "notes", Worker: []byte(notes), Guardrails: core.Guardrails{StorageMiB: 16}}); err != nil {
		t.Fatal(err)
	}
	h.want(id, "/", one)
	h.want(other, "/", `{"count":0,"first":null}`) // nobody else's data
}
