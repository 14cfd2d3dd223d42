// Shows the list and sends the form. Text goes in with textContent only.
const $ = (id) => document.getElementById(id);

async function ask(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error(body.error ?? "Something went wrong. Please try again.");
  }
  return body;
}

function show(state) {
  for (const id of ["loading", "empty", "broken", "list"]) {
    $(id).hidden = id !== state;
  }
}

function fill(row, selector, text) {
  const element = row.querySelector(selector);
  element.textContent = text;
  element.hidden = text === "";
}

function rowOf(candidate) {
  const row = $("row").content.firstElementChild.cloneNode(true);
  fill(row, ".name", candidate.name);
  fill(row, ".email", candidate.email);
  fill(row, ".headline", candidate.headline);
  fill(row, ".note", candidate.note);
  fill(row, ".stage", candidate.stage);
  const button = row.querySelector("button");
  button.setAttribute("aria-label", "Look up profile of " + candidate.name);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const path = "/api/candidates/" + encodeURIComponent(candidate.id) + "/enrich";
      const { candidate: found } = await ask(path, { method: "POST" });
      fill(row, ".headline", found.headline || "No profile found.");
    } catch (error) {
      fill(row, ".headline", error.message);
    }
    button.disabled = false;
  });
  return row;
}

async function load() {
  show("loading");
  try {
    const { candidates } = await ask("/api/candidates");
    $("list").replaceChildren(...candidates.map(rowOf));
    show(candidates.length === 0 ? "empty" : "list");
  } catch {
    show("broken");
  }
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("button");
  const problem = $("problem");
  problem.hidden = true;
  button.disabled = true;
  try {
    await ask("/api/candidates", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    form.reset();
    await load();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
  button.disabled = false;
}

$("add").addEventListener("submit", send);
$("again").addEventListener("click", load);
load();
ask("/api/me").then(({ user }) => { $("me").textContent = user; }, () => {});
