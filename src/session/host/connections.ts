// The connections that a session host keeps open.
//
// U1 There are never more than `MOST`. When one too many comes, the oldest that has nothing on its
//    way gives way: its caller is refused, and whoever comes next, such as a person who revokes, is
//    heard. Where all have something on its way, the newcomer is turned away.

import type { Socket } from "node:net";
import type { ClaimDialogue } from "./claim-dialogue.ts";

/** Far more than any command needs at once, and far fewer than the files that a process may open. */
export const MOST_CONNECTIONS = 512;

/** Each connection with what was asked over it. */
export class Connections {
  readonly #open = new Map<Socket, ClaimDialogue>();

  /** Whether something was sent of which the outcome is not known yet. */
  get isSending(): boolean {
    return [...this.#open.values()].some((dialogue) => dialogue.isSending);
  }

  /** Takes a connection in, or ends it and says no (U1). */
  admit(socket: Socket, dialogue: ClaimDialogue): boolean {
    if (this.#open.size >= MOST_CONNECTIONS && !this.#giveWay()) {
      socket.destroy();
      return false;
    }
    this.#open.set(socket, dialogue);
    return true;
  }

  /** Whoever served the connection is done with it. */
  leave(socket: Socket): void {
    this.#open.delete(socket);
  }

  /** Ends all of them, and what was asked over them: what is still being sent is unknown from now on. */
  destroy(): void {
    for (const [socket, dialogue] of this.#open) {
      socket.destroy();
      dialogue.end();
    }
  }

  #giveWay(): boolean {
    for (const [socket, dialogue] of this.#open) {
      if (dialogue.isSending) continue;
      this.#open.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }
}
