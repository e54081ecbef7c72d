// Which project the console talks to: the one that it was built for, else the one that its user named. Never one out of
// the address: a link must not send a token elsewhere.

export interface Project {
  url: string;
  publishable_key: string;
  /** The schema that the agents' tables are in. */
  schema: string;
}

export interface Built {
  /** Null where its user names the project. */
  project: Project | null;
  demo_user: { email: string; password: string } | null;
}

const REMEMBERED = "agent-console.project";
/** Where nobody has said it. */
export const USUAL_SCHEMA = "public";

/** A page, as far as it is read. */
interface Page {
  querySelector(selector: string): { getAttribute(name: string): string | null } | null;
}

/** What the build has written into the page. */
export function builtFor(page: Page): Built {
  const fact = (name: string) =>
    page.querySelector(`meta[name="agent-${name}"]`)?.getAttribute("content") ?? "";
  const [email = "", password = ""] = fact("demo").split(" ");
  return {
    project: fact("url")
      ? { url: fact("url"), publishable_key: fact("key"), schema: fact("schema") || USUAL_SCHEMA }
      : null,
    demo_user: password ? { email, password } : null,
  };
}

export function rememberedProject(storage: Storage): Project | null {
  const [url = "", publishable_key = "", schema = USUAL_SCHEMA] = (storage.getItem(REMEMBERED) ?? "")
    .split(" ");
  return url && publishable_key ? { url, publishable_key, schema } : null;
}

export function rememberProject(
  storage: Storage,
  { url, publishable_key, schema }: Project,
): void {
  storage.setItem(REMEMBERED, `${url} ${publishable_key} ${schema}`);
}

/** Why these can't be used, in a sentence; null where nothing is wrong with them. */
export function projectProblem(
  { url, publishable_key: key, schema }: Project,
): string | null {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    return "The URL must start with https:// or http://.";
  }
  if (key === "") return "The publishable key is missing.";
  if (!/^\w+$/.test(schema)) return "The schema is one name, such as public or agent.";
  if (key.startsWith("sb_secret_") || claimsOf(key)?.role === "service_role") {
    return "That is a secret key: it opens every row to whoever has it. Take the publishable key, and replace this one.";
  }
  return null;
}

/** "local stack", or the host. */
export function projectName({ url }: Project): string {
  const host = URL.parse(url)?.host ?? url;
  return /^(127\.0\.0\.1|localhost)(:|$)/.test(host) ? `local stack, ${host}` : host;
}

/** What a token or an old key says of itself; null where it is none. */
export function claimsOf(token: string): Record<string, unknown> | null {
  try {
    const [, payload = ""] = token.split(".");
    const claims: unknown = JSON.parse(
      atob(payload.replaceAll("-", "+").replaceAll("_", "/")),
    );
    return claims instanceof Object ? { ...claims } : null;
  } catch {
    return null;
  }
}
