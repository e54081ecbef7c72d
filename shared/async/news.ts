// What happens in this process, told to whoever waits for it here: a hint to look, never what there is to see.

export interface News {
  /** Something has happened under this name. */
  tell(name: string): void;
  listen(name: string): Listener;
}

export interface Listener {
  /** Aborts at the first thing that happens from here on. */
  next(): AbortSignal;
  /** Has to be called. */
  end(): void;
}

/** The news of one process. */
export function createNews(): News {
  const listeners = new Map<string, Set<{ controller: AbortController }>>();
  return {
    tell: (name) => listeners.get(name)?.forEach(({ controller }) => controller.abort()),
    listen(name) {
      const one = { controller: new AbortController() };
      const together = listeners.get(name) ?? new Set();
      listeners.set(name, together.add(one));
      return {
        next: () => (one.controller = new AbortController()).signal,
        end() {
          together.delete(one);
          if (together.size === 0) listeners.delete(name);
        },
      };
    },
  };
}
