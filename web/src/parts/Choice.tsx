// A labelled choice of one of several values.

export interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (string | readonly [value: string, title: string])[];
  choose: (value: string) => void;
}

export function Choice({ label, value, options, choose }: ChoiceProps) {
  const pairs = options.map((each) => (typeof each === "string" ? ([each, each] as const) : each));
  return (
    <label class="choice">
      <span class="muted">{label}</span>{" "}
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {!pairs.some(([each]) => each === value) && <option value={value}>{value || "–"}</option>}
        {pairs.map(([each, title]) => (
          <option key={each} value={each}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
