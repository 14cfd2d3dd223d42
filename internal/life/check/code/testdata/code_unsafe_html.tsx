declare const el: HTMLElement, name: string, rows: { name: string; n: number }[];
el.innerHTML = name; // hit
el.innerHTML = `<b>${name}</b>`; // hit
el.innerHTML += "<li>" + name; // hit
el["outerHTML"] = name; // hit
frame.srcdoc = name; // hit
el.insertAdjacentHTML("beforeend", name); // hit
document.write("<p>" + name); // hit
document.writeln(name); // hit
range.createContextualFragment(name); // hit
const made = rows.map((r) => `<li>${r.name}</li>`).join("");
el.innerHTML = made; // hit
const view = <div dangerouslySetInnerHTML={{ __html: name }} />; // hit
el.innerHTML = "";
el.innerHTML = "<b>hi</b>";
el.innerHTML = `<b>hi</b>`;
el.textContent = name;
const title = "fixed";
el.innerHTML = "<h1>" + title + "</h1>";
el.innerHTML = `<b>${escapeHtml(name)}</b>`;
el.innerHTML = rows.map((r) => `<li>${escapeHtml(r.name)} ${Number(r.n)} ${rows.length * 2}</li>`).join("");
el.innerHTML = DOMPurify.sanitize(name);
el.innerHTML = name ? "yes" : "no";
el.insertAdjacentHTML("beforeend", "<hr>");
const shown = el.innerHTML;
if (el.innerHTML === name) stop();
stream.write(name);
const ok = <div>{name}</div>;
