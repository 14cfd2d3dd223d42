// Requests in the app's own database.
import type { Env } from "./env";
import { Refusal, readObject } from "./http";

export interface Intake {
  id: string;
  sender: string;
  wish: string;
  urgent: number;
  created_at: string;
}

const allowUrgent = "{{param.urgency}}" === "yes";

const createTable =
  "CREATE TABLE IF NOT EXISTS requests (id TEXT PRIMARY KEY, sender TEXT NOT NULL, wish TEXT NOT NULL, " +
  "urgent INTEGER NOT NULL, created_at TEXT NOT NULL)";

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

export async function listRequests(env: Env): Promise<Intake[]> {
  const db = await open(env);
  const { results } = await db
    .prepare("SELECT id, sender, wish, urgent, created_at FROM requests ORDER BY urgent DESC, created_at DESC, id LIMIT 200")
    .all<Intake>();
  return results;
}

export async function addRequest(request: Request, env: Env): Promise<Intake> {
  const fields = await readObject(request);
  const wish = typeof fields.wish === "string" ? fields.wish.trim() : "";
  if (wish === "") {
    throw new Refusal(422, "The request is empty. Please say what you need.");
  }
  if (wish.length > 2000) {
    throw new Refusal(422, "The request is too long. Please use at most 2000 characters.");
  }
  const intake = {
    id: crypto.randomUUID(),
    sender: request.headers.get("X-Paddock-User") ?? "",
    wish,
    urgent: allowUrgent && fields.urgent === "on" ? 1 : 0,
    created_at: new Date().toISOString(),
  };
  const db = await open(env);
  await db
    .prepare("INSERT INTO requests (id, sender, wish, urgent, created_at) VALUES (?, ?, ?, ?, ?)")
    .bind(intake.id, intake.sender, intake.wish, intake.urgent, intake.created_at)
    .run();
  return intake;
}
