// When a page is painted.

interface Frames {
  requestAnimationFrame(paint: () => void): number;
  cancelAnimationFrame(frame: number): void;
}

/** Runs `paint` before the next frame, where there are none a little later; what comes back takes it off again. */
export function browserFrame(paint: () => void): () => void {
  const frames: object = globalThis;
  if (hasFrames(frames)) {
    const frame = frames.requestAnimationFrame(paint);
    return () => frames.cancelAnimationFrame(frame);
  }
  const timer = setTimeout(paint, 16);
  return () => clearTimeout(timer);
}

function hasFrames(scope: object): scope is Frames {
  return "requestAnimationFrame" in scope;
}
