// Which config values matter for the metric: the effect of each with its 95 % range.
import { formatNumber } from "../../numbers/format";
import { metric, type Ranking, ranking, rankingPage } from "../../state/comparison";
import "./Importance.css";

export function Importance() {
  const now = ranking.value;
  return (
    <section class="importance" aria-label="Importance">
      <h2>
        Importance <span class="muted">for {metric.value}</span>
      </h2>
      {!now && !rankingPage.value && <p class="muted">Measuring…</p>}
      {!now && rankingPage.value?.direction === "" && (
        <p class="muted">Choose whether a high or a low {metric.value} is better.</p>
      )}
      {now && <Effects ranking={now} />}
      {now && rankingPage.value && (
        <Facts facts={rankingPage.value.facts} leftOut={rankingPage.value.left_out} />
      )}
    </section>
  );
}

function Effects({
  ranking: { effects, configs, effects_note: note, no_effects: none },
}: {
  ranking: Ranking;
}) {
  if (!effects.length)
    return (
      <p class="muted">
        {note ||
          `Not measured: ${configs} ${configs === 1 ? "config has" : "configs have"} a value, and 20 are needed.`}
      </p>
    );
  return (
    <>
      <ul>
        {effects.map((each) => (
          <li key={each.keys.join()} class={each.may_be_chance ? "muted" : ""}>
            <span class="name">{each.keys.join(" + ")}</span>
            <span class="number">{formatNumber(each.effect, 2)}</span>
            <span
              class="effect"
              role="img"
              aria-label={`${formatNumber(each.effect, 2)}, 95 % range ${formatNumber(each.low, 2)} to ${formatNumber(each.high, 2)}`}
            >
              <span class="bar-fill" style={{ width: `${each.effect * 100}%` }} />
              <span
                class="range"
                style={{ left: `${each.low * 100}%`, width: `${(each.high - each.low) * 100}%` }}
              />
            </span>
            <span class="muted note">
              {each.may_be_chance ? "may be chance" : `best: ${each.best}`}
              {each.p !== null && ` · p ${each.p < 0.001 ? "< 0.001" : `= ${formatNumber(each.p, 2)}`}`}
            </span>
          </li>
        ))}
      </ul>
      <p class="muted">Part of the variance of the ranks, from 0 to 1; the line is the 95 % range.</p>
      {Object.entries(none).length > 0 && (
        <p class="muted">
          Not measured:{" "}
          {Object.entries(none)
            .map(([key, why]) => `${key} (${why})`)
            .join(", ")}
        </p>
      )}
    </>
  );
}

function Facts({ facts, leftOut }: { facts: Record<string, string>; leftOut: string }) {
  return (
    <dl>
      {Object.entries(facts).map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
      {leftOut && (
        <div>
          <dt>Left out</dt>
          <dd>{leftOut}</dd>
        </div>
      )}
    </dl>
  );
}
