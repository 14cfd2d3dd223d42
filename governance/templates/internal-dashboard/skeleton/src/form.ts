// What a candidate may look like.
import { Refusal } from "./http";

export interface CandidateForm {
  name: string;
  email: string;
  stage: string;
  note: string;
}

export const stages = ["new", "interview", "offer", "hired", "declined"];

const emailForm = /^[^\s@]{1,64}@[^\s@]{1,180}\.[^\s@]{2,24}$/;

function text(fields: Record<string, unknown>, key: string, label: string, most: number, needed: boolean): string {
  const raw = fields[key] ?? "";
  const value = typeof raw === "string" ? raw.trim() : "";
  if (needed && value === "") {
    throw new Refusal(422, label + " is empty. Please fill it in.");
  }
  if (value.length > most) {
    throw new Refusal(422, label + " is too long. Please use at most " + most + " characters.");
  }
  return value;
}

export function readCandidate(fields: Record<string, unknown>): CandidateForm {
  const form = {
    name: text(fields, "name", "The name", 120, true),
    email: text(fields, "email", "The e-mail address", 254, true).toLowerCase(),
    stage: text(fields, "stage", "The stage", 20, false) || "new",
    note: text(fields, "note", "The note", 1000, false),
  };
  if (!emailForm.test(form.email)) {
    throw new Refusal(422, "The e-mail address does not look right. Please check it.");
  }
  if (!stages.includes(form.stage)) {
    throw new Refusal(422, "Please choose one of the stages.");
  }
  return form;
}
