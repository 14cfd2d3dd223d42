// Candidates in the app's own database.
import type { Env } from "./env";
import { readCandidate } from "./form";
import { Refusal, readObject } from "./http";
import { lookUp } from "./talent";

export interface Candidate {
  id: string;
  name: string;
  email: string;
  stage: string;
  note: string;
  headline: string;
  created_at: string;
}

const createTable =
  "CREATE TABLE IF NOT EXISTS candidates (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, " +
  "stage TEXT NOT NULL, note TEXT NOT NULL, headline TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL)";

let ready: Promise<unknown> | undefined;

// open makes the table on first use; doing it again changes nothing.
async function open(env: Env): Promise<Env["DB"]> {
  ready ??= env.DB.prepare(createTable).run();
  try {
    await ready;
  } catch (error) {
    ready = undefined;
    throw error;
  }
  return env.DB;
}

export async function listCandidates(env: Env): Promise<Candidate[]> {
  const db = await open(env);
  const { results } = await db
    .prepare("SELECT id, name, email, stage, note, headline, created_at FROM candidates ORDER BY created_at DESC, id LIMIT 200")
    .all<Candidate>();
  return results;
}

export async function addCandidate(request: Request, env: Env): Promise<Candidate> {
  const form = readCandidate(await readObject(request));
  const db = await open(env);
  const known = await db.prepare("SELECT id FROM candidates WHERE email = ?").bind(form.email).first<{ id: string }>();
  if (known) {
    throw new Refusal(409, "There is a candidate with this e-mail address already.");
  }
  const candidate = { id: crypto.randomUUID(), ...form, headline: "", created_at: new Date().toISOString() };
  await db
    .prepare("INSERT INTO candidates (id, name, email, stage, note, created_at) VALUES (?, ?, ?, ?, ?, ?)")
    .bind(candidate.id, candidate.name, candidate.email, candidate.stage, candidate.note, candidate.created_at)
    .run();
  return candidate;
}

export async function enrichCandidate(id: string, env: Env): Promise<Candidate> {
  const db = await open(env);
  const candidate = await db
    .prepare("SELECT id, name, email, stage, note, headline, created_at FROM candidates WHERE id = ?")
    .bind(id)
    .first<Candidate>();
  if (!candidate) {
    throw new Refusal(404, "This candidate is gone.");
  }
  const headline = await lookUp(candidate.email, env);
  await db.prepare("UPDATE candidates SET headline = ? WHERE id = ?").bind(headline, id).run();
  return { ...candidate, headline };
}
