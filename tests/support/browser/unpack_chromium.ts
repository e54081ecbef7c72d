// Unpacks the Chromium of the npm package `@sparticuz/chromium` into the temporary folder of this process, and tells
// its arguments. A program of its own: the package always unpacks there, and is in no import map and no lock of ours,
// so that only a machine without a browser fetches its 67 MB. `deno run --no-config --no-lock` with the specifier.
const [specifier = ""] = Deno.args;
const { default: chromium, inflate } = await import(specifier);
// Without WebGL, which no page of ours has.
chromium.setGraphicsMode = false;
await chromium.executablePath();
// The libraries that a bare system lacks; the package unpacks them by itself only on one cloud.
await inflate(new URL("../bin/al2023.tar.br", import.meta.resolve(specifier)).pathname);
await Deno.writeTextFile(`${Deno.env.get("TMPDIR")}/arguments.json`, JSON.stringify(chromium.args));
