// Settings of this browser: theme, widths. They are not in the address.
import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

function load(name: string, otherwise: string): string {
  try {
    return localStorage.getItem(`gage.${name}`) ?? otherwise;
  } catch {
    return otherwise; // storage is switched off
  }
}

function save(name: string, value: string): void {
  try {
    localStorage.setItem(`gage.${name}`, value);
  } catch {
    // storage is switched off or full: the setting lasts until the page is closed
  }
}

export const theme = signal<Theme>((load("theme", "system") as Theme) || "system");
export const listWidth = signal(Number(load("list-width", "420")) || 420);
export const panelColumns = signal(Number(load("panel-columns", "0")) || 0);
/** Grows when the colours of the page change, so that charts are drawn again. */
export const paletteVersion = signal(0);

export function followSettings(): void {
  const media = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const isDark = theme.value === "dark" || (theme.value === "system" && media.matches);
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    paletteVersion.value += 1;
  };
  media.addEventListener("change", apply);
  effect(() => {
    void theme.value;
    queueMicrotask(apply);
  });
  effect(() => save("theme", theme.value));
  effect(() => save("list-width", String(listWidth.value)));
  effect(() => save("panel-columns", String(panelColumns.value)));
}
