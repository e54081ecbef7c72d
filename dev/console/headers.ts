// What a browser may do with the console's page: run its own files, and talk to one project.

/** What may be talked to where the page is built for no project: any, since its user names one. */
export const ANY_PROJECT = "https: http://127.0.0.1:*";

/** The policy without what only a header can say, for the page itself. `project`: the origins to talk to. */
export function contentPolicy(project: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${project}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** The headers of every file of the console. */
export function securityHeaders(project: string): Record<string, string> {
  return {
    "content-security-policy": `${contentPolicy(project)}; frame-ancestors 'none'`,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
  };
}
