// A notebook: its cells, with outputs as text and images. HTML and scripts of outputs are not shown.
import { CodeView } from "./CodeView";
import "./Notebook.css";
import { TerminalText } from "./TerminalText";

const MAX_CELLS = 500;
const MAX_OUTPUT = 20_000;
const IMAGE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

interface Output {
  text?: string | string[];
  traceback?: string[];
  data?: Record<string, string | string[]>;
}

interface Cell {
  cell_type?: string;
  source?: string | string[];
  execution_count?: number | null;
  outputs?: Output[];
}

export function Notebook({ text, path }: { text: string; path: string }) {
  let cells: Cell[] | undefined;
  try {
    cells = (JSON.parse(text) as { cells?: Cell[] }).cells;
  } catch {
    cells = undefined;
  }
  if (!Array.isArray(cells)) return <CodeView path={path} text={text} note="not a valid notebook" />;
  return (
    <div class="notebook" tabIndex={0} role="region" aria-label={`Content of ${path}`}>
      {cells.slice(0, MAX_CELLS).map((cell, i) => (
        <div key={i} class={`cell-block ${cell.cell_type === "code" ? "code" : "text"}`}>
          <span class="muted count">
            {cell.cell_type === "code" ? `[${cell.execution_count ?? " "}]` : ""}
          </span>
          <div>
            <pre>{join(cell.source)}</pre>
            {(Array.isArray(cell.outputs) ? cell.outputs : []).map((output, o) => (
              <CellOutput key={o} output={output} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

function CellOutput({ output }: { output: Output }) {
  const data = output.data ?? {};
  const type = IMAGE_TYPES.find((each) => data[each]);
  if (type)
    return (
      <img
        alt="Output of the cell"
        src={`data:${type};base64,${join(data[type]).replace(/[^\w+/=]/g, "")}`}
      />
    );
  const text = join(output.text ?? output.traceback?.join("\n") ?? data["text/plain"]).slice(0, MAX_OUTPUT);
  if (!text) return null;
  return (
    <pre class="cell-output">
      {text.split("\n").map((line, i) => (
        <div key={i}>{line ? <TerminalText text={line} search="" /> : " "}</div>
      ))}
    </pre>
  );
}

function join(text: string | string[] | undefined): string {
  return Array.isArray(text) ? text.join("") : typeof text === "string" ? text : "";
}
