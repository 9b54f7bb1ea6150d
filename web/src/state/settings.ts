// Settings of this browser: theme, widths. They are not in the address.
import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

/** Returns a setting of this browser. */
export function loadSetting(name: string, otherwise: string): string {
  try {
    return localStorage.getItem(`gage.${name}`) ?? otherwise;
  } catch {
    return otherwise; // storage is switched off
  }
}

/** Stores a setting in this browser. */
export function saveSetting(name: string, value: string): void {
  try {
    localStorage.setItem(`gage.${name}`, value);
  } catch {
    // storage is switched off or full: the setting lasts until the page is closed
  }
}

export const theme = signal<Theme>((loadSetting("theme", "system") as Theme) || "system");
export const listWidth = signal(Number(loadSetting("list-width", "480")) || 480);
export const drawerWidth = signal(Number(loadSetting("drawer-width", "420")) || 420);
export const panelColumns = signal(Number(loadSetting("panel-columns", "0")) || 0);
const PHONE = matchMedia("(max-width: 700px)");
export const windowWidth = signal(innerWidth);
/** Whether the window is as narrow as a phone. */
export const isPhone = signal(PHONE.matches);
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
  addEventListener("resize", () => {
    windowWidth.value = innerWidth;
  });
  PHONE.addEventListener("change", () => (isPhone.value = PHONE.matches));
  effect(() => saveSetting("theme", theme.value));
  effect(() => saveSetting("list-width", String(listWidth.value)));
  effect(() => saveSetting("drawer-width", String(drawerWidth.value)));
  effect(() => saveSetting("panel-columns", String(panelColumns.value)));
}
