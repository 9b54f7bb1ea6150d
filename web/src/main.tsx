// Starts the page.
import { render } from "preact";
import { followChanges } from "./api/events";
import { Shell } from "./screens/Shell";
import { followCurves, reloadCurves } from "./state/curves";
import { followListing, live, loadNames, reloadRows } from "./state/listing";
import { isConnected, openSession, session } from "./state/session";
import { followSettings } from "./state/settings";
import { followAddress, store } from "./state/view";
import "./style.css";

async function start(): Promise<void> {
  followSettings();
  await openSession();
  followAddress();
  render(<Shell />, document.getElementById("page")!);
  if (!session.value) return;
  await loadNames();
  followListing();
  followCurves();
  followChanges(
    (change) => {
      if (change.store !== store.value) return;
      live.value = new Set(change.live);
      void loadNames();
      reloadRows();
      reloadCurves(change.changed);
    },
    (connected) => {
      isConnected.value = connected;
    },
  );
}

void start();
