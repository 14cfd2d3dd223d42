// One call to the talent directory. The platform's gateway adds the credential
// on the way out, so this app never holds it.
import type { Env } from "./env";
import { Refusal } from "./http";

const directory = "https://talent.example";

// lookUp returns a candidate's headline, or "" if the directory has none.
export async function lookUp(email: string, env: Env): Promise<string> {
  const address = new URL("/v1/profile", env.TALENT_URL ?? directory);
  address.searchParams.set("email", email);
  const answer = await fetch(address.toString(), { headers: { Accept: "application/json" } });
  if (answer.status === 404) {
    return "";
  }
  if (!answer.ok) {
    throw new Refusal(502, "The talent directory did not answer. Please try again later.");
  }
  const profile = (await answer.json()) as { headline?: unknown };
  return typeof profile.headline === "string" ? profile.headline.slice(0, 200) : "";
}
