// A preview of a file by its type: image, sound, video, HTML, table, JSON, notebook or code. The content of the file
// never becomes markup of the page.
import { useSignal } from "@preact/signals";
import { loadHead, urlOfFile, urlOfMarkdown } from "../../api/files";
import { parseDelimited } from "../../numbers/delimited";
import { formatSize } from "../../numbers/format";
import { CodeView } from "../../parts/CodeView";
import { DataTable } from "../../parts/DataTable";
import { JsonTree } from "../../parts/JsonTree";
import { showImage } from "../../parts/Lightbox";
import { Notebook } from "../../parts/Notebook";
import { useLoaded } from "../../state/loaded";
import { isWhole } from "../../state/run";
import { openPath } from "../../state/view";
import "./Preview.css";

const HEAD_BYTES = 1 << 20;
const IMAGES = /\.(png|jpe?g|gif|webp|avif|bmp|svg)$/i;
const SOUNDS = /\.(wav|mp3|flac|ogg|oga|m4a|aac)$/i;
const FILMS = /\.(mp4|m4v|webm|mov)$/i;
const RENDERED = /\.(html?|md|markdown|csv|tsv|json|ipynb)$/i;

export function Preview({ run, path }: { run: string; path: string }) {
  const isRaw = useSignal(false);
  const canSwitch = RENDERED.test(path);
  return (
    <div class="preview">
      <div class="view-bar">
        {!isWhole.value && (
          <button type="button" class="plain link" onClick={() => (openPath.value = "")}>
            ‹ Files
          </button>
        )}
        <strong class="grow" title={path}>
          {path}
        </strong>
        {canSwitch && (
          <button
            type="button"
            class="toggle"
            aria-pressed={isRaw.value}
            onClick={() => (isRaw.value = !isRaw.value)}
          >
            Source
          </button>
        )}
        <a
          class="link"
          href={urlOfFile(run, path, "download")}
          download={path.slice(path.lastIndexOf("/") + 1)}
        >
          Download
        </a>
      </div>
      <Content key={`${path} ${isRaw.value}`} run={run} path={path} isRaw={isRaw.value} />
    </div>
  );
}

function Content({ run, path, isRaw }: { run: string; path: string; isRaw: boolean }) {
  const source = urlOfFile(run, path, "media");
  if (IMAGES.test(path))
    return (
      <button type="button" class="plain preview-image" title="Zoom" onClick={() => showImage(source, path)}>
        <img src={source} alt={path} />
      </button>
    );
  if (SOUNDS.test(path))
    return (
      // biome-ignore lint/a11y/useMediaCaption: files of runs have no captions
      <audio class="padded" controls src={source} />
    );
  if (FILMS.test(path))
    return (
      // biome-ignore lint/a11y/useMediaCaption: files of runs have no captions
      <video class="preview-video" controls src={source} />
    );
  if (!isRaw && /\.html?$/i.test(path))
    return <Frame url={urlOfFile(run, path, "html")} title={path} isPaper />;
  if (!isRaw && /\.(md|markdown)$/i.test(path)) return <Frame url={urlOfMarkdown(run, path)} title={path} />;
  return <TextContent run={run} path={path} isRaw={isRaw} />;
}

/** Shows a page without its scripts, isolated from this page. */
function Frame({ url, title, isPaper = false }: { url: string; title: string; isPaper?: boolean }) {
  return <iframe class={isPaper ? "paper" : ""} sandbox="" src={url} title={title} />;
}

function TextContent({ run, path, isRaw }: { run: string; path: string; isRaw: boolean }) {
  const { value, problem } = useLoaded(`${run} ${path}`, (signal) => loadHead(run, path, HEAD_BYTES, signal));
  const head = value.value;
  if (problem.value) return <p class="problem padded">{problem.value}</p>;
  if (!head) return <p class="muted padded">Loading…</p>;
  if (head.text === null)
    return <p class="muted padded">Binary file, {formatSize(head.size)}. Download it to open it.</p>;
  if (!head.text) return <p class="muted padded">The file is empty.</p>;
  const note = head.isCut
    ? `first ${formatSize(HEAD_BYTES)} of ${formatSize(head.size)}`
    : formatSize(head.size);
  if (!isRaw && /\.(csv|tsv)$/i.test(path))
    return <DataTable rows={parseDelimited(head.text, head.isCut)} note={note} />;
  if (!isRaw && !head.isCut && /\.json$/i.test(path))
    return <JsonTree text={head.text} path={path} note={note} />;
  if (!isRaw && !head.isCut && /\.ipynb$/i.test(path)) return <Notebook text={head.text} path={path} />;
  return <CodeView path={path} text={head.text} note={note} />;
}
