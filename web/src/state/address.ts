// The state of the page in its address, so that a link shows the same. Knows texts; `view.ts` knows their meaning.

export type AddressState = Record<string, string | string[]>;

/** Returns the parameters after `#`, each a text or a list of texts. */
export function parseAddress(hash: string): AddressState {
  const state = Object.create(null) as AddressState; // no name is known, not even "constructor"
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (name === "token") continue;
    const known = state[name];
    state[name] = known === undefined ? text : [...(Array.isArray(known) ? known : [known]), text];
  }
  return state;
}

/** Returns the part of an address that starts with `#`, "" for an empty state. */
export function formatAddress(state: AddressState): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    for (const text of Array.isArray(value) ? value : [value]) parameters.append(name, text);
  }
  const text = parameters.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
  return text ? `#${text}` : "";
}
