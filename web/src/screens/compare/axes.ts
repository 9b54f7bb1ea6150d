// The order and the directions of the axes of parallel coordinates, as the address keeps them.
import { readScreenSetting, setScreenSetting } from "../../state/view";

export interface AxisSetting {
  name: string;
  isInverted: boolean;
  /** undefined: by the values. */
  isLog?: boolean;
}

const NAME = "compare.axes";
export const MAX_AXES = 12;

/** Returns the settings in the address; the axes that are not there are added at the end. */
export function readAxes(): AxisSetting[] {
  const text = readScreenSetting(NAME);
  if (!text) return [];
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return [];
    return parsed
      .filter((each): each is [string, string] => Array.isArray(each) && typeof each[0] === "string")
      .map(([name, flags]) => ({
        name,
        isInverted: String(flags).includes("-"),
        ...(String(flags).includes("l")
          ? { isLog: true }
          : String(flags).includes("n")
            ? { isLog: false }
            : {}),
      }));
  } catch {
    return [];
  }
}

export function saveAxes(axes: readonly AxisSetting[]): void {
  const flags = ({ isInverted, isLog }: AxisSetting) =>
    (isInverted ? "-" : "") + (isLog === undefined ? "" : isLog ? "l" : "n");
  setScreenSetting(NAME, JSON.stringify(axes.map((each) => [each.name, flags(each)])));
}

/** Returns the axes in the order of the settings, at most `MAX_AXES`, the last one being kept. */
export function arrange(names: readonly string[], saved: readonly AxisSetting[]): AxisSetting[] {
  const known = saved.filter((each) => names.includes(each.name));
  const rest = names.filter((name) => !known.some((each) => each.name === name));
  const all = [...known, ...rest.map((name) => ({ name, isInverted: false }))];
  return all.length <= MAX_AXES ? all : [...all.slice(0, MAX_AXES - 1), all.at(-1)!];
}

/** Returns the axes with one moved to another place. */
export function moveAxis(axes: readonly AxisSetting[], from: number, to: number): AxisSetting[] {
  const moved = [...axes];
  const [axis] = moved.splice(from, 1);
  moved.splice(Math.min(Math.max(to, 0), moved.length), 0, axis!);
  return moved;
}
