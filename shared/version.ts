// The one place that says which version this is: the lock files of projects, the packages of the client and the
// functions' answers read it here.

export const VERSION = "0.1.0";

/**
 * Which version of the event protocol the functions speak. What may be added within one, and what makes the next, is in
 * docs/protocols.md.
 */
export const EVENT_PROTOCOL = 1;
