// Whose turn begins behind a marker such as `<|im_start|>`.
import { NOISE, OURS, type Reading, type Rest, THEIRS } from "./markers.ts";

const OWN = ["assistant", "model", "bot", "chatbot", "gpt"];

/** Reads the role in words that follows a marker of `at` characters; a marker without one is nothing. */
export function readRole(behind: string, at: number, rest: Rest): Reading {
  const [words = "", role = ""] = /^\s{0,4}([a-z_]{0,24})/i.exec(behind) ?? [];
  if (words.length === behind.length && rest === "more to come") return "undecided";
  if (role === "") return { ...NOISE, length: at };
  return { ...(OWN.includes(role.toLowerCase()) ? OURS : THEIRS), length: at + words.length };
}
