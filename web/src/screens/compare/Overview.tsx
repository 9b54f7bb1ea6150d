// What differs: up to eight runs are columns; of more, parallel coordinates stand above a table.
import { useSignal } from "@preact/signals";
import { configColumns, pair, runs } from "../../state/comparison";
import { Differences } from "./Differences";
import { Importance } from "./Importance";
import { Parallel } from "./Parallel";
import { RowTable } from "./RowTable";
import { SideTable } from "./SideTable";

const MAX_COLUMNS = 8;

export function Overview() {
  const brushed = useSignal<ReadonlySet<string> | null>(null);
  const isWide = runs.value.length <= MAX_COLUMNS;
  const hasConfig = configColumns.value.some((each) => each.differs);
  return (
    <>
      {isWide ? (
        <SideTable />
      ) : (
        <>
          {hasConfig && (
            <div class="beside">
              <Parallel brushed={brushed} />
              <Importance />
            </div>
          )}
          <RowTable brushed={brushed.value} />
        </>
      )}
      {pair.value && <Differences pair={pair.value} />}
    </>
  );
}
