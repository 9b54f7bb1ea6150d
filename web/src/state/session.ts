// What the server is: loaded once, when the page opens.
import { signal } from "@preact/signals";
import { getJson, logIn, type Refused } from "../api/client";
import type { Session } from "../api/records";

export const session = signal<Session | null>(null);
/** Why the page cannot show anything. */
export const refusal = signal<Refused | Error | null>(null);
export const isConnected = signal(true);
/** When the server last answered, ms since the epoch. */
export const lastAnswer = signal(0);

export async function openSession(): Promise<void> {
  try {
    await logIn();
    session.value = await getJson<Session>("/api/session");
    refusal.value = null;
    lastAnswer.value = Date.now();
  } catch (error) {
    refusal.value = error as Error;
  }
}
