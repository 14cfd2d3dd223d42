// The app's one way in. Files in public/ are served before this is asked.
import { addCandidate, enrichCandidate, listCandidates } from "./candidates";
import { failure, json } from "./http";
import type { Env } from "./env";

const enrichPath = /^\/api\/candidates\/([0-9a-f-]{36})\/enrich$/;

async function route(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  const enrich = enrichPath.exec(pathname);
  switch (true) {
    case request.method === "GET" && pathname === "/api/me":
      return json({ user: request.headers.get("X-Paddock-User") ?? "" });
    case request.method === "GET" && pathname === "/api/candidates":
      return json({ candidates: await listCandidates(env) });
    case request.method === "POST" && pathname === "/api/candidates":
      return json({ candidate: await addCandidate(request, env) }, 201);
    case request.method === "POST" && enrich !== null:
      return json({ candidate: await enrichCandidate(enrich[1], env) });
  }
  return json({ error: "There is nothing at this address." }, 404);
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      return await route(request, env);
    } catch (error) {
      return failure(error);
    }
  },
};
