/** A folder that stands for a repository: kept data are in it. Use with `await using`. */
export async function newRoot() {
  const path = await Deno.makeTempDir();
  // Postgres may run as another user.
  await Deno.chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
