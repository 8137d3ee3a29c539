/** What the two tables say once everything is over. */
import type { Pool } from 'pg';

/** Runs that are not done, or that somebody still has to look at: one line each. */
export async function unfinishedRuns(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `SELECT concat_ws(' ', "function", "runId", "state", "queue", "attempts", "reason") AS line FROM flowstate_runs
     WHERE "sort" = 'intent' AND ("state" <> 'done' OR "queue" IS DISTINCT FROM 'done')`,
  );
  return rows.map(({ line }) => line);
}

/** Tokens that stand in more than one row of an item: effects made twice. */
export async function doubledTokens(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `SELECT "partition" || ' ' || token AS line FROM flowstate_items, jsonb_object_keys("log") AS token
     GROUP BY "partition", token HAVING count(*) > 1`,
  );
  return rows.map(({ line }) => line);
}

/** How many runs of a function there are. */
export async function countRuns(pool: Pool, name: string): Promise<number> {
  const { rows } = await pool.query<{ runs: number }>(
    `SELECT count(*)::int AS runs FROM flowstate_runs WHERE "sort" = 'intent' AND "function" = $1`,
    [name],
  );
  return rows[0]?.runs ?? 0;
}
