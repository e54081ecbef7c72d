// A live area at the bottom of a terminal: its lines are drawn again when they change, and only from the first
// one that did. What is above it stays.

export interface Terminal {
  columns(): number;
  rows(): number;
  write(text: string): void;
}

export class Screen {
  #drawn: string[] = [];
  /** Whether a line changed that had left the top of the screen. */
  #stale = false;

  constructor(private readonly terminal: Terminal) {}

  /** Shows these lines in place of the live ones. Lines that have left the top of the screen stay as they are. */
  draw(lines: readonly string[]): void {
    const reachable = this.terminal.rows() - 1;
    const changed = this.#drawn.findIndex((line, index) => line !== lines[index]);
    const first = Math.max(changed < 0 ? this.#drawn.length : changed, this.#drawn.length - reachable, 0);
    const up = this.#drawn.length - first;
    if (lines.length < first) {
      // All that is left of the old lines is out of reach and void: the new ones stand below it, whole.
      this.terminal.write(`${raised(up)}${joined(lines)}`);
      this.#drawn = [...lines];
      this.#stale = false;
      return;
    }
    if (changed >= 0 && changed < first) this.#stale = true;
    if (up === 0 && lines.length === this.#drawn.length) return;
    this.terminal.write(`${raised(up)}${joined(lines.slice(first))}`);
    this.#drawn = [...lines];
  }

  /** The live lines become history, once more in full where some could not be redrawn. What follows stands below. */
  commit(): void {
    if (this.#stale) this.terminal.write(joined(this.#drawn));
    this.#drawn = [];
    this.#stale = false;
  }
}

/** Moves the cursor up so many lines and clears what follows. */
function raised(lines: number): string {
  return lines === 0 ? "" : `\u001b[${lines}A\u001b[J`;
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
