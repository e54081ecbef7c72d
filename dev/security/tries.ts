// Statements as a role of the API with claims that nobody has signed, each undone at once, in a transaction that is
// rolled back.
import postgres, { type Sql } from "postgres";

export interface Try {
  /** The user as whom it is made; the transaction's own where there is none. */
  as?: string;
  statement: string;
}

/** What came of it: rows that were read or changed, or the words with which it was refused. */
export type Answer = { rows: number } | { code: string; message: string; table: string | undefined };

/** Longer than any of these takes where users are held apart; and nobody else's work is waited for, or held up. */
const LIMITS = "set local statement_timeout = '5s'; set local lock_timeout = '1s'";

/** Makes the tries one after the other, without waiting for answers in between, and gives these in their order. */
export async function makeTries(
  sql: Sql,
  role: "authenticated" | "anon",
  user_id: string,
  tries: readonly Try[],
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const undone = new Error("rolled back");
  await sql.begin(async (transaction) => {
    // A query is sent once somebody waits for it, or here: in this order, and before the last one was answered.
    const send = (statement: string) => transaction.unsafe(statement).execute();
    const become = (sub: string) =>
      send(
        `set local request.jwt.claims = ${
          literal(JSON.stringify(role === "anon" ? { role } : { sub, role }))
        }`,
      );
    await Promise.all([send(LIMITS), become(user_id), send(`set local role ${role}`)]);
    const sent: Promise<unknown>[] = [];
    const made = tries.map(({ as, statement }) => {
      sent.push(send("savepoint tried"));
      if (as !== undefined) sent.push(become(as));
      const answer = send(statement).then(({ count }): Answer => ({ rows: count }), refusal);
      sent.push(send("rollback to savepoint tried"));
      return answer;
    });
    const [told] = await Promise.all([Promise.all(made), ...sent]);
    answers.push(...told);
    throw undone;
  }).catch((error) => {
    if (error !== undone) throw error;
  });
  return answers;
}

/** A text as SQL has it between quotes. Statements are sent without parameters, so that none waits for another. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function refusal(error: unknown): Answer {
  if (!(error instanceof postgres.PostgresError)) throw error;
  return { code: error.code, message: error.message, table: error.table_name };
}
