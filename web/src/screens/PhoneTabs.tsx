// The tabs at the bottom of the page on a phone.
import { dialog } from "../state/dialogs";
import { filter, type Screen, screen } from "../state/view";
import "./PhoneTabs.css";

const TABS: readonly [screen: Screen, title: string][] = [
  ["table", "Runs"],
  ["charts", "Charts"],
  ["compare", "Compare"],
  ["media", "Media"],
];

export function PhoneTabs() {
  return (
    <nav class="phone-tabs" aria-label="Screens">
      {TABS.map(([name, title]) => (
        <button
          type="button"
          key={name}
          aria-current={screen.value === name ? "page" : undefined}
          onClick={() => (screen.value = name)}
        >
          {title}
        </button>
      ))}
      <button type="button" aria-haspopup="dialog" onClick={() => (dialog.value = "filter")}>
        Filter{filter.value.trim() !== "" && " ●"}
      </button>
    </nav>
  );
}
