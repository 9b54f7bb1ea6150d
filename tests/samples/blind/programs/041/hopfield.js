// node hopfield.js --patterns=3 --noise=0.2
const defaults = { patterns: 3, size: 48, noise: 0.15, sweeps: 4, async: true };
const opts = { ...defaults };
for (const a of process.argv.slice(2)) {
  const m = a.match(/^--(\w+)=(.*)$/);
  if (m && m[1] in opts) opts[m[1]] = JSON.parse(m[2]);
}
let s = 42;
const rand = () => (s = (s * 1103515245 + 12345) % 2147483648) / 2147483648;
const P = Array.from({ length: opts.patterns }, () => Array.from({ length: opts.size }, () => (rand() < 0.5 ? -1 : 1)));
const W = (i, j) => (i === j ? 0 : P.reduce((t, p) => t + p[i] * p[j], 0) / opts.size);
let x = P[0].map((v) => (rand() < opts.noise ? -v : v));
for (let k = 1; k <= opts.sweeps; k++) {
  for (let i = 0; i < opts.size; i++) {
    let h = 0;
    for (let j = 0; j < opts.size; j++) h += W(i, j) * x[j];
    x[i] = h >= 0 ? 1 : -1;
  }
  const overlap = x.reduce((t, v, i) => t + v * P[0][i], 0) / opts.size;
  console.log(`sweep ${k}: overlap=${overlap.toFixed(3)} errors=${x.filter((v, i) => v !== P[0][i]).length}`);
}
