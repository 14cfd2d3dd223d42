// Shows the figures. Text goes in with textContent only.
const state = document.getElementById("state");
const list = document.getElementById("figures");

function card({ label, value, unit }) {
  const box = document.createElement("div");
  const term = document.createElement("dt");
  const number = document.createElement("dd");
  box.className = "figure";
  term.textContent = label;
  number.textContent = value.toLocaleString() + (unit && " " + unit);
  box.append(term, number);
  return box;
}

try {
  const answer = await fetch("/api/figures");
  if (!answer.ok) {
    throw new Error();
  }
  const { figures } = await answer.json();
  list.replaceChildren(...figures.map(card));
  list.hidden = false;
  state.textContent = "There are no figures yet.";
  state.hidden = figures.length > 0;
} catch {
  state.textContent = "The figures could not be loaded. Please try again later.";
}
