// Uuids: random ones, and ones that follow from their parts, so that a repeated call makes the same rows. Their hashes
// are made at once: to hand so few bytes to another thread takes longer than to hash them.
import { createHash } from "node:crypto";
import type { Ids } from "../agents/ports.ts";

export const ids: Ids = {
  random: () => crypto.randomUUID(),
  sealed() {
    const secret = crypto.randomUUID();
    return Promise.resolve({ id: crypto.randomUUID(), secret, seal: sha256(secret) });
  },
  derived(...parts) {
    const digest = sha256(JSON.stringify(parts));
    // Version 8, "custom", of RFC 9562.
    const variant = (parseInt(digest.charAt(16), 16) & 0x3 | 0x8).toString(16);
    const id = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`];
    return Promise.resolve([...id, `${variant}${digest.slice(17, 20)}`, digest.slice(20, 32)].join("-"));
  },
};

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
