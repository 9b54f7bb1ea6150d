// The beginning of a text or a table.
import { urlOfText } from "../../api/media";
import type { MediaItem } from "../../api/records";
import { parseDelimited } from "../../numbers/delimited";
import { useLoaded } from "../../state/loaded";

const HEAD_BYTES = 16_000;
const [SHOWN_ROWS, SHOWN_COLUMNS] = [12, 8];

interface HeadProps {
  run: string;
  item: MediaItem;
}

function useHead(run: string, item: MediaItem) {
  const url = urlOfText(run, item);
  return useLoaded(url, async (signal) => {
    const response = await fetch(url, {
      signal,
      headers: item.key ? {} : { Range: `bytes=0-${HEAD_BYTES - 1}` },
    });
    if (response.status === 416) return "";
    if (!response.ok) throw new Error("The file cannot be read");
    return (await response.text()).slice(0, HEAD_BYTES);
  });
}

export function TextView({ run, item }: HeadProps) {
  const { value, problem } = useHead(run, item);
  if (problem.value) return <p class="problem">{problem.value}</p>;
  return <pre class="media-text">{value.value}</pre>;
}

export function TableView({ run, item }: HeadProps) {
  const isText = item.key !== "" || /\.(csv|tsv)$/i.test(item.path);
  return isText ? <CellTable run={run} item={item} /> : <p class="muted">{item.path}</p>;
}

function CellTable({ run, item }: HeadProps) {
  const { value, problem } = useHead(run, item);
  if (problem.value) return <p class="problem">{problem.value}</p>;
  const rows = parseDelimited(value.value ?? "", item.size > HEAD_BYTES, SHOWN_ROWS + 1);
  return (
    <table class="media-table">
      <tbody>
        {rows.map((row, r) => (
          <tr key={r}>
            {row
              .slice(0, SHOWN_COLUMNS)
              .map((cell, c) => (r ? <td key={c}>{cell}</td> : <th key={c}>{cell}</th>))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
