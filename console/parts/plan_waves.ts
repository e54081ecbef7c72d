// A plan's steps in groups: those that stand at the same depth of its graph may work side by side.

export interface Wave {
  steps: number[];
  /** What they wait for, together. */
  after: number[];
}

interface Node {
  step_number: number;
  depends_on: readonly number[];
}

/** The waves of a plan, first to last. A step that depends on one that is not there counts as if it did not. */
export function planWaves(steps: readonly Node[]): Wave[] {
  const known = new Map(steps.map((step) => [step.step_number, step]));
  const depths = new Map<number, number>();
  const depth = (number: number, path: readonly number[]): number => {
    const found = depths.get(number);
    if (found !== undefined) return found;
    const before = needed(known, number).filter((one) => !path.includes(one));
    const reached = Math.max(0, ...before.map((one) => depth(one, [...path, number]) + 1));
    depths.set(number, reached);
    return reached;
  };
  const waves: Wave[] = [];
  for (const { step_number } of steps) {
    const wave = waves[depth(step_number, [])] ??= { steps: [], after: [] };
    wave.steps.push(step_number);
    wave.after = [...new Set([...wave.after, ...needed(known, step_number)])].sort((a, b) => a - b);
  }
  return waves.filter((wave) => wave !== undefined);
}

function needed(known: ReadonlyMap<number, Node>, number: number): number[] {
  return known.get(number)?.depends_on.filter((one) => known.has(one)) ?? [];
}
