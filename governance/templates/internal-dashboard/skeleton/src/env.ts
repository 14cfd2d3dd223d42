// What the platform gives to the app.

export interface Statement {
  bind(...values: unknown[]): Statement;
  run(): Promise<unknown>;
  first<T>(): Promise<T | null>;
  all<T>(): Promise<{ results: T[] }>;
}

export interface Env {
  // The app's own database.
  DB: { prepare(sql: string): Statement };
  // Where the talent directory is; leave it unset for the real one.
  TALENT_URL?: string;
}
