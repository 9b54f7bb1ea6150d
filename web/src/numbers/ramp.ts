// Colours of numbers from low to high: viridis (van der Walt and Smith), which colour-blind people can read, without
// the end that has too little contrast with the background.

const STOPS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
] as const;
const LIGHT = [0, 0.82] as const;
const DARK = [0.28, 1] as const;

/** Returns the colour of a place from 0 to 1. */
export function colorOfPlace(place: number, isDark: boolean): string {
  const [from, to] = isDark ? DARK : LIGHT;
  const at = (from + Math.min(Math.max(place, 0), 1) * (to - from)) * (STOPS.length - 1);
  const first = Math.min(Math.floor(at), STOPS.length - 2);
  const [a, b] = [STOPS[first]!, STOPS[first + 1]!];
  const mix = a.map((each, i) => Math.round(each + (b[i]! - each) * (at - first)));
  return `rgb(${mix.join(" ")})`;
}
