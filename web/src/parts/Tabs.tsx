// A row of tabs, as the pattern of WAI-ARIA has it: one stop for the Tab key, arrows move.
import "./Tabs.css";

export interface TabsProps<T extends string> {
  label: string;
  tabs: readonly (readonly [name: T, title: string])[];
  chosen: T;
  choose: (name: T) => void;
}

export function Tabs<T extends string>({ label, tabs, chosen, choose }: TabsProps<T>) {
  const move = (event: KeyboardEvent) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    const at = tabs.findIndex(([name]) => name === chosen) + way;
    const next = tabs[(at + tabs.length) % tabs.length]!;
    choose(next[0]);
    const list = event.currentTarget as HTMLElement;
    (list.children[tabs.indexOf(next)] as HTMLElement).focus();
  };
  return (
    <div class="tab-row" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map(([name, title]) => (
        <button
          key={name}
          type="button"
          role="tab"
          aria-selected={name === chosen}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => choose(name)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
