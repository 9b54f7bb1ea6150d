// The media of a run with one name at the shown step.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { urlOfFile } from "../../api/files";
import { urlOfMedium, urlOfThumbnail } from "../../api/media";
import type { MediaItem, MediaName } from "../../api/records";
import { findShown } from "../../numbers/steps";
import { showImage } from "../../parts/Lightbox";
import { useNear } from "../../parts/near";
import { getSeries, moveStep, shownStep } from "../../state/media";
import { rowsById } from "../../state/selection";
import { HistogramView } from "./HistogramView";
import { TableView, TextView } from "./TextViews";

const PREFETCHED = 2;
const PREFETCH_MS = 150;

export function MediaCell({ run, name }: { run: string; name: MediaName }) {
  const { box, isNear } = useNear<HTMLDivElement>();
  const series = getSeries(run, name);
  const step = shownStep.value;
  const [first, end] = series ? findShown(series.steps, step) : [0, 0];
  usePrefetch(run, name, isNear.value, end);
  const items = series?.items.slice(first, end) ?? [];
  const badge = describeStep(items[0], step);
  const next = series?.items[end]?.step;
  return (
    <div class={`media-cell ${name.kind}`} ref={box}>
      <span class="media-label muted">{name.name}</span>
      {isNear.value &&
        items.map((item) => <Medium key={`${item.path} ${item.key}`} run={run} name={name} item={item} />)}
      {badge && <span class="step-badge">{badge}</span>}
      {series && !items.length && next != null && (
        <span class="muted">from step {next.toLocaleString("en")}</span>
      )}
      {!series && <span class="muted">–</span>}
    </div>
  );
}

function describeStep(item: MediaItem | undefined, step: number): string {
  if (!item) return "";
  if (item.step === null) return "no step";
  return item.step === step ? "" : `≠ step ${item.step.toLocaleString("en")}`;
}

/** Prefetches the images of the steps before and after the shown one. */
function usePrefetch(run: string, name: MediaName, isNear: boolean, end: number): void {
  useEffect(() => {
    if (!isNear || name.kind !== "image") return undefined;
    const timer = setTimeout(() => {
      const items = getSeries(run, name)?.items ?? [];
      for (const item of items.slice(Math.max(end - 1 - PREFETCHED, 0), end + PREFETCHED))
        new Image().src = urlOfThumbnail(run, item);
    }, PREFETCH_MS);
    return () => clearTimeout(timer);
  }, [run, name, isNear, end]);
}

interface MediumProps {
  run: string;
  name: MediaName;
  item: MediaItem;
}

function Medium({ run, name, item }: MediumProps) {
  switch (name.kind) {
    case "image":
      return <ImageView run={run} name={name} item={item} />;
    case "audio":
      // biome-ignore lint/a11y/useMediaCaption: files of runs have no captions
      return <audio controls preload="none" src={urlOfMedium(run, item)} />;
    case "video":
      return <video controls muted preload="metadata" src={urlOfMedium(run, item)} />;
    case "histogram":
      return <HistogramView run={run} item={item} />;
    case "table":
      return <TableView run={run} item={item} />;
    case "html":
      return <iframe sandbox="" src={urlOfFile(run, item.path, "html")} title={name.name} />;
    default:
      return <TextView run={run} item={item} />;
  }
}

function ImageView({ run, name, item }: MediumProps) {
  /** How many addresses of the image failed: first the thumbnail, then the image. */
  const failures = useSignal(0);
  const place = rowsById.value.get(run)?.name ?? run.slice(0, 8);
  const open = (shown: MediaItem) => {
    const step = shown.step === null ? "" : `, step ${shown.step.toLocaleString("en")}`;
    showImage(urlOfMedium(run, shown), `${place}, ${name.name}${step}`, (by) => {
      moveStep(by);
      const series = getSeries(run, name);
      const [first] = series ? findShown(series.steps, shownStep.value) : [0];
      const next = series?.items[first];
      if (next) open(next);
    });
  };
  if (failures.value > 1) return <span class="muted">{item.path} cannot be shown</span>;
  return (
    <button type="button" class="plain media-image" title="Zoom" onClick={() => open(item)}>
      <img
        src={failures.value ? urlOfMedium(run, item) : urlOfThumbnail(run, item)}
        alt={`${name.name} of ${place}`}
        decoding="async"
        onError={() => (failures.value += urlOfThumbnail(run, item) === urlOfMedium(run, item) ? 2 : 1)}
      />
    </button>
  );
}
