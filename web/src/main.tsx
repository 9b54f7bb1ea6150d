// Starts the page.
import "./style.css";
import { render } from "preact";
import { followToken } from "./api/client";
import { followChanges } from "./api/events";
import { Shell } from "./screens/Shell";
import { followBaseline } from "./state/baseline";
import { COMMANDS } from "./state/commands";
import { followAxis } from "./state/cursor";
import { followCurves, reloadCurves, retryCurves } from "./state/curves";
import { followKeys } from "./state/keys";
import { followListing, live, loadNames, reloadNames, reloadRows } from "./state/listing";
import { followRelatedRuns } from "./state/related";
import { isConnected, openSession, session } from "./state/session";
import { followSettings } from "./state/settings";
import { reloadSparklines } from "./state/sparklines";
import { followAddress, store } from "./state/view";

async function start(): Promise<void> {
  followSettings();
  followToken();
  await openSession();
  followAddress();
  render(<Shell />, document.getElementById("page")!);
  if (!session.value) return;
  followKeys(COMMANDS);
  await loadNames();
  followBaseline();
  followListing();
  followAxis();
  followRelatedRuns();
  followCurves();
  followChanges(
    (change) => {
      if (change.store !== store.value) return;
      live.value = new Set(change.live);
      reloadNames();
      reloadSparklines(change.changed);
      reloadRows();
      reloadCurves(change.changed);
    },
    (connected) => {
      if (connected && !isConnected.value) retryCurves();
      isConnected.value = connected;
    },
  );
}

void start();
