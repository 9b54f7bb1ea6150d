// The button of a panel that opens its menu, and what went wrong with the last action.
import { useSignal } from "@preact/signals";
import { Menu, type MenuPlace } from "./Menu";

export interface ChartAction {
  title: string;
  run: () => Promise<void>;
}

export function ChartMenu({ label, actions }: { label: string; actions: readonly ChartAction[] }) {
  const place = useSignal<MenuPlace | null>(null);
  const failure = useSignal("");
  const run = (action: ChartAction) => {
    failure.value = "";
    action.run().catch((error: Error) => {
      failure.value = error.message;
    });
  };
  return (
    <>
      {failure.value && (
        <span class="problem" role="alert">
          {failure.value}
        </span>
      )}
      <button
        type="button"
        class="plain more"
        aria-haspopup="menu"
        aria-label={label}
        title={label}
        onClick={(event) => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          place.value = { x: left, y: bottom };
        }}
      >
        ⋯
      </button>
      {place.value && (
        <Menu
          label={label}
          place={place.value}
          items={actions.map((action) => ({ title: action.title, run: () => run(action) }))}
          onClose={() => (place.value = null)}
        />
      )}
    </>
  );
}
