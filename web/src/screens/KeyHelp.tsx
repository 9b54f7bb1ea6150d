// All keys of the page.
import { DialogBox } from "../parts/Dialog";
import { COMMANDS } from "../state/commands";
import { describeKey } from "../state/keys";
import "./KeyHelp.css";

export function KeyHelp() {
  const shown = COMMANDS.filter((command) => command.keys.length && !command.isHidden?.());
  const groups = [...new Set(shown.map((command) => command.group))];
  return (
    <DialogBox title="Keyboard shortcuts" look="wide">
      <div class="scroll key-help">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {shown
                .filter((command) => command.group === group)
                .map((command) => (
                  <div key={command.id}>
                    <dt>{command.title}</dt>
                    <dd>
                      {command.keys.map((key) => (
                        <kbd key={key}>{describeKey(key)}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Columns</h3>
          <dl>
            <div>
              <dt>Move the column</dt>
              <dd>
                <kbd>Alt ←</kbd> <kbd>Alt →</kbd>
              </dd>
            </div>
            <div>
              <dt>Width of the column</dt>
              <dd>
                <kbd>Alt Shift ←</kbd> <kbd>Alt Shift →</kbd>
              </dd>
            </div>
          </dl>
        </section>
      </div>
    </DialogBox>
  );
}
