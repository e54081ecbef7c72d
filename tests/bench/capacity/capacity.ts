// What a project carries, computed from what one turn of each kind costs.
import { type Kind, KINDS, type Mix } from "./kinds.ts";

/** Of one turn. */
export interface TurnCost {
  postgres_ms: number;
  /** CPU of planner and executor. */
  functions_ms: number;
  /** CPU of auth and REST. */
  rest_ms: number;
  /** For how long a connection is at work for it. */
  connection_ms: number;
  transactions: number;
  rows: number;
  bytes: number;
  log_bytes: number;
  /** From the message to the end of the stream. */
  wall_ms: number;
}

/** What the average turn of the mix costs. */
export function mixed(costs: Record<Kind, TurnCost>, mix: Mix): TurnCost {
  const of = (field: keyof TurnCost) => KINDS.reduce((sum, kind) => sum + costs[kind][field] * mix[kind], 0);
  return {
    postgres_ms: of("postgres_ms"),
    functions_ms: of("functions_ms"),
    rest_ms: of("rest_ms"),
    connection_ms: of("connection_ms"),
    transactions: of("transactions"),
    rows: of("rows"),
    bytes: of("bytes"),
    log_bytes: of("log_bytes"),
    wall_ms: of("wall_ms"),
  };
}

/** How a day's users behave. */
export interface Habits {
  turns_a_user: number;
  /** Of a day's turns, those that come in its busiest hour. */
  busiest_hour: number;
}

export interface Demand {
  users: number;
  turns_a_day: number;
  /** Turns a second in the busiest hour. */
  peak: number;
  /** Cores that Postgres needs then, at full use. */
  postgres_cores: number;
  /** Connections that are at work then, on the average. */
  connections: number;
  /** Streams that are open then, on the average. */
  streams: number;
  /** Transactions a second then. */
  transactions: number;
  bytes_a_month: number;
  log_bytes_a_month: number;
  rows_a_month: number;
}

const DAYS = 30;

/** What so many users a day ask of a project. */
export function demandOf(users: number, turn: TurnCost, { turns_a_user, busiest_hour }: Habits): Demand {
  const turns_a_day = users * turns_a_user;
  const peak = turns_a_day * busiest_hour / 3_600;
  return {
    users,
    turns_a_day,
    peak,
    postgres_cores: peak * turn.postgres_ms / 1_000,
    connections: peak * turn.connection_ms / 1_000,
    // Little's law.
    streams: peak * turn.wall_ms / 1_000,
    transactions: peak * turn.transactions,
    bytes_a_month: turns_a_day * DAYS * turn.bytes,
    log_bytes_a_month: turns_a_day * DAYS * turn.log_bytes,
    rows_a_month: turns_a_day * DAYS * turn.rows,
  };
}

/** Turns a second that one core of Postgres carries at this share of its use. */
export function turnsPerCore({ postgres_ms }: TurnCost, use: number): number {
  return 1_000 * use / postgres_ms;
}

/** One rate of a day's curve, as it was felt. */
export interface LoadPoint {
  /** Turns a second. */
  rate: number;
  turns: number;
  failed: number;
  /** Of the first text of simple turns. */
  first_text_p50: number;
  first_text_p95: number;
  /** Shares of one core, by part; the whole is of all cores. */
  cores: Record<string, number>;
  machine: number;
}

/** How much later the first text may come than at the lowest rate. */
export const SLOWER = 1.5;

/** The last rate at which turns were answered as promptly as at the first, one in twenty aside; null if none was. */
export function kneeOf(points: readonly LoadPoint[]): LoadPoint | null {
  const [first] = points;
  if (!first) return null;
  const end = points.findIndex(({ failed, first_text_p95 }) =>
    failed > 0 || first_text_p95 > first.first_text_p95 * SLOWER
  );
  return points[end === -1 ? points.length - 1 : end - 1] ?? null;
}
