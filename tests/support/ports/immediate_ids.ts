// The ids that the product makes, without its thread pool, whose order is no one's: what a test does is the same
// each time.
import { createHash } from "node:crypto";
import type { Ids } from "../../../shared/agents/ports.ts";

/** Derived ids are those of shared/db/ids.ts; random ones count up from `first`. */
export function immediateIds(first = 1): Ids {
  let next = first;
  const random = () => `00000000-0000-4000-8000-${(next++).toString(16).padStart(12, "0")}`;
  return {
    random,
    sealed() {
      const secret = random();
      const seal = createHash("sha256").update(secret).digest("hex");
      return Promise.resolve({ id: random(), secret, seal });
    },
    derived(...parts) {
      const bytes = createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, 16);
      bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
      return Promise.resolve(
        bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
      );
    },
  };
}
