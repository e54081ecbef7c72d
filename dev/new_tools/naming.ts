// What the tools of a table are called. English, by simple rules; `--one` says what those can't.

export interface Names {
  /** A row, in snake case, such as `deal_item`: in the tools' names and arguments. */
  one: string;
  many: string;
  /** In sentences. */
  noun: string;
  nouns: string;
  /** In code, such as `dealItem` and `DealItem`. */
  camel: string;
  Camel: string;
  Many: string;
  /** Of the file of tools. */
  file: string;
  /** The list of the file's tools. */
  list: string;
}

/** Their singular, by their plural. */
const IRREGULAR: Record<string, string> = {
  people: "person",
  children: "child",
  men: "man",
  women: "woman",
  mice: "mouse",
  feet: "foot",
  teeth: "tooth",
  criteria: "criterion",
  media: "medium",
  indices: "index",
  matrices: "matrix",
  vertices: "vertex",
  movies: "movie",
  cookies: "cookie",
  shoes: "shoe",
  caches: "cache",
  leaves: "leaf",
  knives: "knife",
  shelves: "shelf",
  lives: "life",
  quizzes: "quiz",
  menus: "menu",
};

const UNCOUNTED = new Set([
  ...[
    "news",
    "series",
    "species",
    "staff",
    "equipment",
    "information",
    "feedback",
    "money",
    "data",
    "metadata",
  ],
  ...["inventory", "history", "payroll", "sheep", "fish"],
]);

/** Names that end in s in the singular. */
const ENDS_IN_S = /(ss|us|is|^canvas|^atlas|^alias|^gas|^lens)$/;
const SINGULAR_RULES: [RegExp, string][] = [
  [/(ss|sh|ch|x|tatus|onus|irus|ampus|ocus|ensus|orus|^bus|nvas|lias|tlas|lens)es$/, "$1"],
  [/yses$/, "ysis"],
  [/ies$/, "y"],
  [/(her|ech|carg|potat|tomat)oes$/, "$1o"],
];

/** The singular of a name's last word. */
export function singular(name: string): string {
  return lastWord(name, (word) => {
    if (UNCOUNTED.has(word)) return word;
    const irregular = IRREGULAR[word];
    if (irregular !== undefined) return irregular;
    if (ENDS_IN_S.test(word) || !word.endsWith("s") || word.length < 3) return word;
    const rule = SINGULAR_RULES.find(([end]) => end.test(word));
    return rule === undefined ? word.slice(0, -1) : word.replace(...rule);
  });
}

/** The plural of a name's last word, which is in the singular. */
export function plural(name: string): string {
  return lastWord(name, (word) => {
    if (UNCOUNTED.has(word)) return word;
    const irregular = Object.entries(IRREGULAR).find(([, one]) => one === word);
    if (irregular !== undefined) return irregular[0];
    if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, "ies");
    if (/is$/.test(word)) return word.replace(/is$/, "es");
    if (/(her|ech|carg|potat|tomat)o$/.test(word)) return `${word}es`;
    return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
  });
}

/** A name as columns and tools have it: `dealItems` is `deal_items`. */
export function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Z])([A-Z][a-z])/g, "$1_$2").toLowerCase()
    .replace(/^_+|_+$/g, "").replace(/_+/g, "_");
}

export function camel(name: string): string {
  return snake(name).replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function pascal(name: string): string {
  return camel(name).replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

/** The longest name of a tool that every host takes. */
const LONGEST_TOOL = 64;
const LONGEST = LONGEST_TOOL - "create_".length;

/** What can be in code as it is, and in a query without quotes: no `__proto__` either, nor what every object has. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !(name in {});
}

/** The names for a table, or a sentence about why there are none; `given` is the word for one row, where somebody says it. */
export function namesFor(table: string, given?: string): Names | { problem: string } {
  if (given !== undefined && !/^[a-z][a-z0-9_]*$/.test(given)) {
    return {
      problem: `--one must be a word for one row such as deal or team_member: small letters, digits and _.`,
    };
  }
  const file = snake(table);
  const one = given ?? singular(file);
  const many = one !== file && one === singular(file) ? file : plural(one);
  if (!/^[a-z][a-z0-9_]*$/.test(one)) {
    return { problem: `No tool can be named after "${table}". Say what one row is called: --one thing.` };
  }
  if (Math.max(one.length, many.length) > LONGEST) {
    return {
      problem: `The tools of "${table}" would have names that are too long. Say a shorter one: --one thing.`,
    };
  }
  return {
    ...{ one, many, noun: one.replaceAll("_", " "), nouns: many.replaceAll("_", " ") },
    ...{ camel: camel(one), Camel: pascal(one), Many: pascal(many) },
    ...{ file, list: `${camel(one)}Tools` },
  };
}

function lastWord(name: string, change: (word: string) => string): string {
  const at = name.lastIndexOf("_") + 1;
  return name.slice(0, at) + change(name.slice(at));
}
