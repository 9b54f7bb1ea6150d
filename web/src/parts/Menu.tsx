// A menu at a point of the page. Arrow keys move in it, Escape closes it.
import { useEffect, useRef } from "preact/hooks";
import "./Menu.css";

export interface MenuItem {
  title: string;
  run: () => void;
  /** What stands at the right, such as a key. */
  note?: string;
  isChecked?: boolean;
  /** Whether a line separates the item from the one before. */
  isFirst?: boolean;
}

export interface MenuPlace {
  x: number;
  y: number;
}

interface MenuProps {
  label: string;
  items: readonly MenuItem[];
  place: MenuPlace;
  onClose: () => void;
}

export function Menu({ label, items, place, onClose }: MenuProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    const element = box.current!;
    keepInside(element, place);
    element.querySelector<HTMLElement>("button")?.focus();
    const close = (event: Event) => {
      if (!(event.target instanceof Node && element.contains(event.target))) onClose();
    };
    addEventListener("pointerdown", close, true);
    addEventListener("resize", onClose);
    return () => {
      removeEventListener("pointerdown", close, true);
      removeEventListener("resize", onClose);
      if (element.contains(document.activeElement) || document.activeElement === document.body)
        before?.focus();
    };
  }, []);
  return (
    <div class="menu" role="menu" aria-label={label} ref={box} onKeyDown={(event) => move(event, onClose)}>
      {items.map((item) => (
        // biome-ignore lint/a11y/useAriaPropsSupportedByRole: only an item with a check has aria-checked
        <button
          type="button"
          key={item.title}
          role={item.isChecked === undefined ? "menuitem" : "menuitemcheckbox"}
          aria-checked={item.isChecked}
          class={item.isFirst ? "first" : ""}
          onClick={() => {
            onClose();
            item.run();
          }}
        >
          <span class="check" aria-hidden="true">
            {item.isChecked ? "✓" : ""}
          </span>
          <span class="title">{item.title}</span>
          {item.note && <kbd>{item.note}</kbd>}
        </button>
      ))}
    </div>
  );
}

function keepInside(element: HTMLElement, { x, y }: MenuPlace): void {
  const { width, height } = element.getBoundingClientRect();
  element.style.left = `${Math.max(Math.min(x, innerWidth - width - 8), 8)}px`;
  element.style.top = `${Math.max(Math.min(y, innerHeight - height - 8), 8)}px`;
}

function move(event: KeyboardEvent, onClose: () => void): void {
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") onClose();
  else if (by) items[(at + by + items.length) % items.length]?.focus();
  else if (event.key === "Home") items[0]?.focus();
  else if (event.key === "End") items.at(-1)?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
