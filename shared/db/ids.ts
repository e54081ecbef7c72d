// Uuids: random ones, and ones that follow from their parts, so that a repeated call makes the same rows.
import type { Ids } from "../agents/ports.ts";

export const ids: Ids = {
  random: () => crypto.randomUUID(),
  async sealed() {
    const secret = crypto.randomUUID();
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
    return { id: crypto.randomUUID(), secret, seal: hex(new Uint8Array(digest)) };
  },
  async derived(...parts) {
    const name = new TextEncoder().encode(JSON.stringify(parts));
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", name)).slice(0, 16);
    // Version 8, "custom", of RFC 9562.
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  },
};

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
