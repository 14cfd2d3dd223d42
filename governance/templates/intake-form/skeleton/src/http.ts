// Answers and questions in JSON, with limits.

// A Refusal is a mistake of the caller, told in plain words.
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" },
  });
}

// failure answers with the words of a Refusal. Anything else goes to the log
// only, so that no inner detail leaves the app.
export function failure(error: unknown): Response {
  if (error instanceof Refusal) {
    return json({ error: error.message }, error.status);
  }
  console.error("request failed", error);
  return json({ error: "Something went wrong here. Please try again." }, 500);
}

const maxBody = 8192;

// readObject reads a JSON object of at most 8 kB.
export async function readObject(request: Request): Promise<Record<string, unknown>> {
  const body = await readText(request);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Refusal(400, "The form did not arrive in one piece. Please send it again.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(400, "The form did not arrive in one piece. Please send it again.");
  }
  return value as Record<string, unknown>;
}

async function readText(request: Request): Promise<string> {
  const reader = request.body?.getReader();
  if (!reader) {
    return "";
  }
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return text + decoder.decode();
    }
    size += value.byteLength;
    if (size > maxBody) {
      await reader.cancel();
      throw new Refusal(413, "That is too much text. Please make it shorter.");
    }
    text += decoder.decode(value, { stream: true });
  }
}
