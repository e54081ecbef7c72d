// What a child process may see of our environment: where Deno keeps its packages and how it reaches the
// registry, and nothing of the user's own.

const PASSED_ON = [
  ...["HOME", "PATH", "TMPDIR", "DENO_DIR", "XDG_CACHE_HOME"],
  ...["NPM_CONFIG_REGISTRY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"],
  ...["DENO_CERT", "DENO_TLS_CA_STORE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"],
];

/** The variables that Deno itself needs, for `env` of a child with an otherwise empty environment. */
export function denoEnvironment(): Record<string, string> {
  const env: Record<string, string> = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_NO_PROMPT: "1" };
  for (const name of PASSED_ON) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  return env;
}
