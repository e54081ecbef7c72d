// The one place that says which version this is: the lock files of projects, the packages of the client and the
// functions' answers read it here.

export const VERSION = "0.1.0";
