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

function rowOf(request) {
  const row = $("row").content.firstElementChild.cloneNode(true);
  fill(row, ".wish", request.wish);
  fill(row, ".sender", request.sender);
  fill(row, ".stage", request.urgent ? "Urgent" : "");
  return row;
}

async function load() {
  show("loading");
  try {
    const { requests } = await ask("/api/requests");
    $("list").replaceChildren(...requests.map(rowOf));
    show(requests.length === 0 ? "empty" : "list");
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
    await ask("/api/requests", {
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
