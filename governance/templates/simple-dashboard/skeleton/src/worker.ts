// The numbers that the page shows. Files in public/ are served before this is
// asked.
import { figures } from "./figures";

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" },
  });
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method === "GET" && pathname === "/api/figures") {
      return json({ figures });
    }
    return json({ error: "There is nothing at this address." }, 404);
  },
};
