// Lines that end in "hit" must be found; all others must not.
import { helper } from "./helper";
const body: string = "x";
eval(body); // hit
const a = eval("1 + 1"); // hit
const f = new Function("a", body); // hit
const g = Function(body); // hit
window.eval(body); // hit
globalThis["eval"](body); // hit
new window.Function(body); // hit
setTimeout("go()", 10); // hit
setInterval("go(" + a + ")", 10); // hit
const later = "go()";
setTimeout(later, 10); // hit
setTimeout(() => go(), 10);
setTimeout(go, 10);
helper.eval(body);
const text = "eval(body)";
// eval(body)
const pattern = /eval(body)/;
class Sheet { evaluate(x: number) { return medieval(x); } eval(x: number) { return x; } }
db.exec("select 1");
function go(): void {}
function medieval(x: number): number { return x; }
