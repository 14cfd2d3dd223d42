// Asks a bundled starter app what its page asks. The database is a table in
// memory that understands the few statements of the starters.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const [, , template, bundle] = process.argv;
const { default: app } = await import(pathToFileURL(bundle));

class Table {
  rows = [];
  made = 0;
  prepare(sql) {
    const table = this;
    let values = [];
    const run = () => {
      if (sql.startsWith("CREATE TABLE IF NOT EXISTS")) {
        table.made++;
        return [];
      }
      assert.equal(sql.split("?").length - 1, values.length, "values are bound: " + sql);
      if (sql.startsWith("INSERT")) {
        const columns = /\(([^)]*)\) VALUES/.exec(sql)[1].split(", ");
        table.rows.unshift({ headline: "", ...Object.fromEntries(columns.map((c, i) => [c, values[i]])) });
        return [];
      }
      if (sql.startsWith("UPDATE")) {
        table.rows.filter((r) => r.id === values[1]).forEach((r) => { r.headline = values[0]; });
        return [];
      }
      const where = /WHERE (\w+) = \?/.exec(sql);
      return table.rows.filter((r) => !where || r[where[1]] === values[0]).map((r) => ({ ...r }));
    };
    return {
      bind(...v) { values = v; return this; },
      async run() { run(); },
      async all() { return { results: run() }; },
      async first() { return run()[0] ?? null; },
    };
  }
}

const env = { DB: new Table() };
const headers = { "X-Paddock-User": "ana@example.com" };

async function ask(method, path, body) {
  const answer = await app.fetch(new Request("https://app.example" + path, { method, headers, body }), env);
  assert.match(answer.headers.get("Content-Type"), /^application\/json/);
  return { status: answer.status, ...(await answer.json()) };
}

const calls = [];
globalThis.fetch = async (address, options) => {
  calls.push({ address, options });
  return address.includes("nobody") ? new Response("", { status: 404 }) : Response.json({ headline: "Engineer" });
};

const checks = {
  async "internal-dashboard"() {
    assert.equal((await ask("GET", "/api/me")).user, "ana@example.com");
    assert.deepEqual((await ask("GET", "/api/candidates")).candidates, []);
    const added = await ask("POST", "/api/candidates", JSON.stringify({ name: " Bo ", email: "BO@example.com", note: "'); DROP TABLE candidates;--" }));
    assert.equal(added.status, 201);
    assert.equal(added.candidate.email, "bo@example.com");
    assert.equal(added.candidate.stage, "new");
    assert.equal((await ask("GET", "/api/candidates")).candidates.length, 1);
    assert.equal((await ask("POST", "/api/candidates", JSON.stringify({ name: "Bo", email: "bo@example.com" }))).status, 409);
    for (const bad of [{}, { name: "x" }, { name: "x", email: "x" }, { name: "x", email: "a@b.co", stage: "king" }, { name: "x".repeat(121), email: "a@b.co" }, { name: 7, email: "a@b.co" }]) {
      const refused = await ask("POST", "/api/candidates", JSON.stringify(bad));
      assert.equal(refused.status, 422, JSON.stringify(bad));
      assert.match(refused.error, /\.$/);
    }
    for (const [body, status] of [["{", 400], ["[]", 400], ["null", 400], [undefined, 400], ["x".repeat(9000), 413]]) {
      assert.equal((await ask("POST", "/api/candidates", body)).status, status);
    }
    const found = await ask("POST", "/api/candidates/" + added.candidate.id + "/enrich");
    assert.equal(found.candidate.headline, "Engineer");
    assert.equal(calls[0].address, "https://talent.example/v1/profile?email=bo%40example.com");
    assert.deepEqual(Object.keys(calls[0].options.headers), ["Accept"], "the app adds no credential");
    assert.equal((await ask("GET", "/api/candidates")).candidates[0].headline, "Engineer");
    assert.equal((await ask("POST", "/api/candidates/00000000-0000-0000-0000-000000000000/enrich")).status, 404);
    env.TALENT_URL = "https://other.example";
    await ask("POST", "/api/candidates/" + added.candidate.id + "/enrich");
    assert.ok(calls[1].address.startsWith("https://other.example/v1/profile"));
    assert.equal(env.DB.made, 1, "the table is made once");
    env.DB.prepare = () => { throw new Error("secret detail"); };
    console.error = () => {};
    const broken = await ask("GET", "/api/candidates");
    assert.equal(broken.status, 500);
    assert.ok(!broken.error.includes("secret"));
  },
  async "intake-form"() {
    assert.equal((await ask("POST", "/api/requests", JSON.stringify({ wish: "A laptop", urgent: "on" }))).request.urgent, 1);
    const [first] = (await ask("GET", "/api/requests")).requests;
    assert.equal(first.wish, "A laptop");
    assert.equal(first.sender, "ana@example.com");
    assert.equal((await ask("POST", "/api/requests", JSON.stringify({ wish: " " }))).status, 422);
    assert.equal((await ask("POST", "/api/requests", JSON.stringify({ wish: "x".repeat(2001) }))).status, 422);
  },
  async "simple-dashboard"() {
    assert.equal((await ask("GET", "/api/figures")).figures.length, 3);
  },
};

await checks[template]();
assert.equal((await ask("GET", "/nothing")).status, 404);
assert.equal((await ask("DELETE", "/api/candidates")).status, 404);
