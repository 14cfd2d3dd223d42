import { parse as eval2 } from "./calc";
function run(Function: (s: string) => void) { Function("x"); }
eval2("1");
