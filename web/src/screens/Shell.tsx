// The frame of the page: bar, list, screen, drawer.
import { hasServer, Refused } from "../api/client";
import { FilterBar } from "../parts/FilterBar";
import { Lazy } from "../parts/Lazy";
import { Lightbox } from "../parts/Lightbox";
import { Messages } from "../parts/Messages";
import { ResizeEdge } from "../parts/ResizeEdge";
import { isLoaded, problem, total } from "../state/listing";
import { isConnected, lastAnswer, refusal, session } from "../state/session";
import { isPhone, listWidth, theme } from "../state/settings";
import { filter, openRun, type Screen, screen, store } from "../state/view";
import { Charts } from "./Charts";
import { Dialogs } from "./Dialogs";
import { PhoneTabs } from "./PhoneTabs";
import { RunList } from "./RunList";

const TITLES: Partial<Record<Screen, string>> = {
  charts: "Charts",
  table: "Table",
  compare: "Compare",
  media: "Media",
  boards: "Boards",
};
const loadCompare = () => import("./compare/Compare").then((module) => module.Compare);
const loadMedia = () => import("./media/Media").then((module) => module.Media);
const loadRun = () => import("./run/Run").then((module) => module.Run);
const loadBoards = () => import("./boards/Boards").then((module) => module.Boards);

export function Shell() {
  if (refusal.value) return <Closed error={refusal.value} />;
  if (!session.value) return null;
  const isEmpty = isLoaded.value && total.value === 0 && filter.value === "" && !problem.value;
  const isBeside = screen.value === "charts" || screen.value === "compare";
  const hasList = screen.value === "table" || (isBeside && !isPhone.value);
  return (
    <>
      <TopBar />
      {isEmpty ? (
        <Empty />
      ) : (
        <main class={`screen ${screen.value}`} style={{ "--list": `${listWidth.value}px` }}>
          {hasList && <RunList />}
          {hasList && screen.value !== "table" && (
            <ResizeEdge
              class="splitter"
              label="Width of the list"
              width={listWidth}
              side="left"
              min={160}
              minRest={200}
            />
          )}
          {screen.value === "charts" && <Charts />}
          {screen.value === "compare" && <Lazy name="compare" load={loadCompare} />}
          {screen.value === "media" && <Lazy name="media" load={loadMedia} />}
          {screen.value === "boards" && <Lazy name="boards" load={loadBoards} />}
        </main>
      )}
      {openRun.value && <Lazy name="run" load={loadRun} />}
      {isPhone.value && <PhoneTabs />}
      <Lightbox />
      <Dialogs />
      <Messages />
    </>
  );
}

function TopBar() {
  const stores = session.value!.stores;
  return (
    <header class="bar">
      <strong>gage</strong>
      {stores.length > 1 ? (
        <select
          aria-label="Store"
          value={store.value}
          onChange={(event) => (store.value = Number(event.currentTarget.value))}
        >
          {stores.map((each, i) => (
            <option key={each.path} value={i}>
              {each.name}
            </option>
          ))}
        </select>
      ) : (
        <span class="muted" title={stores[0]?.path}>
          {stores[0]?.name}
        </span>
      )}
      <FilterBar />
      {!hasServer() && (
        <span class="muted" title="An exported page searches for words; gage view has the filter language">
          exported: text search only
        </span>
      )}
      <nav aria-label="Screens">
        {Object.entries(TITLES).map(([name, title]) => (
          <button
            type="button"
            key={name}
            aria-current={screen.value === name ? "page" : undefined}
            onClick={() => (screen.value = name as Screen)}
          >
            {title}
          </button>
        ))}
      </nav>
      {!isConnected.value && (
        <span class="lost" role="status">
          no connection{lastAnswer.value ? ` since ${new Date(lastAnswer.value).toLocaleTimeString()}` : ""}
        </span>
      )}
      <ThemeButton />
    </header>
  );
}

function ThemeButton() {
  const next = { system: "light", light: "dark", dark: "system" } as const;
  const shown = { system: "◐", light: "○", dark: "●" }[theme.value];
  return (
    <button
      type="button"
      class="plain"
      aria-label={`Theme: ${theme.value}`}
      title={`Theme: ${theme.value}`}
      onClick={() => (theme.value = next[theme.value])}
    >
      {shown}
    </button>
  );
}

function Empty() {
  return (
    <main class="empty">
      <h1>There are no runs yet</h1>
      <p>Run a script, and it appears here:</p>
      <pre>gage run train.py lr=0.1</pre>
      <p class="muted">The page shows its config, curves, output and files while it runs.</p>
    </main>
  );
}

function Closed({ error }: { error: Error }) {
  return (
    <main class="empty">
      <h1>{error.message}</h1>
      <p>{error instanceof Refused ? error.hint : "Start it again with: gage view"}</p>
    </main>
  );
}
