// The buttons that our check runs carry. What a press comes to is buttons/'s business.

export interface Button {
  /** What a press is told by; at most 20 characters. */
  readonly id: string;
  /** At most 20 characters. */
  readonly label: string;
  /** At most 40 characters. */
  readonly description: string;
}

/** Which buttons there are. A check run takes three at most. */
export const buttons = {
  runAgain: { id: "run-again", label: "Re-run", description: "Link and run everything again" },
  runWorkflows: { id: "run-workflows", label: "Run workflows", description: "Let the code of this very commit run" },
  approveDeletes: { id: "approve-deletes", label: "Approve deletes", description: "Sync this commit all the same" },
} as const satisfies Record<string, Button>;

export type ButtonId = (typeof buttons)[keyof typeof buttons]["id"];

/** The button of this id; `undefined` where we made no such button. */
export function buttonOf(id: string | null): ButtonId | undefined {
  return Object.values(buttons).find((button) => button.id === id)?.id;
}
