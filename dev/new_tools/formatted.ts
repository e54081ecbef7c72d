// Code as `deno fmt` leaves it, with the lines of this repository.

/** The code, set. Errors: it is no TypeScript. */
export async function formatted(code: string): Promise<string> {
  const fmt = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--no-config", "--line-width", "110", "--ext", "ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = fmt.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  const { success, stdout, stderr } = await fmt.output();
  const text = new TextDecoder();
  if (!success) throw new Error(`Cannot format what was made: ${text.decode(stderr)}`);
  return text.decode(stdout);
}
