// Handlers that do nothing, for tests that are about one kind of job.
const nothing = async () => {};

export const idleHandlers = {
  sync: nothing,
  check: nothing,
  "check-commit": nothing,
  press: nothing,
  discover: nothing,
  refresh: nothing,
  releases: nothing,
  links: nothing,
  sweep: nothing,
} as const;
