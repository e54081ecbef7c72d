// The functions' log: one line of JSON an entry, which is what the platform's log explorer reads best.
import type { Log } from "../agents/ports.ts";

/** What opens doors, by its shape: a host or a database may quote it in what it says of an error. */
const KEY_SHAPES: readonly [RegExp, string][] = [
  // A token of three parts, such as a user's.
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, "[key]"],
  [/\b(bearer|basic)\s+(?=\S*[\d*])[^\s"',;]{6,}/gi, "$1 [key]"],
  // The password in a URL.
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@/]+@/gi, "$1[key]@"],
  // The prefixes that hosts give to their keys; the middle may be masked.
  [
    /\b(?:sk|pk|rk|gsk|csk|xai|hf|r8|nvapi|ghp|gho|sbp|sb_secret|sb_publishable|whsec)[-_](?=\S*[\d*])[\w*.-]{8,}/g,
    "[key]",
  ],
  [/\b(?:AIza|AKIA|ASIA)[\w-]{12,}/g, "[key]"],
  // What is called a key and looks like one.
  [
    /\b((?:[a-z]+[ _-])?(?:key|token|secret|password|authorization)(?: provided)?["']?\s*[:=]\s*["']?)(?=\S*[\d*])[^\s"',;{}[\]]{8,}/gi,
    "$1[key]",
  ],
  // Long and random: letters of both cases and digits without a gap.
  [/(?<![\w/.-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{40,}(?![\w/-])/g, "[key]"],
];

/** The text without keys, tokens and passwords. */
export function redacted(text: string): string {
  return KEY_SHAPES.reduce((clean, [shape, instead]) => clean.replace(shape, instead), text);
}

/** Writes entries to `write`, causes of errors included and keys left out. */
export function createJsonLog(write: (line: string) => void): JsonLog {
  const entry = (level: string): Log["error"] => (message, details) =>
    write(JSON.stringify({ level, message, ...details }, printable));
  return { error: entry("error"), warn: entry("warning") };
}

/** Warnings are for whoever sets a function up. */
export interface JsonLog extends Log {
  warn: Log["error"];
}

function printable(_key: string, value: unknown): unknown {
  if (typeof value === "string") return redacted(value);
  if (!(value instanceof Error)) return value;
  return {
    name: value.name,
    message: value.message,
    stack: value.stack,
    ...(value.cause !== undefined && { cause: value.cause }),
  };
}
