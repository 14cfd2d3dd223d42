// Put your own numbers here.

export interface Figure {
  label: string;
  value: number;
  unit: string;
}

export const figures: Figure[] = [
  { label: "Open requests", value: 12, unit: "" },
  { label: "Answered within a day", value: 87, unit: "%" },
  { label: "Average wait", value: 3.5, unit: "h" },
];
