// What the platform gives to the app.

export interface Statement {
  bind(...values: unknown[]): Statement;
  run(): Promise<unknown>;
  all<T>(): Promise<{ results: T[] }>;
}

export interface Env {
  // The app's own database.
  DB: { prepare(sql: string): Statement };
}
