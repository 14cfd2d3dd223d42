// The app's one way in. Files in public/ are served before this is asked.
import { addRequest, listRequests } from "./requests";
import { failure, json } from "./http";
import type { Env } from "./env";

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    try {
      if (pathname === "/api/requests" && request.method === "GET") {
        return json({ requests: await listRequests(env) });
      }
      if (pathname === "/api/requests" && request.method === "POST") {
        return json({ request: await addRequest(request, env) }, 201);
      }
      return json({ error: "There is nothing at this address." }, 404);
    } catch (error) {
      return failure(error);
    }
  },
};
